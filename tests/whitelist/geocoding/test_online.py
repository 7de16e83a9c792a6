"""Providers through geopy, against a server that answers and one that misbehaves."""

from collections.abc import Iterator

import pytest

from tests.whitelist.geocoding.fake_provider import FakeProvider
from whitelist.geocoding import baidu, nominatim, online
from whitelist.geocoding.asking import NoAnswer, QuotaSpent, Unavailable
from whitelist.geocoding.datum import wgs84_to_bd09
from whitelist.geocoding.online import Breaker, Online
from whitelist.models import LocationSource, Precision

ADDRESS = "山东省寿光市稻田镇葛家村3组"
POINT = (118.93, 36.79)


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    server = FakeProvider()
    yield server
    server.close()


def nominatim_says(**more: object) -> list[dict[str, object]]:
    hit = {"lon": "118.93", "lat": "36.79", "addresstype": "village", "display_name": "x"}
    return [{**hit, **more}]


def baidu_says(lon: object = None, lat: object = None, **more: object) -> dict[str, object]:
    there = wgs84_to_bd09(*POINT)
    x, y = there[0] if lon is None else lon, there[1] if lat is None else lat
    result = {
        "location": {"lng": x, "lat": y},
        "precise": 0, "confidence": 60, "comprehension": 100, "level": "村庄",
    }  # fmt: skip
    return {"status": 0, "result": {**result, **more}}


def the_nominatim(fake: FakeProvider) -> nominatim.Nominatim:
    return nominatim.Nominatim(fake.url, timeout=0.5)


def the_baidu(fake: FakeProvider) -> baidu.Baidu:
    return baidu.Baidu(fake.url, "key", timeout=0.5)


def test_nominatim_answers(fake: FakeProvider) -> None:
    fake.body = nominatim_says()
    answer = the_nominatim(fake).ask(ADDRESS)
    assert (answer.lon, answer.lat) == POINT
    assert (answer.precision, answer.source) == (Precision.VILLAGE, LocationSource.NOMINATIM)


def test_baidu_answers_in_wgs84(fake: FakeProvider) -> None:
    fake.body = baidu_says()
    answer = the_baidu(fake).ask(ADDRESS)
    assert (answer.lon, answer.lat) == pytest.approx(POINT, abs=1e-8)
    assert (answer.precision, answer.source) == (Precision.VILLAGE, LocationSource.BAIDU)
    assert answer.source_datum == "bd09"


def test_only_the_address_is_sent(fake: FakeProvider) -> None:
    fake.body = baidu_says()
    the_baidu(fake).ask(ADDRESS + "电话16900001234身份证41990119800101001X")
    assert fake.asked[0]["address"] == ADDRESS + "电话身份证"
    assert fake.asked[0].keys() == {"ak", "output", "address"}
    fake.body = nominatim_says()
    the_nominatim(fake).ask(ADDRESS)
    assert fake.asked[1]["q"] == ADDRESS


def test_baidu_signs_with_the_security_key(fake: FakeProvider) -> None:
    fake.body = baidu_says()
    baidu.Baidu(fake.url, "key", "secret", timeout=0.5).ask(ADDRESS)
    assert len(fake.asked[0]["sn"]) == 32


@pytest.mark.parametrize(
    ("raw", "precision"),
    [
        ({"level": "门址", "precise": 1, "confidence": 90}, Precision.HOUSE),
        ({"level": "门址", "precise": 1, "confidence": 60}, Precision.VILLAGE),
        ({"level": "门址", "precise": 0, "confidence": 90}, Precision.VILLAGE),
        (
            {"level": "门址", "precise": 1, "confidence": 90, "comprehension": 30},
            Precision.TOWNSHIP,
        ),
        ({"level": "村庄", "precise": 1, "confidence": 100}, Precision.VILLAGE),
        ({"level": "村庄", "precise": 0, "confidence": 30}, Precision.TOWNSHIP),
        ({"level": "道路", "precise": 1, "confidence": 80}, Precision.TOWNSHIP),
        ({"level": "乡镇", "precise": 0, "confidence": 50}, Precision.TOWNSHIP),
        ({"level": "区县", "precise": 0, "confidence": 20}, Precision.COUNTY),
        ({"level": "教育", "precise": 1, "confidence": 80}, Precision.HOUSE),
    ],
)
def test_precision_of_baidu(raw, precision) -> None:
    assert baidu.precision_of(raw) == precision


@pytest.mark.parametrize(
    "raw", [{"level": "城市", "confidence": 90}, {"level": "村庄", "confidence": 10}, {}]
)
def test_baidu_too_coarse(raw) -> None:
    with pytest.raises(NoAnswer):
        baidu.precision_of(raw)


@pytest.mark.parametrize(
    ("raw", "precision"),
    [
        ({"addresstype": "village"}, Precision.VILLAGE),
        ({"addresstype": "hamlet"}, Precision.HAMLET),
        ({"class": "place", "type": "house"}, Precision.HOUSE),
        ({"class": "highway", "type": "residential"}, Precision.TOWNSHIP),
        ({"class": "place", "type": "town"}, Precision.TOWNSHIP),
        ({"addresstype": "county", "type": "administrative"}, Precision.COUNTY),
    ],
)
def test_precision_of_nominatim(raw, precision) -> None:
    assert nominatim.precision_of(raw) == precision


@pytest.mark.parametrize("raw", [{"addresstype": "state"}, {"type": "administrative"}, {}])
def test_nominatim_too_coarse(raw) -> None:
    with pytest.raises(NoAnswer):
        nominatim.precision_of(raw)


# --- misbehaviour ---------------------------------------------------------------------


@pytest.mark.parametrize("provider", [the_nominatim, the_baidu])
@pytest.mark.parametrize(
    "mode", ["html", "error", "redirect", "stall", "trickle", "reset", "cut", "huge", "nested"]
)
def test_a_sick_provider_is_unavailable(fake: FakeProvider, provider, mode: str) -> None:
    fake.mode = mode
    with pytest.raises(Unavailable) as raised:
        provider(fake).ask(ADDRESS)
    assert "葛家" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


@pytest.mark.parametrize("provider", [the_nominatim, the_baidu])
def test_too_many_requests(fake: FakeProvider, provider) -> None:
    fake.mode = "too_many"
    with pytest.raises(QuotaSpent) as raised:
        provider(fake).ask(ADDRESS)
    assert raised.value.retry_after == 120


@pytest.mark.parametrize("status", [4, 302, 401])
def test_baidu_quota(fake: FakeProvider, status: int) -> None:
    fake.body = {"status": status, "message": "quota"}
    with pytest.raises(QuotaSpent):
        the_baidu(fake).ask(ADDRESS)


def test_baidu_refuses_the_key(fake: FakeProvider) -> None:
    fake.body = {"status": 211, "message": "sn"}
    with pytest.raises(QuotaSpent):
        the_baidu(fake).ask(ADDRESS)


@pytest.mark.parametrize(
    ("lon", "lat"), [(0, 0), ("0", "0"), (36.79, 118.93), ("abc", 36), (None, None), (1e400, 36)]
)
def test_a_point_that_cannot_be(fake: FakeProvider, lon: object, lat: object) -> None:
    fake.body = nominatim_says(lon=lon, lat=lat)
    with pytest.raises((NoAnswer, Unavailable)):
        the_nominatim(fake).ask(ADDRESS)


def test_nan_is_no_point(fake: FakeProvider) -> None:
    fake.body = baidu_says(lon=float("nan"))
    with pytest.raises((NoAnswer, Unavailable)):
        the_baidu(fake).ask(ADDRESS)
    fake.body = nominatim_says(lon="nan", lat="nan")
    with pytest.raises((NoAnswer, Unavailable)):
        the_nominatim(fake).ask(ADDRESS)


@pytest.mark.parametrize("body", [[], None, {}, [None], ["x"], 7, [{"lon": {}, "lat": []}], "x"])
def test_a_body_of_another_shape(fake: FakeProvider, body: object) -> None:
    fake.body = body
    for provider in (the_nominatim, the_baidu):
        with pytest.raises((NoAnswer, Unavailable)):
            provider(fake).ask(ADDRESS)


# --- the breaker ------------------------------------------------------------------------


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_breaker_opens_after_failures_and_closes_with_time() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(Breaker.FAILURES - 1):
        breaker.failed(Unavailable("x"))
        assert not breaker.is_open
    breaker.failed(Unavailable("x"))
    assert breaker.is_open
    clock.now += Breaker.FIRST_WAIT
    assert not breaker.is_open
    breaker.failed(Unavailable("x"))  # still sick: at once, and for longer
    clock.now += Breaker.FIRST_WAIT
    assert breaker.is_open
    clock.now += Breaker.FIRST_WAIT
    assert not breaker.is_open
    breaker.succeeded()
    breaker.failed(Unavailable("x"))
    assert not breaker.is_open


def test_a_spent_quota_opens_at_once_for_as_long_as_it_says() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    breaker.failed(QuotaSpent("x", retry_after=500))
    clock.now += 499
    assert breaker.is_open
    clock.now += 2
    assert not breaker.is_open


def test_a_sick_provider_is_left_alone_and_the_next_one_asked(fake: FakeProvider) -> None:
    other = FakeProvider()
    fake.mode, other.body = "error", baidu_says()
    both = Online([the_nominatim(fake), the_baidu(other)])
    try:
        for _ in range(6):
            assert both.ask(ADDRESS).source == LocationSource.BAIDU
    finally:
        other.close()
    assert len(fake.asked) == Breaker.FAILURES
    assert len(other.asked) == 6


def test_when_nobody_knows(fake: FakeProvider) -> None:
    fake.body = []
    with pytest.raises(NoAnswer):
        Online([the_nominatim(fake)]).ask(ADDRESS)


# --- settings ------------------------------------------------------------------------------


def test_off_unless_configured(settings) -> None:
    settings.GEOCODERS = []
    assert online.configured() is None
    settings.GEOCODERS, settings.BAIDU_KEY, settings.NOMINATIM_URL = ["baidu", "nominatim"], "", ""
    assert online.configured() is None


def test_configured_in_order(settings) -> None:
    settings.GEOCODERS = ["baidu", "nominatim"]
    settings.BAIDU_KEY, settings.NOMINATIM_URL = "key", "http://127.0.0.1:1"
    found = online.configured()
    assert found is not None
    assert [provider.name for provider, _ in found.providers] == ["baidu", "nominatim"]
