import pytest

from whitelist.geocoding.names import loose_name, match_name, plain, short_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("刘庄村民委员会", "刘庄"),
        ("刘庄村委会", "刘庄"),
        ("刘庄村村委会", "刘庄"),
        ("刘庄村", "刘庄"),
        ("刘庄大队", "刘庄"),
        ("刘庄", "刘庄"),
        ("世纪花园社区居民委员会", "世纪花园"),
        ("西刘营社区村民委员会", "西刘营"),
        ("李村村民委员会", "李村"),
        ("李村", "李村"),
        ("李村委会", "李村"),
        ("南社区居委会", "南社区"),
        ("侯镇村村委会", "侯镇"),
        ("刘 庄 村（老村）", "刘庄"),
    ],
)
def test_villages(name: str, expected: str) -> None:
    assert match_name(name) == expected


@pytest.mark.parametrize(
    ("name", "level", "expected"),
    [
        ("稻田镇", "township", "稻田"),
        ("侯镇", "township", "侯镇"),
        ("圣城街道", "township", "圣城"),
        ("圣城街道办事处", "township", "圣城"),
        ("寿光市", "county", "寿光"),
        ("郊区", "county", "郊区"),
        ("山东省", "province", "山东"),
    ],
)
def test_areas(name: str, level: str, expected: str) -> None:
    assert match_name(name, level) == expected


def test_matching_again_changes_nothing() -> None:
    for name in ("刘庄村民委员会", "李村村民委员会", "南社区居委会", "侯镇村村委会"):
        assert match_name(match_name(name)) == match_name(name)


def test_loose() -> None:
    assert loose_name("李家庄") == loose_name("李庄")
    assert loose_name("王营子") == loose_name("王营")
    assert loose_name("彭家道口3") == loose_name("彭家道口三")
    assert loose_name("张家") == "张家"


def test_plain() -> None:
    assert plain("稻田镇，葛家村　３组，１２号") == "稻田镇葛家村3组12号"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("刘庄村民委员会", "刘庄村"),
        ("刘庄村村民委员会", "刘庄村"),
        ("刘庄村委会", "刘庄村"),
        ("刘庄村", "刘庄村"),
        ("恒盛社区居民委员会", "恒盛社区"),
        ("居委会", "居委会"),
        ("稻田镇", "稻田镇"),
    ],
)
def test_short(name: str, expected: str) -> None:
    assert short_name(name) == expected
