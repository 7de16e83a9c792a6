"""Addresses as they stand in lists, each with the place it must and must not be given."""

from itertools import count

import pytest

from whitelist.geocoding.ladder import Addresses, Found, Ladder
from whitelist.models import AddressKind, Precision

# code, name, level, has a point
PLACES = [
    ("370000000000", "山东省", "province", True),
    ("370700000000", "潍坊市", "prefecture", True),
    ("370781000000", "青州市", "county", True),
    ("370781109000", "高柳镇", "township", True),
    ("370781109201", "刘庄村委会", "village", True),
    ("370781110000", "城关镇", "township", True),
    ("370781110201", "北关村委会", "village", True),
    ("370783000000", "寿光市", "county", True),
    ("370783001000", "圣城街道", "township", True),
    ("370783001001", "东关社区居委会", "village", True),
    ("370783001201", "东关村委会", "village", True),
    ("370783108000", "上口镇", "township", True),
    ("370783108201", "上口一村委会", "village", True),
    ("370783108202", "张家庄村委会", "village", True),
    ("370783108203", "刘庄村委会", "village", True),
    ("370783109000", "侯镇", "township", True),
    ("370783109201", "侯镇村村委会", "village", True),
    ("370783109202", "侯镇四村委会", "village", True),
    ("370783110000", "城关镇", "township", True),
    ("370783110201", "南关村委会", "village", True),
    ("370783112000", "稻田镇", "township", True),
    ("370783112201", "葛家村委会", "village", True),
    ("370783112202", "刘庄村委会", "village", True),
    ("370783112203", "李家庄村委会", "village", True),
    ("370783112204", "西刘营村委会", "village", True),
    ("370783112205", "彭家道口三村委会", "village", True),
    ("370783112206", "马寨村委会", "village", True),
    ("370783112207", "田马村委会", "village", True),
    ("370783112207-01", "小李庄", "hamlet", True),
    ("370783112207-02", "北窝", "hamlet", True),
    ("370783112208", "无点村委会", "village", False),
    ("370783112209", "新村村委会", "village", True),
]
CODES = dict(enumerate((p[0] for p in PLACES), 1))


@pytest.fixture(scope="module")
def ladder() -> Ladder:
    points = count(1)
    return Ladder(
        (
            pk,
            code,
            name,
            level,
            118 + next(points) / 100 if point else None,
            36.0 if point else None,
        )
        for pk, (code, name, level, point) in enumerate(PLACES, 1)
    )


def at(found: Found) -> str:
    return CODES[found.place_id] if found.place_id else ""


@pytest.mark.parametrize(
    ("address", "code"),
    [
        # The grammar, with parts missing, repeated or short.
        ("山东省潍坊市寿光市稻田镇葛家村3组12号", "370783112201"),
        ("潍坊市寿光市稻田镇葛家村", "370783112201"),
        ("寿光市稻田镇葛家村", "370783112201"),
        ("山东寿光稻田葛家村四组", "370783112201"),
        ("寿光县稻田乡葛家村", "370783112201"),
        ("山东省潍坊市寿光市寿光市稻田镇稻田镇葛家村", "370783112201"),
        ("山东省寿光市稻田镇山东省寿光市稻田镇葛家村", "370783112201"),
        ("稻田镇葛家村3组", "370783112201"),
        # The village's endings.
        ("寿光市稻田镇葛家村民委员会", "370783112201"),
        ("寿光市稻田镇葛家村委会", "370783112201"),
        ("寿光市稻田镇葛家", "370783112201"),
        ("寿光市稻田公社葛家大队第三生产队", "370783112201"),
        ("寿光市圣城街道办事处东关社区3号楼", "370783001001"),
        ("寿光市圣城街道东关居委会", "370783001001"),
        ("寿光市圣城街道东关村", "370783001201"),
        # What follows a bare name.
        ("寿光市稻田镇葛家四组", "370783112201"),
        ("寿光市稻田镇葛家4组", "370783112201"),
        ("寿光市稻田镇葛家第四村民组", "370783112201"),
        ("寿光市稻田镇葛家120", "370783112201"),
        ("寿光市稻田镇葛家卫生室北50米", "370783112201"),
        ("寿光市稻田镇葛家村东头", "370783112201"),
        ("寿光市稻田镇葛家小学对面", "370783112201"),
        ("寿光市稻田镇刘庄东李寨3组", "370783112202"),
        # As typed.
        ("寿光市，稻田镇　葛家村３组", "370783112201"),
        ("寿光市稻田镇（原丰城乡）葛家村", "370783112201"),
        ("寿光市稻田镇马寨管区西刘营村", "370783112204"),
        ("现住山东省寿光市稻田镇葛家村", "370783112201"),
        ("家庭住址：寿光市稻田镇葛家村", "370783112201"),
        ("寿光市稻田镇屯西社区葛家村", "370783112201"),
        # Other ways of writing the name.
        ("寿光市稻田镇李庄村", "370783112203"),
        ("寿光市稻田镇彭家道口3村2组", "370783112205"),
        ("寿光市稻田镇西留营村", "370783112204"),
        ("寿光市道田镇西刘营村", "370783112204"),
        # The township's name begins the village's.
        ("寿光市上口一村", "370783108201"),
        ("寿光市上口镇上口一村", "370783108201"),
        ("寿光市侯镇村", "370783109201"),
        ("寿光市侯镇侯镇村", "370783109201"),
        ("寿光市侯镇侯镇四村九组", "370783109202"),
        # Without a township, a name the county has once.
        ("寿光市葛家村3组", "370783112201"),
        ("寿光市李庄村", "370783112203"),
        # Hamlets of the bank's own file.
        ("寿光市稻田镇田马村小李庄3组", "370783112207-01"),
        ("寿光市稻田镇北窝7号", "370783112207-02"),
        # A township two counties have, told by its village.
        ("城关镇南关村", "370783110201"),
    ],
)
def test_finds(ladder: Ladder, address: str, code: str) -> None:
    assert at(ladder.locate(Addresses(home=address))) == code


@pytest.mark.parametrize(
    ("address", "code", "why"),
    [
        ("寿光市刘庄村3组", "370783000000", "寿光市有 2 个“刘庄”，缺乡镇"),
        ("寿光市圣城街道东关3组", "370783001000", "圣城街道有 2 个“东关”"),
        ("寿光市稻田镇", "370783112000", "地址只到乡镇"),
        ("山东省潍坊市寿光市", "370783000000", "地址只到区县"),
        ("寿光市稻田镇赵家村", "370783112000", "没有这个村名"),
        # Longer or shorter than a name that exists.
        ("寿光市稻田镇东葛家村", "370783112000", "没有这个村名"),
        ("寿光市稻田镇葛家北村", "370783112000", "没有这个村名"),
        ("寿光市稻田镇葛家庄", "370783112000", "没有这个村名"),
        ("寿光市稻田镇刘营村", "370783112000", "没有这个村名"),
        ("寿光市稻田镇刘家庄子北2队", "370783112000", "没有这个村名"),
        # A township that the county does not have contradicts the county's only 葛家.
        ("寿光市丰城镇葛家村", "370783000000", "没有地址所写的乡镇"),
        ("寿光市上口镇葛家村", "370783108000", "没有这个村名"),
        # Another county, another province.
        ("诸城市枳沟镇葛家村", "", "不在地名库"),
        ("河南省中牟县刘集镇葛家村", "", "不在地名库"),
        ("葛家村3组", "", "缺区县和乡镇"),
        ("城关镇", "", "有 2 个“城关镇”，缺区县"),
        ("", "", "没有地址"),
        ("不详", "", "缺区县"),
    ],
)
def test_does_not_guess(ladder: Ladder, address: str, code: str, why: str) -> None:
    found = ladder.locate(Addresses(home=address))
    assert at(found) == code
    assert why in found.note


def test_precision_of_each_level(ladder: Ladder) -> None:
    for address, precision in (
        ("寿光市稻田镇田马村小李庄", Precision.HAMLET),
        ("寿光市稻田镇田马村", Precision.VILLAGE),
        ("寿光市稻田镇葛家村3组12号", Precision.VILLAGE),  # a door number makes no house of it
        ("寿光市稻田镇", Precision.TOWNSHIP),
        ("寿光市", Precision.COUNTY),
        ("潍坊市", Precision.UNLOCATED),
    ):
        assert ladder.locate(Addresses(home=address)).precision == precision


def test_a_hamlet_belongs_to_its_village(ladder: Ladder) -> None:
    found = ladder.locate(Addresses(home="寿光市稻田镇田马村小李庄"))
    assert CODES[found.village_id] == "370783112207"


def test_a_village_without_a_point_lends_its_township_s(ladder: Ladder) -> None:
    found = ladder.locate(Addresses(home="寿光市稻田镇无点村3组"))
    assert (at(found), CODES[found.village_id]) == ("370783112208", "370783112208")
    assert found.lon == ladder.locate(Addresses(home="寿光市稻田镇")).lon
    assert found.precision == Precision.TOWNSHIP
    assert "没有坐标" in found.note


# --- the division code ------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "division_code", "code"),
    [
        ("", "370783112201", "370783112201"),
        ("", "370783112000", "370783112000"),
        ("", "370783112", "370783112000"),
        ("", "370783", "370783000000"),
        ("稻田镇葛家村", "370783", "370783112201"),
        ("葛家村3组", "370783", "370783112201"),
        ("城关镇", "370783", "370783110000"),
        # The code says which of the two 刘庄.
        ("寿光市刘庄村", "370783108", "370783108203"),
        # A village unknown by name is taken from a 12-digit code in the same township.
        ("寿光市稻田镇新新家园12号楼", "370783112201", "370783112201"),
        # Found by name: the words go before the code.
        ("寿光市稻田镇葛家村", "370783112202", "370783112201"),
        ("青州市高柳镇刘庄村", "370783112202", "370781109201"),
        # Contradiction above the village: no finer than the words.
        ("青州市高柳镇赵家村", "370783112202", "370781109000"),
        ("寿光市上口镇赵家村", "370783112202", "370783108000"),
        # The words name a county the gazetteer does not have.
        ("诸城市枳沟镇葛家村", "370783112201", ""),
        ("黑龙江省哈尔滨市道里区", "370783112201", ""),
        ("惠民超市对面", "370783", "370783000000"),
        ("葛家村东区3号", "370783", "370783112201"),
        # A code nobody knows is as good as none.
        ("寿光市稻田镇葛家村", "999999", "370783112201"),
        ("寿光市稻田镇葛家村", "garbage", "370783112201"),
    ],
)
def test_code_and_words(ladder: Ladder, address: str, division_code: str, code: str) -> None:
    found = ladder.locate(Addresses(home=address, division_code=division_code))
    assert at(found) == code


def test_a_contradiction_is_said(ladder: Ladder) -> None:
    found = ladder.locate(Addresses(home="青州市高柳镇赵家村", division_code="370783112202"))
    assert "区划代码属寿光市，与地址不符" in found.note


def test_by_code_is_said(ladder: Ladder) -> None:
    found = ladder.locate(Addresses(division_code="370783112201"))
    assert (found.address_kind, found.note) == (AddressKind.DIVISION, "按区划代码")


# --- several addresses --------------------------------------------------------------


def test_business_goes_first(ladder: Ladder) -> None:
    found = ladder.locate(
        Addresses("寿光市稻田镇葛家村", "寿光市稻田镇刘庄村", "青州市高柳镇刘庄村")
    )
    assert (at(found), found.address_kind) == ("370783112201", AddressKind.BUSINESS)


def test_home_goes_before_registered(ladder: Ladder) -> None:
    found = ladder.locate(Addresses("", "寿光市稻田镇刘庄村", "青州市高柳镇刘庄村"))
    assert (at(found), found.address_kind) == ("370783112202", AddressKind.HOME)


def test_the_finest_wins(ladder: Ladder) -> None:
    found = ladder.locate(Addresses("寿光市", "不详", "青州市高柳镇刘庄村"))
    assert (at(found), found.address_kind) == ("370781109201", AddressKind.REGISTERED)
    found = ladder.locate(Addresses("寿光市稻田镇葛家村", "寿光市稻田镇田马村小李庄", ""))
    assert (at(found), found.address_kind) == ("370783112207-01", AddressKind.HOME)


# --- notes are kept in clear -----------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "寿光市稻田镇吕建国家3组",
        "寿光市吕建国转稻田村",
        "吕建国寿光市稻田镇",
        "寿光市稻田镇吕建国村",
    ],
)
def test_a_note_never_quotes_the_address(ladder: Ladder, address: str) -> None:
    assert "吕建国" not in ladder.locate(Addresses(home=address)).note


def test_anything_at_all_is_survived(ladder: Ladder) -> None:
    for text in (
        "(",
        "()",
        "（（（",
        "\0",
        "村",
        "村村村",
        "市",
        "12",
        "组",
        "a" * 10_000,
        "寿光市" * 500,
    ):
        found = ladder.locate(Addresses(text, text, text, text[:12]))
        assert len(found.note) <= 120
