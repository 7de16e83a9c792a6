"""Headquarters' part of the demo: it stands on logs and results, and its files can be tried."""

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from branches.models import Staff
from outreach.demo.files import write_demo_files
from outreach.models import ContactLog, Feed, Lead, Stage, StageBasis
from outreach.standing import restate_standing
from whitelist.models import LoanResult, Offer


@pytest.fixture
def demo(db: None) -> None:
    call_command("seed_demo", customers=600, stdout=io.StringIO())


def leads() -> Any:
    return Lead.objects.unscoped("test")


def test_restating_the_whole_demo_changes_nothing(demo: None) -> None:
    assert restate_standing(leads().values_list("pk", flat=True)) == 0
    stages = Counter(leads().values_list("stage", "stage_basis"))
    for stage in (Stage.APPROVED, Stage.DRAWN):
        assert stages[stage, StageBasis.CONFIRMED] and not stages[stage, StageBasis.REPORTED]
    assert (
        stages[Stage.APPLIED, StageBasis.CONFIRMED] and stages[Stage.APPLIED, StageBasis.REPORTED]
    )
    assert leads().filter(application_refused=True).exists()
    assert LoanResult.objects.unscoped("test").exclude(reason="").exists()
    offers = Offer.objects.unscoped("test").exclude(loan_step="")
    assert offers.count() == leads().filter(stage_basis=StageBasis.CONFIRMED).count()


def test_every_follow_up_was_agreed_in_a_talk(demo: None) -> None:
    agreed = ContactLog.objects.unscoped("test").exclude(follow_up_at=None)
    due = dict(leads().exclude(follow_up_at=None).values_list("pk", "follow_up_at"))
    assert due == dict(agreed.values_list("lead_id", "follow_up_at"))
    assert all(log.is_contact and log.started_at < log.follow_up_at for log in agreed)


def test_headquarters_found_some_of_the_managers_customers_keen(demo: None) -> None:
    manager = Staff.objects.get(username="manager")
    mine = Lead.objects.visible_to(manager).held_by(manager)
    assert mine.exclude(hq_interest_at=None).workable().count() >= 3


def test_the_files_on_the_page_add_up(demo: None) -> None:
    feeds = Feed.objects.visible_to(Staff.objects.get(username="reviewer"))
    assert {feed.state for feed in feeds} == {"done", "failed"}
    for feed in feeds.filter(state="done"):
        totals = dict(feed.totals)
        assert totals.pop("rows") == sum(totals.values())
        assert feed.problems.count() == totals["unknown"] + totals["rejected"]


@pytest.mark.django_db(transaction=True)
def test_the_files_to_try_go_in_but_for_their_mistakes(tmp_path: Path) -> None:
    call_command("seed_demo", customers=300, stdout=io.StringIO())
    *_lists, (contacts, _), (results, _) = write_demo_files(tmp_path)

    def told(command: str, path: Path) -> tuple[dict[str, Any], Counter[str]]:
        out = io.StringIO()
        with pytest.raises(CommandError) as refused:
            call_command(command, path, json=True, stdout=out)
        assert refused.value.returncode == 1
        report = json.loads(out.getvalue())
        return report, Counter(problem["code"] for problem in report["problems"])

    report, codes = told("import_contacts", contacts)
    assert (report["rows"], report["added"], report["known"]) == (61, 55, 1)
    assert codes == Counter(
        ("moment_invalid", "result_unknown", "channel_unknown", "customer_unknown", "future")
    )
    report, codes = told("import_results", results)
    assert report["added"] == report["rows"] - 2
    assert codes == Counter(("product_unknown", "amount_invalid"))
    again, _codes = told("import_contacts", contacts)
    assert (again["added"], again["known"]) == (0, 56)
