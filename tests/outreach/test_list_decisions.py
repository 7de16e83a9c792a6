"""经办 submits, 复核 approves, now or later, or sends back."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from jobs.models import Job
from jobs.queue import GiveUp, Lease
from outreach.actions.list_decisions import (
    DecisionRefused,
    approve_list,
    send_list_back,
    start_due_lists,
    submit_list,
)
from outreach.models import Lead
from outreach.tasks import apply_list
from tests.cast import Cast
from tests.lists import approved, compared, put
from whitelist.models import UploadState, WhitelistUpload

PAPERS = {"approval_no": "SP-1", "model_version": "M1"}


def submitted(cast: Cast, **more: Any) -> WhitelistUpload:
    upload = compared(cast, [{"no": "A"}])
    return submit_list(upload=upload, by=cast.qian, **{**PAPERS, **more})


@pytest.mark.parametrize("missing", ["approval_no", "model_version"])
def test_papers_are_required(cast: Cast, missing: str) -> None:
    with pytest.raises(DecisionRefused):
        submitted(cast, **{missing: " "})


def test_many_withdrawals_need_a_confirmation(cast: Cast) -> None:
    put(cast, [{"no": "A"}, {"no": "B"}])
    upload = compared(cast, [{"no": "A"}])
    with pytest.raises(DecisionRefused, match=r"50\.0% "):
        submit_list(upload=upload, by=cast.qian, **PAPERS)
    submit_list(upload=upload, by=cast.qian, confirm_withdrawals=True, **PAPERS)
    assert upload.state == UploadState.SUBMITTED


def test_unmatched_rows_need_a_confirmation(cast: Cast) -> None:
    put(cast, [{"no": n} for n in "ABCDE"])
    upload = compared(cast, [{"no": n} for n in "ABCD"], broken=[{"no": "?"}])
    with pytest.raises(DecisionRefused):
        submit_list(upload=upload, by=cast.qian, **PAPERS)
    submit_list(upload=upload, by=cast.qian, confirm_unmatched=True, **PAPERS)


def test_it_is_submitted_once(cast: Cast) -> None:
    upload = submitted(cast)
    with pytest.raises(DecisionRefused, match="待复核"):
        submit_list(upload=upload, by=cast.qian, **PAPERS)


def test_approval_queues_the_work(cast: Cast) -> None:
    upload = approve_list(upload=submitted(cast), by=cast.feng)
    assert (upload.state, upload.reviewed_by) == (UploadState.APPLYING, cast.feng)
    assert upload.job.kind == "outreach.put_in_force"
    apply_list(Lease(upload.job))
    upload.refresh_from_db()
    assert upload.state == UploadState.IN_FORCE
    assert Lead.objects.unscoped("test").count() == 1


def test_the_one_who_uploaded_does_not_approve(cast: Cast, settings: Any) -> None:
    upload = submitted(cast)
    with pytest.raises(DecisionRefused, match="同一人"):
        approve_list(upload=upload, by=cast.qian)
    settings.TWO_PEOPLE = False
    assert approve_list(upload=upload, by=cast.qian).state == UploadState.APPLYING


def test_the_one_who_submitted_does_not_approve_either(cast: Cast) -> None:
    upload = submitted(cast)
    upload.submitted_by = cast.feng
    upload.save(update_fields=["submitted_by"])
    with pytest.raises(DecisionRefused, match="同一人"):
        approve_list(upload=upload, by=cast.feng)


def test_a_list_is_approved_once(cast: Cast) -> None:
    upload = submitted(cast)
    approve_list(upload=upload, by=cast.feng)
    with pytest.raises(DecisionRefused):
        approve_list(upload=WhitelistUpload.objects.unscoped("test").get(), by=cast.feng)
    assert Job.objects.filter(kind="outreach.put_in_force").count() == 1


def test_a_set_time_is_waited_for(cast: Cast) -> None:
    later = timezone.now() + timedelta(hours=2)
    upload = approve_list(upload=submitted(cast, effective_at=later), by=cast.feng)
    assert upload.state == UploadState.SCHEDULED
    assert start_due_lists() == 0
    with time_machine.travel(later + timedelta(seconds=1)):
        assert start_due_lists() == 1
        assert start_due_lists() == 0
    upload.refresh_from_db()
    assert upload.state == UploadState.APPLYING
    assert Job.objects.get(pk=upload.job_id).created_by == cast.feng


def test_sent_back_with_a_reason(cast: Cast) -> None:
    upload = submitted(cast)
    with pytest.raises(DecisionRefused):
        send_list_back(upload=upload, by=cast.feng, reason=" ")
    send_list_back(upload=upload, by=cast.feng, reason="额度单位不对")
    assert upload.state == UploadState.CHECKED
    assert "额度单位不对" in upload.failure
    assert upload.submitted_at is None
    submit_list(upload=upload, by=cast.qian, **PAPERS)  # and can be submitted again
    assert upload.failure == ""


def test_a_scheduled_list_can_be_called_off(cast: Cast) -> None:
    later = timezone.now() + timedelta(hours=2)
    upload = approve_list(upload=submitted(cast, effective_at=later), by=cast.feng)
    send_list_back(upload=upload, by=cast.feng, reason="再等等")
    with time_machine.travel(later + timedelta(seconds=1)):
        assert start_due_lists() == 0


def test_a_list_that_moved_ends_its_job_with_the_reason(cast: Cast) -> None:
    waiting = approved(cast, compared(cast, [{"no": "A"}]))
    put(cast, [{"no": "B"}])
    with pytest.raises(GiveUp, match="重新比对"):
        apply_list(Lease(waiting.job))
