"""更正 on the card: the sheet filled in, saved, and what stood before."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from outreach.actions.log_outcome import Answers, log_outcome
from outreach.models import Channel, ContactLog, Lead, Stage
from outreach.outcome_form import OutcomeForm, said_in
from tests.cast import Cast, make_lead

HTMX = {"HX-Request": "true"}
INTERESTED = {"call_state": "connected", "person": "self", "outcome": "interested"}
TEN = "2026-11-24 10:00 +0800"


@pytest.fixture(autouse=True)
def by_day() -> Any:
    with time_machine.travel(TEN, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang)


@pytest.fixture
def log(cast: Cast, lead: Lead) -> ContactLog:
    begun = ContactLog.objects.create(
        uuid=uuid4(), lead=lead, staff=cast.wang, channel=Channel.CALL, started_at=timezone.now()
    )
    said = Answers(
        call_state="connected",
        person="self",
        outcome="considering",
        steps=["explained"],
        need_amount=85_000,
        note="周末在家",
    )
    return log_outcome(log_uuid=begun.uuid, by=cast.wang, answers=said)


def url(log: ContactLog) -> str:
    return reverse("correct_log", args=[log.uuid])


def card(client: Any, lead: Lead) -> str:
    page: str = client.get(reverse("lead_card", args=[lead.pk])).content.decode()
    return page


def test_the_sheet_is_filled_in_with_what_stands(cast: Cast, as_: Any, log: ContactLog) -> None:
    page = as_(cast.wang).get(url(log), headers=HTMX).content.decode()
    assert 'value="connected" checked' in page and 'value="considering" checked' in page
    assert 'value="explained" checked' in page
    assert 'value="8.5"' in page and "周末在家" in page
    assert f'action="{url(log)}"' in page and "data-correction" in page


def test_saved_the_card_says_so_and_shows_what_stood(
    cast: Cast, as_: Any, lead: Lead, log: ContactLog
) -> None:
    client = as_(cast.wang)
    assert "更正</a>" in card(client, lead)
    saved = client.post(url(log), INTERESTED, headers=HTMX)
    assert saved.status_code == 200 and "已更正" in saved.content.decode()
    lead.refresh_from_db()
    assert lead.stage == Stage.INTERESTED
    page = card(client, lead)
    assert "已更正" in page and "更正前的登记" in page and "周末在家" in page


def test_colleagues_of_other_roles_see_codes_or_nothing_of_it(
    cast: Cast, as_: Any, lead: Lead, log: ContactLog
) -> None:
    as_(cast.wang).post(url(log), INTERESTED)
    page = card(as_(cast.zhao), lead)
    assert "更正前的登记" in page and "考虑中" in page and "周末在家" not in page
    assert "更正</a>" not in page
    Lead.objects.unscoped("test").update(holder=cast.li)
    page = card(as_(cast.li), lead)
    assert "已更正" in page and "更正前的登记" not in page and "周末在家" not in page


def test_what_does_not_fit_is_422_and_keeps_what_stands(
    cast: Cast, as_: Any, log: ContactLog
) -> None:
    response = as_(cast.wang).post(url(log), {"call_state": "connected"}, headers=HTMX)
    assert response.status_code == 422 and "请选接电话的是谁" in response.content.decode()
    log.refresh_from_db()
    assert log.outcome == "considering" and log.edited_at is None


def test_only_the_author_and_only_what_is_logged(cast: Cast, as_: Any, log: ContactLog) -> None:
    for other in (cast.li, cast.zhao, cast.sun):
        assert as_(other).get(url(log)).status_code == 404
        assert as_(other).post(url(log), INTERESTED).status_code == 404
    for role in (cast.qian, cast.feng, cast.zhou):
        assert as_(role).get(url(log)).status_code == 403
    assert as_(cast.wang).get(reverse("correct_log", args=[uuid4()])).status_code == 404
    assert as_(cast.wang).delete(url(log)).status_code == 405
    ContactLog.objects.unscoped("test").update(logged_at=None)
    assert as_(cast.wang).get(url(log)).status_code == 404


def test_after_midnight_it_is_said_in_words(
    cast: Cast, as_: Any, lead: Lead, log: ContactLog, by_day: Any
) -> None:
    by_day.move_to("2026-11-25 00:01 +0800")
    client = as_(cast.wang)
    for response in (client.get(url(log)), client.post(url(log), INTERESTED)):
        assert response.status_code == 409 and "只有当天可以更正" in response.content.decode()
    assert "更正</a>" not in card(client, lead)


def test_a_409_offers_the_correction(cast: Cast, as_: Any, log: ContactLog) -> None:
    again = reverse("log_outcome", args=[log.uuid])
    response = as_(cast.wang).post(again, INTERESTED, headers=HTMX)
    assert response.status_code == 409 and url(log) in response.content.decode()


@pytest.mark.parametrize(
    ("days", "preset"), [(1, "tomorrow"), (3, "three_days"), (5, "on_day"), (208, "after_season")]
)
def test_the_follow_up_comes_back_as_it_was_chosen(
    cast: Cast, log: ContactLog, days: int, preset: str
) -> None:
    log.follow_up_at = timezone.now().replace(hour=0) + timedelta(days=days)
    said = said_in(log)
    assert said["follow_up"] == preset
    form = OutcomeForm(said, by_call=True, base=log.logged_at)
    assert form.is_valid()
    follow_up_at = form.answers().follow_up_at
    assert follow_up_at
    assert timezone.localdate(follow_up_at) == timezone.localdate(log.follow_up_at)
