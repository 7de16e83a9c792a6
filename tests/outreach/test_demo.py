"""The demo: what it promises to hold, and that its files fit it."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from branches.models import Branch, BranchLevel, Staff
from outreach.demo.files import write_demo_files
from outreach.demo.identities import check_digit, id_number, phone_number
from outreach.demo.seed import LOGINS
from outreach.models import ContactLog, Lead, Script
from whitelist.models import Customer, UploadState, WhitelistUpload

CUSTOMERS = 600


@pytest.fixture
def demo(db: None) -> None:
    call_command("seed_demo", customers=CUSTOMERS, stdout=io.StringIO())


def everything() -> list[Any]:
    leads = Lead.objects.unscoped("test").order_by("pk")
    return list(
        leads.values_list(
            "customer__customer_no", "stage", "tile_key", "amount", "holder__username"
        )
    )


def test_the_organisation(demo: None) -> None:
    assert Branch.objects.filter(level=BranchLevel.OUTLET).count() == 9
    assert Staff.objects.managers().count() == 30
    for login in LOGINS:
        assert Staff.objects.get(username=login).check_password("demo-2026")
    assert Script.objects.for_lead("蔬菜种植", None) is not None


def test_it_gives_everybody_something_to_do(demo: None) -> None:
    manager = Staff.objects.get(username="manager")
    mine = Lead.objects.visible_to(manager).held_by(manager)
    assert mine.due().exists()
    assert Lead.objects.visible_to(manager).unassigned().workable().exists()
    waiting = ContactLog.objects.unscoped("test").of_staff(manager).waiting()
    assert waiting.count() == 2
    uploads = WhitelistUpload.objects.visible_to(Staff.objects.get(username="reviewer"))
    states = set(uploads.values_list("state", flat=True))
    assert {UploadState.SUBMITTED, UploadState.CHECKED, UploadState.IN_FORCE} <= states


def test_the_same_seed_makes_the_same_demo_and_twice_is_once(demo: None) -> None:
    first = everything()
    call_command("seed_demo", customers=50, stdout=io.StringIO())
    assert everything() == first
    assert len(first) == CUSTOMERS


def test_nobody_real(demo: None) -> None:
    for customer in Customer.objects.unscoped("test"):
        assert re.fullmatch(r"(154|160|163|164|168|169|194)\d{8}", customer.phone)
        assert customer.id_number.startswith("379901")
        assert check_digit(customer.id_number[:17]) == customer.id_number[17]


def test_numbers_are_nobodys_and_all_different() -> None:
    import random

    chance = random.Random(1)
    serials = range(1, 60_000)
    assert len({phone_number(serial) for serial in serials}) == len(serials)
    assert len({id_number(chance, serial, False) for serial in range(1, 14_600)}) == 14_599


def test_not_in_production(db: None) -> None:
    with override_settings(PRODUCTION=True), pytest.raises(Exception, match="production"):
        call_command("seed_demo", customers=10)
    assert not Branch.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_next_months_file_says_exactly_what_it_was_made_to_say(tmp_path: Path) -> None:
    call_command("seed_demo", customers=300, stdout=io.StringIO())
    in_force = Customer.objects.unscoped("test").filter(offers__is_in_force=True).count()
    (path, _about), *_others = write_demo_files(tmp_path)
    out = io.StringIO()
    call_command("import_whitelist", path, programme="SN2026", scope="13707", json=True, stdout=out)
    report = json.loads(out.getvalue())
    gone, new, changed = in_force * 10 // 100, in_force * 10 // 100, in_force * 5 // 100
    assert report["rejected"] == 0
    assert {
        key: report[key] for key in ("new", "amount_changed", "details_changed", "withdrawn")
    } == {
        "new": new,
        "amount_changed": changed,
        "details_changed": 0,
        "withdrawn": gone,
    }
    assert report["kept"] == in_force - gone - changed


@pytest.mark.django_db(transaction=True)
def test_the_ugly_files_are_read_and_their_faults_found(tmp_path: Path) -> None:
    call_command("seed_demo", customers=90, stdout=io.StringIO())
    _next, (ugly, _), (sheet, _), (scan, _), *_feeds = write_demo_files(tmp_path)

    def report(path: Path, scope: str) -> dict[str, Any]:
        out = io.StringIO()
        asked = {"programme": "SN2026", "scope": scope, "mode": "add", "json": True}
        call_command("import_whitelist", path, stdout=out, **asked)
        found: dict[str, Any] = json.loads(out.getvalue())
        return found

    found = report(ugly, "370783")
    codes = {problem["code"] for problem in found["problems"]}
    assert found["rows"] == 201
    assert {"id_digits_lost", "id_check_digit", "amount_invalid", "branch_unknown"} <= codes
    assert {"name_missing", "phone_missing", "phone_shared"} <= codes
    assert report(sheet, "370781")["accepted"] == 80
    with pytest.raises(BaseException):  # noqa: B017 (exit 2, as a command says it)
        report(scan, "370781")
