"""Addresses as they stand in lists, made from villages that are known.

These rules know nothing of the ladder that is measured with them and import
nothing of it. Shares are those of `RATES`, stated so that they can be argued
with; all chance comes from the generator that is passed in.
"""

import random
from dataclasses import dataclass

RATES = {
    "does not exist": 0.05,
    "province left out": 0.35,
    "prefecture left out": 0.45,
    "county left out": 0.04,
    "short names of areas": 0.08,
    "area written twice": 0.02,
    "township left out": 0.04,
    "township without its kind": 0.06,
    "township as commune or old kind": 0.04,
    "family left out or added": 0.04,
    "sound-alike": 0.01,
    "one sign lost": 0.002,
    "figure for numeral": 0.5,
    "hamlet of no gazetteer": 0.04,
    "group": 0.70,
    "door": 0.35,
    "landmark": 0.20,
    "brackets": 0.02,
    "full-width": 0.10,
    "blanks and commas": 0.10,
    "division code given": 0.50,
}
NUMERALS = "零一二三四五六七八九十"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
KINDS = ["庄", "家庄", "寨", "营", "楼", "店", "岗", "沟", "湾", "桥", "堂", "集"]
SIDES = ["东", "西", "南", "北", "前", "后", "大", "小", "上", "下", "新"]
LANDMARKS = [
    "卫生室北50米",
    "卫生所旁",
    "村东头",
    "村西头第二家",
    "小学对面",
    "村委会南100米",
    "超市旁",
    "村口",
    "大队部东侧",
    "路北",
    "桥头",
    "南头",
    "加油站西50米",
    "养殖场",
    "文化广场旁",
    "供销社后院",
]
ALIKE = {
    "刘": "流",
    "留": "刘",
    "李": "里",
    "张": "章",
    "王": "汪",
    "庄": "装",
    "营": "迎",
    "寨": "债",
    "岗": "港",
    "陈": "程",
    "郭": "国",
    "沟": "钩",
    "楼": "娄",
    "店": "电",
    "河": "和",
    "湾": "弯",
    "桥": "乔",
    "堂": "唐",
    "冯": "逢",
    "杨": "扬",
    "马": "码",
    "胡": "湖",
    "高": "羔",
    "林": "临",
}
ENDINGS = [
    "社区村民委员会", "社区居民委员会", "村村民委员会", "村民委员会", "居民委员会",
    "社区居委会", "社区村委会", "村村委会", "村委会", "居委会", "社区", "村",
]  # fmt: skip


@dataclass(frozen=True)
class Village:
    """A village with the names of the areas it lies in; an empty code: it does not exist."""

    code: str
    name: str
    township: str
    county: str
    prefecture: str
    province: str


@dataclass(frozen=True)
class Question:
    """An address, a division code (maybe empty) and the truth."""

    address: str
    division_code: str
    village: Village


def questions(villages: list[Village], count: int, dice: random.Random) -> list[Question]:
    """`count` corrupted addresses of villages drawn with replacement."""
    stems = {stem_of(v.name)[0] for v in villages}
    return [question(dice.choice(villages), stems, dice) for _ in range(count)]


def question(village: Village, stems: set[str], dice: random.Random) -> Question:
    code = village.code[:6] if happens("division code given", dice) else ""
    if happens("does not exist", dice):
        name = invented(village.name, stems, dice)
        village = Village(
            "", name, village.township, village.county, village.prefecture, village.province
        )
    without_county = bool(code) and happens("county left out", dice)
    text = areas(village, without_county, dice) + township(village.township, dice)
    text += settlement(village.name, dice) + rest(dice)
    return Question(as_typed(text, dice), code, village)


def happens(what: str, dice: random.Random) -> bool:
    return dice.random() < RATES[what]


def stem_of(name: str) -> tuple[str, str]:
    """(刘庄, 村民委员会) of 刘庄村民委员会; at least two signs stay."""
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name[: -len(ending)], ending
    return name, ""


def invented(name: str, stems: set[str], dice: random.Random) -> str:
    """A village the county does not have: half of them a step away from one it has."""
    stem, _ = stem_of(name)
    for _ in range(50):
        if dice.random() < 0.5:
            made = dice.choice(
                [
                    dice.choice(SIDES) + stem,
                    stem + dice.choice(SIDES),
                    dice.choice(SURNAMES) + stem[1:],
                ]
            )
        else:
            made = (
                dice.choice(["", dice.choice(SIDES)]) + dice.choice(SURNAMES) + dice.choice(KINDS)
            )
        if made not in stems and made.replace("家", "") not in {s.replace("家", "") for s in stems}:
            return made + "村村民委员会"
    return dice.choice(SURNAMES) * 2 + "寨村民委员会"


def areas(v: Village, without_county: bool, dice: random.Random) -> str:
    short = happens("short names of areas", dice)
    province = "" if happens("province left out", dice) else cut(v.province, "省", short)
    prefecture = "" if happens("prefecture left out", dice) else cut(v.prefecture, "市", short)
    if "直辖" in v.prefecture:
        prefecture = ""
    county = cut(v.county, "市县区", short and len(v.county) > 2)
    if happens("area written twice", dice):
        county += county
    return province + prefecture + ("" if without_county else county)


def cut(name: str, kinds: str, short: bool) -> str:
    return name[:-1] if short and name[-1:] in kinds and len(name) > 2 else name


def township(name: str, dice: random.Random) -> str:
    if happens("township left out", dice):
        return ""
    for kind in ("街道", "镇", "乡"):
        if name.endswith(kind) and len(name) - len(kind) >= 2:
            stem = name[: -len(kind)]
            if happens("township without its kind", dice):
                return stem
            if happens("township as commune or old kind", dice):
                return stem + dice.choice(
                    ["公社", "乡", "镇"] if kind != "街道" else ["办事处", "街道办事处", "镇"]
                )
            return stem + ("街道办事处" if kind == "街道" and dice.random() < 0.4 else kind)
    return name


def settlement(name: str, dice: random.Random) -> str:
    """The village, in one of the ways people write it."""
    stem, ending = stem_of(name)
    urban = "居" in ending or "社区" in ending
    if happens("family left out or added", dice):
        stem = family(stem)
    if happens("sound-alike", dice):
        at = [i for i, sign in enumerate(stem) if sign in ALIKE]
        if at:
            i = dice.choice(at)
            stem = stem[:i] + ALIKE[stem[i]] + stem[i + 1 :]
    if happens("one sign lost", dice) and len(stem) > 2:
        i = dice.randrange(len(stem))
        stem = stem[:i] + stem[i + 1 :]
    if happens("figure for numeral", dice) and stem[-1] in NUMERALS[1:10]:
        stem = stem[:-1] + str(NUMERALS.index(stem[-1]))
    if urban:
        return stem + dice.choice(["社区", "社区居委会", "居委会", "社区居民委员会", ending])
    return (
        stem
        + dice.choices(["村", "村委会", "村民委员会", "", "大队", ending], [55, 10, 8, 15, 4, 8])[0]
    )


def family(stem: str) -> str:
    """李家庄 → 李庄 and back."""
    if "家" in stem[1:-1]:
        return stem[0] + stem[1:].replace("家", "", 1)
    if len(stem) == 2 and stem[0] in SURNAMES and stem[1] in "庄寨营楼店沟湾桥":
        return f"{stem[0]}家{stem[1]}"
    return stem


def rest(dice: random.Random) -> str:
    text = ""
    if happens("hamlet of no gazetteer", dice):
        text += dice.choice(SIDES) + dice.choice(SURNAMES) + dice.choice(["庄", "寨", "营"])
    if happens("group", dice):
        n = dice.randint(1, 12)
        spoken = NUMERALS[n] if n <= 10 else "十" + NUMERALS[n - 10]
        text += dice.choice(
            [
                f"{n}组",
                f"{spoken}组",
                f"第{spoken}村民组",
                f"第{n}村民小组",
                f"{n}队",
                f"第{spoken}生产队",
            ]
        )
    if happens("door", dice):
        text += dice.choice(
            [f"{dice.randint(1, 300)}号", f"{dice.randint(1, 20)}号院", f"{dice.randint(1, 300)}"]
        )
    elif happens("landmark", dice):
        text += dice.choice(LANDMARKS)
    return text


def as_typed(text: str, dice: random.Random) -> str:
    if happens("brackets", dice):
        text += dice.choice(["(老村)", "（原乡政府院内）", "(电话联系)"])
    if happens("full-width", dice):
        text = "".join(chr(ord(s) + 0xFEE0) if s.isascii() and s.isalnum() else s for s in text)
    if happens("blanks and commas", dice):
        for sign in dice.choice([" ", "  ", "，", "　"]), " ":
            i = dice.randrange(len(text))
            text = text[:i] + sign + text[i:]
    return text
