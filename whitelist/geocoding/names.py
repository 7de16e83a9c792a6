"""Names of places, brought to the form in which they are compared.

A village is written 刘庄村民委员会, 刘庄村委会, 刘庄村, 刘庄大队 or 刘庄: all are
compared as 刘庄. What is dropped is only what says that it is a village, and
never so much that fewer than two characters stand (李村 stays 李村).
"""

import re
import unicodedata

# Full-width forms to plain ones, blanks and joining marks dropped.
_PLAIN: dict[int, int | None] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN.update({ord(sign): None for sign in " \t\r\n\u3000\u00a0,，.。;；:：、·'\"“”‘’|/\\_*"})
_PLAIN.update({ord("（"): ord("("), ord("）"): ord(")"), ord("【"): ord("("), ord("】"): ord(")")})
_PLAIN.update({ord("["): ord("("), ord("]"): ord(")"), ord("—"): ord("-"), ord("－"): ord("-")})
_PLAIN.update(
    {ord("〇"): ord("零"), ord("邨"): ord("村"), ord("莊"): ord("庄"), ord("鎮"): ord("镇")}
)

_COMMITTEE = (
    "社区村民委员会|社区居民委员会|村民委员会|居民委员会|社区村委会|社区居委会|村委会|居委会|"
    "社区服务中心|党群服务中心|生产大队|村大队|大队|村委|居委|社区|行政村|自然村"
)
VILLAGE_ENDING = re.compile(rf"(?:{_COMMITTEE})$")
_VILLAGE = re.compile(r"村+$")
_BRACKETED = re.compile(r"\([^()]*\)?")
_COUNTY_ENDING = re.compile(r"(?:特别行政区|自治[州县旗]|地区|[市县区州盟旗省])$")
_TOWNSHIP_ENDING = re.compile(
    r"(?:人民政府|街道办事处|街道办|办事处|街道|民族乡|地区|管委会|管理委员会|人民公社|公社|[镇乡])$"
)
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
_FAMILY = re.compile(r"(?<=.)家(?=.)")
_SMALL = re.compile(r"(?<=[庄营店屯寨堡洼沟铺楼圈集])[子儿]$")

LEAST = 2

# How people say what the gazetteer writes out.
_SPOKEN = {"村民委员会": "村", "村委会": "村", "居民委员会": "", "居委会": ""}


def plain(text: str) -> str:
    """An address or name without blanks and commas, full-width forms made plain."""
    return unicodedata.normalize("NFKC", text.translate(_PLAIN))


def without_brackets(text: str) -> str:
    """The text without what stands in brackets: 稻田镇(原丰城乡) → 稻田镇."""
    return _BRACKETED.sub("", text) if "(" in text else text


def match_name(name: str, level: str = "") -> str:
    """The name as the ladder compares it.

    Args:
        name: as the gazetteer has it.
        level: of `whitelist.models.PlaceLevel`; a village when not given.
    """
    name = without_brackets(plain(name))
    if level in {"province", "prefecture", "county"}:
        return _cut(name, _COUNTY_ENDING)
    if level == "township":
        return _cut(name, _TOWNSHIP_ENDING)
    found = VILLAGE_ENDING.search(name)
    if found and found.start() >= LEAST:
        name = name[: found.start()]
    elif found:  # 南社区居委会 stays 南社区, 李村委会 stays 李村
        name = name[: found.start()] + next((k for k in ("社区", "村") if k in found.group()), "")
    return _cut(name, _VILLAGE)


def short_name(name: str) -> str:
    """As maps and people have it: 刘庄村民委员会 → 刘庄村, 恒盛社区居民委员会 → 恒盛社区."""
    for ending, kept in _SPOKEN.items():
        if name.endswith(ending) and name != ending:
            stem = name.removesuffix(ending)
            return stem if stem.endswith(kept) else stem + kept
    return name


def _cut(name: str, ending: re.Pattern[str]) -> str:
    shorter = ending.sub("", name)
    return shorter if len(shorter) >= LEAST else name


def is_community(name: str) -> bool:
    """It is named a 社区 or has a 居民委员会, which tells it from the village of the same name."""
    return "社区" in name or "居" in name[-5:]


def loose_name(stem: str) -> str:
    """A stem without what people leave out or add: 李家庄 → 李庄, 王营子 → 王营, 3 → 三."""
    return _SMALL.sub("", _FAMILY.sub("", stem.translate(_DIGITS)))
