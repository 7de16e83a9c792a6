"""Asking for a file, and the second person's word."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from outreach.actions.exports import (
    ExportRefused,
    agree_to_export,
    ask_export,
    digest_of,
    ids_for,
    refuse_export,
    take_back_export,
)
from outreach.models import Export, ExportedLead, ExportState
from tests.cast import Cast, make_lead
from tests.exports import again, ask
from trust.audit import digest_of_ids
from trust.models import AuditEvent


def test_who_is_in_it_is_fixed_when_it_is_asked_for(cast: Cast) -> None:
    mine = [make_lead(cast, holder=cast.wang).pk, make_lead(cast).pk]
    make_lead(cast, branch=cast.far_outlet)
    export = ask(cast.zhao, clear=["phone"])
    make_lead(cast)
    assert export.rows == 2 and export.state == ExportState.ASKED
    assert sorted(export.leads.values_list("lead", flat=True)) == mine
    assert export.columns == ["name", "phone", "address", "village", "amount"]
    event = AuditEvent.objects.get(action="export.ask")
    assert event.detail["leads_digest"] == digest_of_ids(mine)
    assert event.detail["clear"] == ["phone"] and "刘庄走访组" not in str(event.detail)


def test_nobody_who_may_not_be_marketed_to(cast: Cast) -> None:
    for eligibility in ("withdrawn", "expired", "refused", "control"):
        make_lead(cast, eligibility=eligibility)
    make_lead(cast, valid_to=timezone.localdate() - timedelta(days=1))
    assert ids_for(cast.zhao, "") == []
    assert ids_for(cast.zhao, "happened=attempted") == []
    with pytest.raises(ExportRefused, match="没有可以导出"):
        ask(cast.zhao)


def test_the_filter_of_the_list_is_that_of_the_file(cast: Cast) -> None:
    here = make_lead(cast)
    make_lead(cast, village=cast.next_village)
    assert ids_for(cast.zhao, f"village={cast.village.code}") == [here.pk]
    assert ids_for(cast.zhao, "village=nonsense") == []


def test_too_many_are_refused(cast: Cast, settings: Any) -> None:
    settings.EXPORT_ROWS = 2
    for _ in range(3):
        make_lead(cast)
    with pytest.raises(ExportRefused, match="最多导出 2"):
        ask(cast.zhao)


def test_others_than_were_shown_are_shown_first(cast: Cast) -> None:
    make_lead(cast)
    shown = digest_of("", ids_for(cast.zhao, ""))
    make_lead(cast)
    with pytest.raises(ExportRefused, match="有变化"):
        ask_export(
            question="", shown=shown, columns=[], clear=[], purpose="visit", words="x", by=cast.zhao
        )
    assert not Export.objects.unscoped("test").exists()


def test_agreeing_lets_it_be_made_once(cast: Cast) -> None:
    make_lead(cast)
    export = ask(cast.zhao)
    agree_to_export(export=export, by=cast.feng)
    with pytest.raises(ExportRefused, match="已经处理过"):
        agree_to_export(export=export, by=cast.feng)
    found = again(export)
    assert found.state == ExportState.MAKING and found.decided_by == cast.feng
    assert found.job is not None and found.job.payload == {"export": export.pk}


def test_a_refusal_says_why_and_forgets_who_was_in_it(cast: Cast) -> None:
    make_lead(cast)
    export = ask(cast.zhao)
    with pytest.raises(ExportRefused, match="原因"):
        refuse_export(export=export, by=cast.feng, reason="")
    refuse_export(export=export, by=cast.feng, reason="用途没有写清楚")
    assert again(export).state == ExportState.REFUSED
    assert again(export).reason == "用途没有写清楚"
    assert not ExportedLead.objects.exists()
    assert AuditEvent.objects.filter(action="export.refuse", actor_no="feng").count() == 1


@pytest.mark.parametrize("who", ["zhao", "wang", "qian", "zhou"])
def test_only_a_reviewer_decides(cast: Cast, who: str) -> None:
    make_lead(cast)
    export = ask(cast.zhao)
    with pytest.raises(PermissionDenied):
        agree_to_export(export=export, by=getattr(cast, who))
    with pytest.raises(PermissionDenied):
        refuse_export(export=export, by=getattr(cast, who), reason="不")
    assert again(export).state == ExportState.ASKED


def test_nobody_decides_on_their_own(cast: Cast) -> None:
    """A supervisor who became a reviewer meanwhile."""
    make_lead(cast)
    export = ask(cast.zhao)
    cast.zhao.role = "reviewer"
    with pytest.raises(PermissionDenied):
        agree_to_export(export=export, by=cast.zhao)


def test_taking_back_is_the_askers(cast: Cast) -> None:
    make_lead(cast)
    export = ask(cast.zhao)
    with pytest.raises(PermissionDenied):
        take_back_export(export=export, by=cast.feng)
    take_back_export(export=export, by=cast.zhao)
    assert again(export).state == ExportState.TAKEN_BACK
    with pytest.raises(ExportRefused):
        agree_to_export(export=export, by=cast.feng)


def test_a_request_nobody_decides_on_lapses(cast: Cast, settings: Any) -> None:
    make_lead(cast)
    settings.EXPORT_DAYS = 0
    export = ask(cast.zhao)
    with pytest.raises(ExportRefused):
        agree_to_export(export=export, by=cast.feng)
