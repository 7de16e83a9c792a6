"""Names, phones and ID numbers that belong to nobody."""

import random
from datetime import date, timedelta

# Common surnames of Shandong, commonest first; a name is drawn with falling weight.
SURNAMES = "王李张刘孙赵陈杨马吕隋丁崔夏郑魏董韩袁郭周宋徐于高桑钟葛桂冯尹付朱侯林单付聂齐邢"
MEN = (
    "建国 建军 志强 永福 洪亮 树森 明海 文杰 德胜 金山 立新 国庆 庆华 春生 玉林 学军 "
    "新民 兴旺 连成 光明 宝山 希水 延军 传礼 东升 海涛 鹏飞 凯 磊 伟 强 勇 超 斌 涛"
).split()
WOMEN = (
    "秀英 桂兰 玉梅 春霞 丽华 爱芹 红霞 素珍 凤英 海燕 金花 兰香 美玲 淑芬 晓燕 "
    "翠萍 桂芳 文静 雪梅 艳丽 秀兰 玉芹 慧 敏 静 娟 丽 芳 萍"
).split()
# Segments nobody was given (see docs/): no such phone can ring.
PHONE_SEGMENTS = ("154", "160", "163", "164", "168", "169", "194")
ID_COUNTY = "379901"  # no county has this code
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def full_name(chance: random.Random) -> tuple[str, bool]:
    """A name, and whether it is a woman's."""
    is_woman = chance.random() < 0.42
    place = min(int(chance.expovariate(1 / 9)), len(SURNAMES) - 1)
    return SURNAMES[place] + chance.choice(WOMEN if is_woman else MEN), is_woman


def phone_number(serial: int) -> str:
    """The phone of the customer with this serial number; each has another."""
    segment = PHONE_SEGMENTS[serial % len(PHONE_SEGMENTS)]
    return f"{segment}{(serial * 7_368_787) % 100_000_000:08d}"


def id_number(chance: random.Random, serial: int, is_woman: bool) -> str:
    """Eighteen digits with a valid check digit (GB 11643), in a county that does not exist.

    The birthday follows from the serial number, so that no two are alike.
    """
    born = date(1958, 1, 1) + timedelta(days=(serial * 37) % 14_600)
    order = (serial // 14_600 * 2 + 1 + chance.randrange(400) * 2 - is_woman) % 1000
    body = f"{ID_COUNTY}{born:%Y%m%d}{order:03d}"
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """The eighteenth digit of the first seventeen (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return "10X98765432"[total % 11]
