"""One address in several ways that say the same; never one that leads elsewhere."""

import pytest

from outreach.exports.addresses import address_of
from tests.cast import Cast

FORMS = ("寿光市", "潍坊市寿光市", "山东省潍坊市寿光市")


@pytest.mark.parametrize(
    ("text", "tails"),
    [
        ("山东省潍坊市寿光市稻田镇刘庄村3组12号", ("稻田镇刘庄村3组12号", "稻田镇刘庄村三组12号")),
        ("寿光市稻田镇刘庄村三组", ("稻田镇刘庄村三组", "稻田镇刘庄村3组")),
        ("稻田镇 刘庄村", ("稻田镇刘庄村",)),
        ("山东省寿光市稻田镇刘庄村13组", ("稻田镇刘庄村13组",)),
        ("寿光市刘庄村十三组", ("刘庄村十三组",)),
        ("寿光市稻田镇刘庄村第三组", ("稻田镇刘庄村第三组",)),
    ],
)
def test_beginnings_and_ends(cast: Cast, text: str, tails: tuple[str, ...]) -> None:
    address = address_of(text, cast.village)
    assert address.places == FORMS and address.tails == tails


@pytest.mark.parametrize(
    "text", ["河南省郑州市中牟县雁鸣湖镇东村3号", "县城东街12号", "", "纪台镇东村"]
)
def test_what_leads_elsewhere_is_left_as_it_is(cast: Cast, text: str) -> None:
    address = address_of(text, cast.village)
    assert address.written(0, 0) == text and len(address.places) == 1


def test_without_a_village_nothing_is_added(cast: Cast) -> None:
    assert address_of("寿光市稻田镇刘庄村", None).places == ("",)
