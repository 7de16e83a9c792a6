"""The grammar of a rural address, apart from any gazetteer.

省 + 市 + 县(市区) + 乡镇 + 行政村 + 自然村 + N组/队 + 门牌 or landmark. What is a
province, county, township or village is decided by the gazetteer (`ladder`);
here stands what may follow a name, so that 刘庄 in 刘庄3组 is a village and
刘庄 in 刘庄子村 is not.
"""

import re
import unicodedata
from functools import cache

from pypinyin.constants import PINYIN_DICT

from whitelist.geocoding.names import plain, without_brackets

# 刘庄|村民委员会: the village has ended, anything may follow.
VILLAGE_WORD = re.compile(
    r"村?(?:社区|新型社区)?(?:村民委员会|居民委员会|村委会|居委会|村委|居委)"
    r"|村?(?:生产)?大队|村社区|社区|行政村|村"
)
_NUMBER = "[0-9零一二三四五六七八九十百两]"
_SIDE = "[东西南北中前后上下左右]"
_COUNTED = "村?民?小?组|生产队|小队|队|社|号|排|巷|户|区|栋|幢|单元|楼|街|路|胡同|米|里地"
_GROUP = rf"第?{_NUMBER}+(?:-{_NUMBER}+)*(?:{_COUNTED}|$|[-#])"
_LANDMARK = (
    r"附近|旁|对面|对过|隔壁|门口|村口|路口|街口|路边|"
    r"(?:中心|完全|希望|联办|老)?(?:小学|中学|学校|幼儿园)|卫生[室所院站]|诊所|药店|"
    r"超市|商店|小卖部|门市|供销社|邮局|邮政|信用社|银行|加油站|饭店|粮[站库店]|养殖|大棚|合作社|"
    r"村?委?(?:办公室|大院)|大队部|文化|广场|戏[台楼]|祠堂|水库|水塔|桥[头边旁]|老?油坊|磨坊|砖[厂窑]|"
    r"公交|站牌|集市|市场|仓库|院内|家属|私宅|自建|无门牌|门牌|沿街"
)
_PLACE_IN = rf"{_SIDE}{{1,2}}(?:头|边|侧|面|首|部|组|口|端|角|街|路|巷|排|胡同|大街)|路{_SIDE}|村"
# What may follow a village's bare name.
_ENDED = re.compile(rf"$|[-#(]|{_GROUP}|{_LANDMARK}|{_PLACE_IN}")
# What would make the bare name the beginning of a longer one.
_SETTLEMENT = re.compile(r"[村庄屯寨营堡集镇乡沟洼岭疃埠峪夼家子湾坪坡岗楼店铺圈窑庙]|社区|居委")
_GOES_ON = re.compile(rf"{_SIDE}|{_NUMBER}|大|小|新|老|旧|家|[庄子村]|.*(?:大队|队)")
# A hamlet's name right behind the village's: 刘庄|东李寨.
_HAMLET = re.compile(
    rf"(?!家|{_SIDE}[大小新老]?{_SIDE}|{_SIDE}[大小新老])[^0-9(#村队区-]{{2,4}}[庄屯寨营堡沟洼岭]$"
)
_UP_TO_NUMBER = re.compile(r"[^0-9(#-]*")

# A township by its form, whether anybody knows it or not.
TOWNSHIP_FORM = re.compile(r"(?P<name>[^0-9村庄镇乡]{1,6}?(?:镇|乡|街道|公社))(?!村|庄|社区|居)")
# A county by its form: 诸城市, 临朐县.
COUNTY_FORM = re.compile(
    r"(?:.{2,4}省|.{2,6}自治区)?[^0-9村庄镇乡社号路街省]{2,6}?"
    r"(?:自治[县旗]|[县旗]|(?<![超集门夜菜早])市|(?<![东西南北中社小片管园发校新老])区)(?!场|委)"
)
# Between township and village: 稻田镇|马寨管区|刘庄村.
BETWEEN = re.compile(r".{1,5}?(?:管理?区|工作区|片区|办事处|管委会|片(?=.{2}))")
# After a township's name.
TOWNSHIP_TAIL = re.compile(r"(?:街道办事处|街道办|街办|办事处|人民政府|政府|街道|镇|乡)?")
VILLAGE_FORM = re.compile(rf"(?P<name>[^0-9(#-]{{1,12}}?)(?:{VILLAGE_WORD.pattern})")

_ALIKE = str.maketrans("已巳戍戊末士曰瞳窖阜坊崮", "己己戌戌未土日疃窑埠房崗")


def clean(text: str) -> str:
    """An address as the ladder reads it: full-width made plain, blanks and brackets out."""
    return _FIGURE.sub(_numeral, _BEFORE.sub("", without_brackets(plain(text))))


# 现住, 家庭住址 and the like before the address itself.
_BEFORE = re.compile(
    r"^(?:中华人民共和国|中国|(?:现|家|现家)?住[址在]?|(?:户籍|户口|经营|家庭|居住|详细|联系)*(?:地址|住址|所在地|地))(?=.{4})"
)


# 彭家道口3村 is called 彭家道口三村; 第3村民组 is a group.
_FIGURE = re.compile(r"(?<![0-9第])(1?[0-9])(?=村(?!民?小?组)|社区|居委)")


def _numeral(figure: re.Match[str]) -> str:
    number = int(figure[1])
    tens = "十" if number >= 10 else ""
    return tens + "零一二三四五六七八九"[number % 10] if number % 10 or not tens else tens


def has_ended(text: str, at: int) -> bool:
    """May a village's bare name end at this place of the text?"""
    if at == len(text) or _ENDED.match(text, at):
        return True
    rest = _up_to_number(text, at)
    return len(rest) >= 3 and not _SETTLEMENT.search(rest) and not _GOES_ON.match(rest)


def hamlet_follows(text: str, at: int) -> bool:
    """Does what reads like a hamlet of its own stand here, so that the village ended before it?"""
    rest = _BEFORE_GROUP.sub("", _up_to_number(text, at))
    return bool(_HAMLET.match(rest)) and text[at - 1] != "家"


_BEFORE_GROUP = re.compile(rf"第?{_NUMBER}*(?:村?民?小?组|生产队|队)?$")


def _up_to_number(text: str, at: int) -> str:
    run = _UP_TO_NUMBER.match(text, at)
    return run.group() if run else ""


def village_in(text: str, at: int) -> str:
    """The name that stands where a village should, by its form alone; empty when there is none."""
    if found := VILLAGE_FORM.match(text, at):
        return found["name"]
    for end in range(at + 2, min(len(text), at + 10) + 1):
        if has_ended(text, end):
            return text[at:end]
    return ""


def sound(name: str) -> str:
    """How a name is read, tones kept, look-alikes made one: 西留营 = 西刘营."""
    return " ".join(_reading(sign) for sign in name.translate(_ALIKE))


@cache
def _reading(sign: str) -> str:
    return unicodedata.normalize("NFC", PINYIN_DICT.get(ord(sign), sign)).split(",")[0]
