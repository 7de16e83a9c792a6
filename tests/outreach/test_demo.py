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
from outreach.fieldwork.done_today import done_today
from outreach.fieldwork.worklist import Section, plan, tasks
from outreach.models import (
    Assignment,
    ContactLog,
    Lead,
    Refusal,
    RefusalSource,
    Script,
    ScriptKind,
    Share,
    VillageProfile,
)
from outreach.record.trace import trace_of
from outreach.record.trace_lists import Kind
from whitelist.models import Customer, Product, UploadState, WhitelistUpload
from whitelist.models.programme import is_apply_url

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
    assert Assignment.objects.filter(holder=manager, seen_at=None).exists()
    assert not Assignment.objects.exclude(holder=manager).filter(seen_at=None).exists()
    assert plan(manager)[Section.KEEN] and done_today(manager)
    assert VillageProfile.objects.visible_to(manager).exists()
    uploads = WhitelistUpload.objects.visible_to(Staff.objects.get(username="reviewer"))
    states = set(uploads.values_list("state", flat=True))
    assert {UploadState.SUBMITTED, UploadState.CHECKED, UploadState.IN_FORCE} <= states


def test_pages_were_sent_and_answered(demo: None) -> None:
    manager = Staff.objects.get(username="manager")
    shares = Share.objects.unscoped("test")
    assert all(share.staff_id == share.lead.holder_id for share in shares.select_related("lead"))
    clicked = tasks(Section.CLICKED, plan(manager)[Section.CLICKED])
    assert clicked and all("点了去申请" in task.reason for task in clicked)
    assert re.fullmatch(r"1640536\d{4}", manager.work_phone)
    for product in Product.objects.all():
        assert is_apply_url(product.apply_url) and "bank.example" in product.apply_url
    for kind in (ScriptKind.MESSAGE, ScriptKind.PAGE):
        texts = {Script.objects.for_lead(each, None, kind) for each in ("蔬菜种植", "收单商户", "")}
        assert len(texts) == 3 and None not in texts
    for script in Script.objects.all():
        script.clean()


def test_the_same_seed_makes_the_same_demo_and_twice_is_once(demo: None) -> None:
    first = everything()
    call_command("seed_demo", customers=50, stdout=io.StringIO())
    assert everything() == first
    assert len(first) == CUSTOMERS


def test_somebody_refused_through_every_source_and_one_came_back(demo: None) -> None:
    open_ones = set(Refusal.objects.filter(ended_at=None).values_list("source", flat=True))
    assert open_ones == set(RefusalSource.values)
    ended = Refusal.objects.exclude(ended_at=None).values_list("end_reason", flat=True)
    assert set(ended) - {"客户资料已删除"}


def test_one_customer_has_a_chain_from_list_to_loan(demo: None) -> None:
    manager = Staff.objects.get(username="manager")
    drawn = Lead.objects.unscoped("test").held_by(manager).filter(stage="drawn").order_by("pk")
    trace = trace_of(drawn[0].customer, in_words=str)
    told = {event.kind for event in trace.events}
    assert {Kind.LIST, Kind.ASSIGNMENT, Kind.VIEW, Kind.CONTACT, Kind.RESULT} <= told
    assert sum(event.kind == Kind.LIST for event in trace.events) == 2


def test_nobody_real(demo: None) -> None:
    for customer in Customer.objects.unscoped("test").filter(erased_at=None):
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
