"""Misconfiguration is said at start-up."""

import pytest

from marketing_map import checks


def ids(found) -> list[str]:
    return [problem.id for problem in found]


def test_a_clone_without_settings_is_fine() -> None:
    assert checks.gateway_is_known(None) == []
    assert checks.geocoders_are_complete(None) == []
    assert checks.production_is_configured(None) == []


def test_production_on_sqlite_as_owner_with_debug_is_refused(settings, monkeypatch) -> None:
    settings.PRODUCTION = settings.DEBUG = True
    settings.DATABASE_APP_ROLE = ""
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    assert ids(checks.production_is_configured(None)) == ["map.E001", "map.E002", "map.E003"]


@pytest.mark.parametrize(
    ("gateway", "url", "found"),
    [("smoke", "", ["map.E010"]), ("http", "", ["map.E011"]), ("http", "http://127.0.0.1:1", [])],
)
def test_the_call_gateway(settings, gateway: str, url: str, found: list[str]) -> None:
    settings.CALL_GATEWAY, settings.CALL_GATEWAY_URL = gateway, url
    assert ids(checks.gateway_is_known(None)) == found


@pytest.mark.parametrize("names", [["google"], ["baidu"], ["nominatim"]])
def test_a_geocoder_without_what_it_needs(settings, names: list[str]) -> None:
    settings.GEOCODERS, settings.NOMINATIM_URL, settings.BAIDU_KEY = names, "", ""
    assert ids(checks.geocoders_are_complete(None)) == ["map.E012"]


@pytest.mark.parametrize(
    ("address", "production", "found"),
    [
        ("", True, []),
        ("https://s.bank.example", True, []),
        ("http://127.0.0.1:8000", False, []),
        ("http://s.bank.example", True, ["map.E013"]),
        ("s.bank.example", False, ["map.E013"]),
        ("https://s.bank.example/?a=1", False, ["map.E013"]),
    ],
)
def test_the_address_customers_reach(settings, address: str, production: bool, found) -> None:
    settings.SHARE_URL, settings.PRODUCTION = address, production
    assert ids(checks.address_for_customers_is_whole(None)) == found
