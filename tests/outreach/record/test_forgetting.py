"""Who left the lists long ago and was left alone is known by number only; a new list brings them back."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from jobs.models import Job
from jobs.queue import claim_next, run
from outreach import checks
from outreach.actions.list_decisions import DecisionRefused
from outreach.actions.undo_list import undo_list
from outreach.models import Channel, ContactLog, Lead, Share
from outreach.record import retention_job
from outreach.record.personal_data import EMPTIED, SEALED
from tests.cast import Cast, make_lead
from tests.lists import make_upload, put
from tests.retention import keep_no_longer
from tests.shares import make_texts, send
from trust.models import AuditEvent
from whitelist.models import (
    Correction,
    CorrectionField,
    CorrectionState,
    Customer,
    LoanStep,
    Offer,
    UploadProblem,
    UploadRow,
    UploadState,
    WhitelistBatch,
    WhitelistUpload,
)

THEM = {
    "no": "A1",
    "name": "金丝雀甲",
    "phone": "16912345678",
    "address": "稻田镇金丝雀村77号",
    "id_number": "379901198001017777",
}
OTHER = {"no": "B2", "phone": "16900000002"}


@pytest.fixture(autouse=True)
def nobody_is_control(cast: Cast) -> None:
    cast.programme.control_percent = 0
    cast.programme.save()


@pytest.fixture
def gone(cast: Cast) -> Customer:
    """Withdrawn three years ago, and nobody has looked at them since."""
    put(cast, [THEM, OTHER])
    put(cast, [OTHER])
    long_ago(1_100)
    return them()


def long_ago(days: int) -> None:
    """Everything that has happened so far happened so many days ago."""
    at = timezone.now() - timedelta(days=days)
    WhitelistUpload.objects.unscoped("test").update(uploaded_at=at)
    WhitelistBatch.objects.update(in_force_at=at)
    Customer.objects.unscoped("test").update(created_at=at)


def them() -> Customer:
    return Customer.objects.unscoped("test").get(customer_no="A1")


def their_lead() -> Any:
    return Lead.objects.unscoped("test").filter(customer=them())


def holds_something() -> bool:
    return any(getattr(them(), name) for name in SEALED)


def test_their_data_goes_and_their_number_stays(gone: Customer) -> None:
    log = ContactLog.objects.create(
        uuid=uuid4(), lead=their_lead().get(), channel=Channel.VISIT, note="金丝雀",
        need_amount=5, started_at=timezone.now() - timedelta(days=1_000),
    )  # fmt: skip
    keep_no_longer()
    assert not holds_something()
    assert (them().id_index, them().phone_index, them().erased_at) == (gone.id_index, None, None)
    lead = their_lead().get()
    assert (lead.tile_key, lead.village, them().locations.count()) == (None, None, 0)
    log.refresh_from_db()
    assert (log.note, log.need_amount) == ("", None)
    other = Customer.objects.unscoped("test").get(customer_no="B2")
    assert other.phone == "16900000002"
    event = AuditEvent.objects.get(action="retention.carry_out", target="table:whitelist.Customer")
    assert event.detail["days"] == 730


def test_no_row_of_a_file_tells_them_either(gone: Customer) -> None:
    keep_no_longer()
    rows = UploadRow.objects.filter(customer=gone)
    assert {(row.name, row.phone, row.lon) for row in rows} == {("", "", None)}


def test_a_new_list_brings_them_back_whole(cast: Cast, gone: Customer) -> None:
    keep_no_longer()
    put(cast, [{**THEM, "phone": "16988888888"}, OTHER])
    assert (them().pk, them().name, them().phone) == (gone.pk, "金丝雀甲", "16988888888")
    assert (them().phone_index is not None, their_lead().get().tile_key is not None) == (True, True)


STILL = {
    "on a list": lambda: Offer.objects.unscoped("t").update(is_in_force=True),
    "business with the bank": lambda: Offer.objects.unscoped("t").update(loan_step=LoanStep.DRAWN),
    "withdrawn lately": lambda: WhitelistBatch.objects.update(in_force_at=timezone.now()),
    "met lately": lambda: their_lead().update(last_contact_at=timezone.now()),
    "called lately": lambda: their_lead().update(last_attempt_at=timezone.now()),
    "a follow-up to come": lambda: their_lead().update(follow_up_at=timezone.now()),
}


@pytest.mark.parametrize("still", STILL)
def test_not_while_there_is_a_reason(gone: Customer, still: str) -> None:
    STILL[still]()
    keep_no_longer()
    assert holds_something()


def test_a_correction_stated_lately_is_a_reason(cast: Cast, gone: Customer) -> None:
    Correction.objects.create(
        customer=gone, branch=cast.outlet, field=CorrectionField.PHONE, value="16900000009",
        stated_by=cast.wang, state=CorrectionState.APPROVED,
    )  # fmt: skip
    keep_no_longer()
    assert holds_something()


def test_an_offer_that_ended_long_ago_is_no_reason(cast: Cast) -> None:
    put(cast, [THEM, OTHER])
    long_ago(1_100)
    ended = timezone.localdate() - timedelta(days=800)
    Offer.objects.unscoped("test").filter(customer=them()).update(valid_to=ended)
    keep_no_longer()
    assert not holds_something()


# --- rows of lists ------------------------------------------------------------------------


def test_rows_an_offer_stands_on_or_an_undo_needs_stay(cast: Cast) -> None:
    put(cast, [{**THEM, "amount": 50_000}, OTHER])
    long_ago(400)
    put(cast, [{**THEM, "amount": 60_000}, OTHER])
    keep_no_longer()
    assert {row.phone for row in UploadRow.objects.filter(customer=them())} == {"16912345678"}
    recent = WhitelistBatch.objects.order_by("pk").last()
    WhitelistBatch.objects.filter(pk=recent.pk).update(
        in_force_at=timezone.now() - timedelta(days=366)
    )
    keep_no_longer()
    first, second = UploadRow.objects.filter(customer=them()).order_by("pk")
    assert (first.phone, first.phone_index, first.amount) == ("", None, 50_000)
    assert second.phone == "16912345678"
    recent.refresh_from_db()
    with pytest.raises(DecisionRefused, match="保存期限"):
        undo_list(batch=recent, by=cast.feng)


def test_a_list_that_was_never_put_in_force_is_given_up(cast: Cast) -> None:
    upload = make_upload(cast, [THEM], broken=[{"no": "X9"}])
    long_ago(91)
    keep_no_longer()
    upload.refresh_from_db()
    assert (upload.state, upload.rows.count()) == (UploadState.ABANDONED, 0)
    assert upload.problems.exists()
    event = AuditEvent.objects.get(action="upload.abandon")
    assert (event.actor_id, event.detail["reason"]) == (None, "retention")


def test_the_report_keeps_its_lines_and_forgets_its_values(cast: Cast) -> None:
    upload = make_upload(cast, [THEM], broken=[{"no": "X9"}])
    UploadProblem.objects.update(shown="169****5678", id_index=b"1" * 16)
    long_ago(366)
    keep_no_longer()
    problem = upload.problems.get()
    assert (problem.shown, problem.id_index, problem.customer_no) == ("", None, "")
    assert problem.row_no


def test_pages_that_ended_a_year_ago_go(cast: Cast) -> None:
    make_texts(cast)
    share = send(make_lead(cast, holder=cast.wang), cast.wang)
    keep_no_longer()
    pages = Share.objects.unscoped("test").filter(pk=share.pk)
    assert pages.update(expires_at=timezone.now() - timedelta(days=366)) == 1
    keep_no_longer()
    assert not pages.exists()


# --- the clock, and the check -------------------------------------------------------------


def test_the_clock_asks_for_it_once_a_night(monkeypatch) -> None:
    monkeypatch.setattr(retention_job, "_asked", set())
    with time_machine.travel("2026-11-27T02:59:00+08:00", tick=False):
        retention_job.ask_for_retention()
        assert not Job.objects.exists()
    with time_machine.travel("2026-11-27T03:01:00+08:00", tick=False):
        retention_job.ask_for_retention()
        monkeypatch.setattr(retention_job, "_asked", set())  # another worker's clock
        retention_job.ask_for_retention()
        assert Job.objects.count() == 1
        run(claim_next())
    assert Job.objects.get().state == "done"


def test_what_is_deleted_on_request_must_say_how_long(monkeypatch) -> None:
    assert checks.what_is_deleted_on_request_has_a_retention(None) == []
    monkeypatch.setattr(ContactLog, "retention", ())
    found = checks.what_is_deleted_on_request_has_a_retention(None)
    columns = next(held.columns for held in EMPTIED if held.model == "outreach.ContactLog")
    wanted = {f"outreach.ContactLog.{name} declares no retention." for name in columns}
    assert wanted <= {problem.msg for problem in found}


def test_nobody_is_forgotten_while_a_list_with_them_can_be_undone(settings) -> None:
    assert checks.who_is_forgotten_is_in_no_list_to_go_back_to(None) == []
    settings.RETAIN_CUSTOMER_DAYS = settings.RETAIN_ROWS_DAYS - 1
    found = checks.who_is_forgotten_is_in_no_list_to_go_back_to(None)
    assert [problem.id for problem in found] == ["outreach.E002"]
