"""An address down to the village, and nothing that leads to a door."""

import pytest

from trust.masking import mask_address


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("山东省潍坊市寿光市稻田镇刘庄村3组12号", "山东省潍坊市寿光市稻田镇刘庄村"),
        ("山东省寿光市 稻田镇 刘庄村村民委员会5号", "山东省寿光市稻田镇刘庄村"),
        ("稻田镇刘庄村村民委员会吕建国", "稻田镇刘庄村"),
        ("刘庄卫生室北50米", "刘庄"),
        ("西李家庄四组吕建国家", "西李家庄"),
        ("王村镇王村一组", "王村镇王村"),
        ("三里庄村东头", "三里庄村"),
        ("稻田镇王村（吕家）１２号", "稻田镇王村"),
        ("寿光市圣城街道东社区3号楼", "寿光市圣城街道东社区"),
        ("五一社区5号", "五一社区"),
        ("稻田镇刘家老屋后", "稻田镇"),
        ("吕建国家", "吕**"),
        ("", ""),
    ],
)
def test_places_stay_and_the_rest_goes(address: str, shown: str) -> None:
    assert mask_address(address) == shown
