"""Saving an outcome over HTTP, and the attempts that wait for one."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from outreach.actions.erase_customer import erase_customer
from outreach.models import Channel, ContactLog, Lead, Stage
from tests.cast import Cast, make_lead

HTMX = {"HX-Request": "true"}
INTERESTED = {"call_state": "connected", "person": "self", "outcome": "interested"}


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang)


def attempt(lead: Lead, staff: Any, minutes_ago: int = 3) -> ContactLog:
    return ContactLog.objects.create(
        uuid=uuid4(),
        lead=lead,
        staff=staff,
        channel=Channel.CALL,
        started_at=timezone.now() - timedelta(minutes=minutes_ago),
    )


def url(log: Any) -> str:
    return reverse("log_outcome", args=[getattr(log, "uuid", log)])


def logs() -> Any:
    return ContactLog.objects.unscoped("test")


def test_saving_moves_the_lead_and_names_the_next(cast: Cast, as_: Any, lead: Lead) -> None:
    following = make_lead(cast, holder=cast.wang, name="王秀英")
    log = attempt(lead, cast.wang)
    response = as_(cast.wang).post(url(log), INTERESTED, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200 and "下一位" in page and "王秀英" in page
    assert reverse("lead_card", args=[following.pk]) in page
    assert "leads:changed" in response["HX-Trigger"] and "toast" in response["HX-Trigger"]
    lead.refresh_from_db()
    assert lead.stage == Stage.INTERESTED


def test_every_field_arrives(cast: Cast, as_: Any, lead: Lead) -> None:
    log = attempt(lead, cast.wang)
    said = INTERESTED | {
        "steps": ["explained", "added_wechat"],
        "need_amount_wan": "20",
        "need_time": "one_month",
        "need_purpose": "买种苗",
        "business": "大棚黄瓜四亩",
        "season": "10月定植",
        "follow_up": "tomorrow",
        "note": "周末在家",
    }
    assert as_(cast.wang).post(url(log), said).status_code == 200
    log.refresh_from_db()
    assert log.steps == ["explained", "added_wechat"] and log.need_amount == 200_000
    assert (log.need_time, log.need_purpose) == ("one_month", "买种苗")
    assert (log.business, log.season, log.note) == ("大棚黄瓜四亩", "10月定植", "周末在家")
    assert log.follow_up_at is not None
    assert timezone.localdate(log.follow_up_at) == timezone.localdate() + timedelta(days=1)


def test_sending_it_again_is_accepted_and_other_content_is_not(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    client, log = as_(cast.wang), attempt(lead, cast.wang)
    said = INTERESTED | {"follow_up": "three_days"}
    assert client.post(url(log), said).status_code == 200
    assert client.post(url(log), said).status_code == 200
    other = client.post(url(log), {"call_state": "busy"})
    assert other.status_code == 409 and "有意向" in other.content.decode()
    log.refresh_from_db()
    assert log.outcome == "interested" and logs().count() == 1


def test_what_does_not_fit_is_422_and_keeps_what_was_filled(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    log = attempt(lead, cast.wang)
    said = {"call_state": "connected", "person": "self", "note": "周末在家"}
    response = as_(cast.wang).post(url(log), said, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 422 and "请选结果" in page and "周末在家" in page
    assert 'value="connected" checked' in page
    log.refresh_from_db()
    assert log.logged_at is None


def test_a_visit_is_created_under_the_clients_uuid_once(cast: Cast, as_: Any, lead: Lead) -> None:
    client, uuid = as_(cast.wang), uuid4()
    said = {"lead": lead.pk, "channel": "visit", "person": "self", "outcome": "considering"}
    assert client.post(url(uuid), said).status_code == 200
    assert client.post(url(uuid), said).status_code == 200
    log = logs().get()
    assert log.uuid == uuid and log.channel == "visit" and log.staff == cast.wang


def test_the_empty_sheet_offers_channels_and_brings_a_uuid(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    where = reverse("lead_log", args=[lead.pk])
    page = as_(cast.wang).get(where, headers=HTMX).content.decode()
    assert 'value="visit"' in page and f'name="lead" value="{lead.pk}"' in page
    assert 'name="call_state"' not in page
    assert as_(cast.li).get(where).status_code == 404
    assert as_(cast.zhao).get(where).status_code == 403
    assert as_(cast.zhou).get(where).status_code == 403
    assert as_(cast.wang).post(where).status_code == 405


def test_a_colleagues_attempt_is_not_found(cast: Cast, as_: Any, lead: Lead) -> None:
    log = attempt(lead, cast.wang)
    for other in (cast.li, cast.zhao, cast.sun):
        assert as_(other).get(url(log)).status_code == 404
        assert as_(other).post(url(log), INTERESTED).status_code == 404
    with_lead = INTERESTED | {"lead": lead.pk}
    assert as_(cast.li).post(url(log), with_lead).status_code == 404
    assert as_(cast.zhao).post(url(log), with_lead).status_code == 403
    log.refresh_from_db()
    assert log.logged_at is None


def test_the_uuid_of_a_colleagues_log_begins_nothing(cast: Cast, as_: Any, lead: Lead) -> None:
    log, pool = attempt(lead, cast.wang), make_lead(cast)
    said = {"lead": pool.pk, "channel": "visit", "person": "self", "outcome": "considering"}
    assert as_(cast.li).post(url(log), said).status_code == 404
    assert logs().count() == 1


def test_an_attempt_can_be_finished_after_the_customer_moved_on(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    log = attempt(lead, cast.wang)
    Lead.objects.unscoped("test").update(holder=cast.li)
    client = as_(cast.wang)
    sheet = client.get(url(log), headers=HTMX)
    assert sheet.status_code == 200 and "吕**" in sheet.content.decode()
    saved = client.post(url(log), INTERESTED, headers=HTMX)
    assert saved.status_code == 200 and "返回客户" not in saved.content.decode()


def test_other_roles_and_methods(cast: Cast, as_: Any, lead: Lead) -> None:
    log = attempt(lead, cast.wang)
    for role in (cast.qian, cast.feng, cast.zhou):
        assert as_(role).get(url(log)).status_code == 403
    assert as_(cast.wang).delete(url(log)).status_code == 405


@pytest.mark.parametrize("lead_id", ["", "x", "-1", "9" * 30, "999999"])
def test_bad_lead_numbers_are_not_found(cast: Cast, as_: Any, lead_id: str) -> None:
    said = {"lead": lead_id, "channel": "visit", "person": "self", "outcome": "considering"}
    assert as_(cast.wang).post(url(uuid4()), said).status_code == 404


def test_a_logged_attempt_leads_to_the_card(cast: Cast, as_: Any, lead: Lead) -> None:
    client, log = as_(cast.wang), attempt(lead, cast.wang)
    client.post(url(log), INTERESTED)
    assert client.get(url(log)).url == reverse("lead_card", args=[lead.pk])


def test_waiting_lists_my_attempts_only(cast: Cast, as_: Any, lead: Lead) -> None:
    mine, theirs = attempt(lead, cast.wang), attempt(lead, cast.li)
    where = reverse("waiting_logs")
    page = as_(cast.wang).get(where).content.decode()
    assert str(mine.uuid) in page and str(theirs.uuid) not in page
    assert as_(cast.wang).post(where).status_code == 405
    assert as_(cast.zhou).get(where).status_code == 403


def test_the_newest_waiting_sheet_opens_unless_put_aside(cast: Cast, as_: Any, lead: Lead) -> None:
    older, newer = attempt(lead, cast.wang, 10), attempt(lead, cast.wang, 3)
    stale = attempt(lead, cast.wang, 121)
    client, where = as_(cast.wang), reverse("waiting_logs")

    def opened(*aside: ContactLog) -> Any:
        query = {"newest": "1", "not": [str(log.uuid) for log in aside]}
        return client.get(where, query, headers=HTMX)

    assert f'data-outcome="{newer.uuid}"' in opened().content.decode()
    assert f'data-outcome="{older.uuid}"' in opened(newer).content.decode()
    assert opened(newer, older).status_code == 204
    assert str(stale.uuid) in client.get(where).content.decode()


def test_a_stranger_opens_nothing(cast: Cast, as_: Any, lead: Lead) -> None:
    attempt(lead, cast.wang)
    assert as_(cast.li).get(reverse("waiting_logs"), {"newest": "1"}).status_code == 204


def test_of_whom_the_data_was_deleted_only_codes_are_kept_and_that_is_said(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    log = attempt(lead, cast.wang)
    erase_customer(customer=lead.customer, by=None, reason="客户书面要求")
    response = as_(cast.wang).post(url(log), INTERESTED | {"note": "四亩黄瓜"}, headers=HTMX)
    assert (
        response.status_code == 200 and "文字、金额和跟进时间没有保存" in response.content.decode()
    )
    assert logs().get().note == "" and logs().get().outcome == "interested"
    other = attempt(make_lead(cast, holder=cast.wang), cast.wang)
    page = as_(cast.wang).post(url(other), INTERESTED, headers=HTMX).content.decode()
    assert "没有保存" not in page
