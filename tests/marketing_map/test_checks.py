"""Misconfiguration is said at start-up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from marketing_map import checks
from scripts.check import PRODUCTION

ROOT = Path(__file__).resolve().parents[2]


def ids(found) -> list[str]:
    return [problem.id for problem in found]


def test_a_clone_without_settings_is_fine() -> None:
    assert checks.gateway_is_known(None) == []
    assert checks.geocoders_are_complete(None) == []
    assert checks.production_is_configured(None) == []


WHOLE = {**PRODUCTION, "DATABASE_URL": "postgres://mm_app@127.0.0.1:1/none"}  # nothing listens


def started(tmp_path: Path, *command: str, **changed: str) -> "subprocess.CompletedProcess[str]":
    """A command of ours in a process of its own, with production's environment, changed so."""
    kept = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path)}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env={**kept, **WHOLE, **changed},
        capture_output=True, text=True,
    )  # fmt: skip


WRONG = [
    ("DATABASE_URL", "sqlite:///x.sqlite3", "map.E001"),
    ("DEBUG", "1", "map.E002"),
    ("DATABASE_APP_ROLE", "", "map.E003"),
    ("HTTPS", "0", "map.E004"),
    ("ALLOWED_HOSTS", "*", "map.E005"),
    ("AUDIT_KEY", "00" * 32, "map.E006"),
    ("INDEX_KEY", "not a key", "map.E006"),
    ("SECRET_KEY", "short", "map.E006"),
    ("FIELD_KEYS", f"2:{WHOLE['AUDIT_KEY']},{WHOLE['FIELD_KEYS']}", "map.E007"),
    ("MFA_ROLES", "supervisor,admin,reviewer", "map.E008"),
    ("MFA_ROLES", "", "map.E008"),
    ("MFA_ROLES", "supervisor,admin,reviewer,auditor,manger", "map.E009"),
    ("AUDIT_KEY", "", "AUDIT_KEY must be set in production"),
    ("FIELD_KEYS", "2:sm:" + WHOLE["AUDIT_KEY"], "map.E006"),
    ("INDEX_KEYS", f"2:{'7f' * 32},1:{WHOLE['INDEX_KEY']}", "map.E006"),
    ("INDEX_KEYS", f"1:{WHOLE['INDEX_KEY']},1:{WHOLE['AUDIT_KEY']}", "two keys have the same id"),
    ("CRYPTO_PROFILE", "national", "map.E015"),
    ("CRYPTO_PROFILE", "chinese", "map.E015"),
]


@pytest.mark.parametrize(("name", "value", "said"), WRONG, ids=lambda value: str(value)[:20])
def test_production_refuses_to_start(tmp_path: Path, name: str, value: str, said: str) -> None:
    web = started(tmp_path, "-c", "import marketing_map.wsgi", **{name: value})
    assert web.returncode != 0
    assert said in web.stderr


def test_any_command_refuses_as_well(tmp_path: Path) -> None:
    worker = started(tmp_path, "manage.py", "work", "--until-empty", DEBUG="1")
    assert worker.returncode != 0
    assert "map.E002" in worker.stderr


def test_production_starts_when_nothing_is_wrong(tmp_path: Path) -> None:
    web = started(tmp_path, "-c", "import marketing_map.wsgi; print('up')")
    assert (web.returncode, web.stdout, web.stderr) == (0, "up\n", "")


def test_production_starts_with_rings_of_both_families(tmp_path: Path) -> None:
    rings = {
        "CRYPTO_PROFILE": "national",
        "FIELD_KEYS": f"2:sm:{bytes(range(100, 116)).hex()},{WHOLE['FIELD_KEYS']}",
        "INDEX_KEYS": f"2:sm:{bytes(range(120, 152)).hex()},1:{WHOLE['INDEX_KEY']}",
        "AUDIT_KEYS": f"2:sm:{bytes(range(160, 192)).hex()},1:{WHOLE['AUDIT_KEY']}",
    }
    web = started(tmp_path, "-c", "import marketing_map.wsgi; print('up')", **rings)
    assert (web.returncode, web.stdout, web.stderr) == (0, "up\n", "")


def test_a_clone_draws_keys_of_its_profile(tmp_path: Path) -> None:
    asked = "from django.conf import settings as s; print(s.FIELD_KEYS, s.INDEX_KEYS, s.AUDIT_KEYS)"
    clone = dict.fromkeys(("PRODUCTION", "FIELD_KEYS", "INDEX_KEY", "AUDIT_KEY"), "")
    clone |= {"DJANGO_SETTINGS_MODULE": "marketing_map.settings", "CRYPTO_PROFILE": "national"}
    field, index, audit = started(tmp_path, "-c", asked, **clone).stdout.split()
    assert [len(ring) for ring in (field, index, audit)] == [5 + 32, 5 + 64, 5 + 64]
    assert len({ring[5:37] for ring in (field, index, audit)}) == 3
    assert field.startswith("1:sm:") and index.startswith("1:sm:") and audit.startswith("1:sm:")


def test_cookies_are_bound_to_the_host(tmp_path: Path) -> None:
    asked = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME,"
        " s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_PATH)"
    )
    found = started(tmp_path, "-c", asked, DJANGO_SETTINGS_MODULE="marketing_map.settings")
    assert found.stdout == "__Host-session __Host-csrf True True /\n"


def test_the_clock_has_the_work_of_every_floor(tmp_path: Path) -> None:
    asked = "import django; django.setup(); from jobs import clock; print(clock.registered())"
    found = started(tmp_path, "-c", asked, DJANGO_SETTINGS_MODULE="marketing_map.settings")
    for name in ("seal_new", "note_head", "fold_changes", "expire_leads", "ask_for_retention"):
        assert name in found.stdout


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


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, []),
        ({"PASSWORD_PROFILE": "none"}, ["map.E020"]),
        ({"BREACHED_PASSWORDS": "not/there.txt"}, ["map.E021"]),
        ({"PASSWORD_WORDS": "not/there.txt"}, ["map.E021"]),
        ({"PASSKEY_ORIGINS": ["http://localhost.evil:8000"]}, ["map.E022"]),
        ({"PASSKEY_HOST": "map.example", "PASSKEY_ORIGINS": ["https://map.example"]}, []),
        ({"PASSKEY_HOST": "", "PASSKEY_ORIGINS": ["https://"]}, []),
        ({"PRODUCTION": True}, ["map.E022"]),
    ],
)
def test_passwords_and_keys(settings, fields, found: list[str]) -> None:
    settings.PASSKEY_HOST, settings.PASSKEY_ORIGINS = "localhost", ["http://localhost:8000"]
    for name, value in fields.items():
        setattr(settings, name, value)
    assert ids(checks.passwords_and_keys_are_configured(None)) == found


def test_what_lets_one_person_act_alone_is_said_before_deploying(settings) -> None:
    settings.PRODUCTION = True
    settings.TWO_PEOPLE, settings.DEMO_ID_AREAS_ALLOWED = False, True
    assert ids(checks.nobody_acts_alone(None)) == ["map.W014", "map.W015"]
    settings.TWO_PEOPLE, settings.DEMO_ID_AREAS_ALLOWED = True, False
    assert checks.nobody_acts_alone(None) == []
