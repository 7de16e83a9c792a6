"""How personal data looks to somebody who need not know it (JR/T 0171-2020)."""

import re
import unicodedata

# Where an address stops naming places and begins to name a household.
_HOUSEHOLD = re.compile(
    r"[0-9#]"
    r"|第?[一二三四五六七八九十百两]+(?:村?民?小?组|生产队|队|社(?!区)|号|排|巷|户|栋|楼|单元)"
)
# A day is no number of anybody: 20261124, 2026-11-24, 20261124_0930.
_DAY = (
    r"(?<!\d)(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|[-_./](?:0?[1-9]|1[0-2])[-_./](?:0?[1-9]|[12]\d|3[01]))"
    r"(?:[-_ T]?[0-2]\d[0-5]\d(?:[0-5]\d)?)?(?!\d)"
)
# Seven digits or more, however they are set apart: a telephone, an ID card, an account.
_APART = r"[\s\-‐-―−_.·•/()（）*]*"
_NUMBER = re.compile(rf"(?P<day>{_DAY})|\d(?:{_APART}(?!{_DAY})\d){{6,}}")
_VILLAGE = re.compile(r"(?:村民委员会|居民委员会|村委会|居委会|社区|村)(?![镇乡庄街民委社居])")
_SETTLEMENT = re.compile(r".*[省市县区旗州盟镇乡道村庄屯寨营堡集沟洼岭疃埠峪夼湾坪坡岗铺圈窑庙]")


def mask_name(name: str) -> str:
    """The surname alone: 吕建国 → 吕**."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def mask_phone(phone: str) -> str:
    """First three and last four digits: 138****5678. Short numbers keep the last two."""
    if len(phone) < 8:
        return "*" * max(0, len(phone) - 2) + phone[-2:]
    return phone[:3] + "****" + phone[-4:]


def mask_id_number(number: str) -> str:
    """First four and last four: 4111**********123X."""
    if len(number) <= 8:
        return "*" * len(number)
    return number[:4] + "*" * (len(number) - 8) + number[-4:]


def mask_customer_no(number: str) -> str:
    """The bank's own number is a pseudonym; outside a report its middle is hidden all the same."""
    return number if len(number) <= 6 else number[:3] + "*" * (len(number) - 6) + number[-3:]


def mask_address(address: str) -> str:
    """The places an address names, down to the village: no group, no house, no landmark.

    ``山东省寿光市稻田镇刘庄村3组12号`` → ``山东省寿光市稻田镇刘庄村``. What names no
    place at all shows its first character.
    """
    text = re.sub(r"[(（【\[].*?[)）】\]]|\s", "", unicodedata.normalize("NFKC", address))
    text = _HOUSEHOLD.split(text, maxsplit=1)[0]
    town = re.match(r".*(?:镇|乡|街道|县|市|区)", text)
    if village := _VILLAGE.search(text, town.end() if town else 0):
        return text[: village.end()]
    if settlement := _SETTLEMENT.match(text):
        return settlement.group()
    return text[:1] + "**" if text else ""


def tells_a_number(text: str) -> bool:
    """Whether seven digits or more stand together: a telephone, an ID card, an account.

    Blanks, dashes, invisible characters and full-width digits make no difference. A day is none.
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")
    return any(found["day"] is None for found in _NUMBER.finditer(plain))


def mask_numbers(text: str) -> str:
    """A text with its long numbers hidden, and its days kept: 名单_***_20261124.csv."""
    return _NUMBER.sub(lambda found: found["day"] or "***", text)
