"""Loading places: parents, idempotence, which point wins; the demo's places are fit to be shown."""

from collections import Counter
from math import hypot
from pathlib import Path

import pytest

from whitelist.geocoding.gazetteer import PlaceRow, ancestors, load_demo_places, load_places
from whitelist.geocoding.ladder import Addresses, Ladder, locate
from whitelist.models import Place, PlaceLevel, PointSource, Precision

pytestmark = pytest.mark.django_db

COUNTY = PlaceRow("370783000000", "寿光市", PlaceLevel.COUNTY, 118.74, 36.88, PointSource.PACKAGE)
TOWN = PlaceRow("370783112000", "稻田镇", PlaceLevel.TOWNSHIP)
VILLAGE = PlaceRow("370783112201", "葛家村委会", PlaceLevel.VILLAGE)
HAMLET = PlaceRow("370783112201-01", "小李庄", PlaceLevel.HAMLET, 118.9, 36.8, PointSource.BANK)


def place(code: str) -> Place:
    return Place.objects.get(code=code)


def test_ancestors() -> None:
    assert ancestors("370783112201-01") == [
        "370783112201", "370783112000", "370783000000", "370700000000", "370000000000",
    ]  # fmt: skip
    assert ancestors("370783000000") == ["370700000000", "370000000000"]
    assert ancestors("370000000000") == []


def test_parents_in_any_order_and_from_an_earlier_load() -> None:
    load_places([COUNTY])
    load_places([HAMLET, VILLAGE, TOWN])
    assert place(HAMLET.code).parent == place(VILLAGE.code)
    assert place(VILLAGE.code).parent == place(TOWN.code)
    assert place(TOWN.code).parent == place(COUNTY.code)
    assert place(COUNTY.code).parent is None


def test_a_missing_parent_is_passed_over() -> None:
    load_places([COUNTY, VILLAGE])
    assert place(VILLAGE.code).parent == place(COUNTY.code)
    load_places([TOWN, VILLAGE])
    assert place(VILLAGE.code).parent == place(TOWN.code)


def test_names_are_ready_to_compare_and_to_sort() -> None:
    load_places([TOWN, VILLAGE])
    assert place(VILLAGE.code).match_name == "葛家"
    assert place(TOWN.code).match_name == "稻田"
    assert place(TOWN.code).sort_key == "dao tian zhen"


def test_again_changes_nothing() -> None:
    rows = [COUNTY, TOWN, VILLAGE, HAMLET]
    assert load_places(rows).created == 4
    before = list(Place.objects.order_by("pk").values())
    loaded = load_places(rows)
    assert (loaded.created, loaded.updated, loaded.unchanged) == (0, 0, 4)
    assert list(Place.objects.order_by("pk").values()) == before


def test_a_new_name_is_taken() -> None:
    load_places([VILLAGE])
    load_places([PlaceRow(VILLAGE.code, "葛庄村委会", PlaceLevel.VILLAGE)])
    assert (place(VILLAGE.code).name, place(VILLAGE.code).match_name) == ("葛庄村委会", "葛庄")
    assert place(VILLAGE.code).sort_key.startswith("ge zhuang")


@pytest.mark.parametrize(
    ("first", "second", "wins"),
    [
        (PointSource.INDICATIVE, PointSource.PACKAGE, 2),
        (PointSource.PACKAGE, PointSource.BANK, 2),
        (PointSource.BANK, PointSource.BANK, 2),
        (PointSource.BANK, PointSource.PACKAGE, 1),
        (PointSource.PACKAGE, PointSource.INDICATIVE, 1),
        (PointSource.BANK, PointSource.NONE, 1),
    ],
)
def test_the_better_point_wins(first: str, second: str, wins: int) -> None:
    for n, source in ((1, first), (2, second)):
        lon, lat = (118.0 + n, 36.0) if source != PointSource.NONE else (None, None)
        load_places([PlaceRow(VILLAGE.code, VILLAGE.name, VILLAGE.level, lon, lat, source)])
    assert place(VILLAGE.code).lon == 118.0 + wins


# --- the demo -----------------------------------------------------------------------------


def test_demo_places() -> None:
    load_demo_places()
    levels = Counter(Place.objects.values_list("level", flat=True))
    assert levels["county"] == 3
    assert levels["village"] > 2000
    assert Place.objects.filter(code__startswith="370783", level="village").count() == 1013
    assert not Place.objects.filter(lon=None).exists()
    assert not Place.objects.exclude(level="province").filter(parent=None).exists()
    # Made-up points say so.
    assert set(Place.objects.villages().values_list("point_source", flat=True).distinct()) == {
        PointSource.INDICATIVE
    }


def test_demo_villages_do_not_overlap_and_stand_near_their_township() -> None:
    load_demo_places()
    for county in ("370725", "370781", "370783"):
        villages = list(Place.objects.villages().under(county).select_related("parent"))
        spots = sorted((v.lon * 89.2, v.lat * 111.2) for v in villages)
        apart = min(
            hypot(a[0] - b[0], a[1] - b[1])
            for i, a in enumerate(spots)
            for b in spots[i + 1 : i + 40]
        )
        assert apart > 0.3  # km
        away = sorted(
            hypot((v.lon - v.parent.lon) * 89.2, (v.lat - v.parent.lat) * 111.2) for v in villages
        )
        assert away[len(away) // 2] < 7  # km, half of them
        assert away[-1] < 25


def test_the_ladder_over_the_demo() -> None:
    load_demo_places()
    ladder = Ladder.load(["370783"])
    found = ladder.locate(Addresses(home="山东省寿光市稻田镇葛家村3组"))
    assert found.precision == Precision.VILLAGE
    assert place("370783112289").pk == found.place_id == found.village_id
    # What was not loaded is not found, what lies above is known.
    assert ladder.locate(Addresses(home="青州市高柳镇")).precision == Precision.UNLOCATED
    assert ladder.locate(Addresses(home="山东省潍坊市寿光市")).precision == Precision.COUNTY
    once = locate(Addresses(home="寿光市稻田镇葛家村", division_code="370783"))
    assert once.place_id == found.place_id


def test_demo_file_is_shipped() -> None:
    assert (Path(__file__).parents[3] / "whitelist/data/demo_places.csv").stat().st_size < 300_000
