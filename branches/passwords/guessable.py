"""What stays of a password when everything is taken out that a stranger would guess (ASVS 6.2.11).

Taken out are names (one's own, those of one's branch and the ones above it, the bank's and the
product's, by PASSWORD_WORDS whatever else the bank names), 工号, telephone, years, and letters
that only repeat; in Chinese, in pinyin, and with digits for letters (``n0ngsh@ng``).
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from pypinyin import lazy_pinyin

from branches.models import Branch, Staff

LEAST = 6  # letters and digits that must be left
SHORTEST = 3  # of a word that counts: two letters are in everything
# Of the product and of any bank. A bank's own name stands in PASSWORD_WORDS.
WORDS = """
    营销地图 营销 银行 农商 农信 信用社 贷款 密码 客户 经理 管理员 marketing map yingxiao ditu bank
    yinhang nongshang nonghang nongxin nongye xinyongshe daikuan xindai loan mima kehu jingli
    guanliyuan password passwd admin manager welcome hello qwerty asdf woaini abc
""".split()
_YEAR = re.compile(r"(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?)?")
_KINDS = re.compile(r"(支行|分行|总行|网点|分理处|营业部|信用社|储蓄所)")
_LOOKS_LIKE = str.maketrans("@401!35$7", "aaoiiesst")
_AGAIN = re.compile(r"(.)\1{2,}")


def left_of(password: str, user: Staff | None) -> str:
    """Letters and digits of it that nobody would have guessed."""
    text = unicodedata.normalize("NFKC", password).lower()
    text = _folded(_YEAR.sub(" ", text))
    for word in sorted({*_general(settings.PASSWORD_WORDS), *_own(user)}, key=len, reverse=True):
        text = text.replace(word, " ")
    return _AGAIN.sub(r"\1", re.sub(r"[\W_]", "", text))


def _folded(text: str) -> str:
    return text.translate(_LOOKS_LIKE)


def _forms(words: list[str]) -> set[str]:
    """Each as it is written, in pinyin and by initials, as far as they are long enough."""
    found = set()
    for word in words:
        syllables = lazy_pinyin(re.sub(r"[\W_]", "", word.lower()))
        found |= {word.lower(), "".join(syllables), "".join(each[:1] for each in syllables)}
        if len(word) > 1 and not word.isascii():
            found |= {*syllables[:1], "".join(syllables[1:])}  # surname and given name
    return {_folded(each) for each in found if len(each) >= SHORTEST or not each.isascii()}


@lru_cache(maxsize=2)
def _general(path: str) -> frozenset[str]:
    """The words above and those of the bank's own file, one a line; read once."""
    more = Path(path).read_text("utf-8").split() if path else []
    return frozenset(_forms([*WORDS, *more]))


def _own(user: Staff | None) -> set[str]:
    if user is None:
        return set()
    words = [user.username, user.name, re.sub(r"\D", "", user.work_phone)]
    if user.branch_id:
        number = user.branch.number
        above = Branch.objects.filter(number__lte=number, last_number__gte=number)
        words += [_KINDS.sub("", branch.name) for branch in above]
    return _forms([word for word in words if word])
