"""今日 as a page: announcements, sections, distance, what is done, what when all is done."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from outreach.actions.assign import assign_leads, claim_lead
from outreach.models import Assignment, Channel, ContactLog, OperationKind, Stage
from tests.cast import SHOUGUANG, Cast, make_lead
from trust.models import AuditEvent

HTMX = {"HX-Request": "true"}
TODAY, NEW, SEEN = "/today/", "/today/new/", "/today/new/seen/"


@pytest.fixture(autouse=True)
def told(cast: Cast) -> Any:
    """Nothing is new until a test makes it so: `told()` has everything seen."""

    def see_all() -> None:
        Assignment.objects.update(seen_at=timezone.now())

    return see_all


def page_of(client: Any, query: Any = None) -> str:
    text: str = client.get(TODAY, query or {}).content.decode()
    return text


def log_today(lead: Any, staff: Any, **fields: Any) -> ContactLog:
    now = timezone.now()
    said = {"channel": Channel.CALL, "call_state": "no_answer", "logged_at": now} | fields
    return ContactLog.objects.create(uuid=uuid4(), lead=lead, staff=staff, started_at=now, **said)


def test_new_assignments_are_announced_until_acknowledged(cast: Cast, as_: Any, told: Any) -> None:
    make_lead(cast, holder=cast.wang, name="老客户")
    told()
    make_lead(cast, holder=cast.wang, name="王大山")
    make_lead(cast, holder=cast.wang, name="赵小河", village=cast.next_village)
    make_lead(cast, holder=cast.wang, name="孙远方", village=cast.next_village)
    make_lead(cast, holder=cast.li)
    client = as_(cast.wang)
    page = page_of(client)
    assert "新分配给您 3 位" in page and "王家庄村&nbsp;2、刘庄村&nbsp;1" in page
    assert 'class="tab-news"' in page and 'class="tab-news"' not in page_of(as_(cast.zhao))
    rows = client.get(NEW).content.decode()
    assert "王大山" in rows and "孙远方" in rows and "老客户" not in rows
    newest = client.get(TODAY).context["news"].newest
    late = make_lead(cast, holder=cast.wang)  # after the page was made: stays new
    response = client.post(SEEN, {"up_to": newest}, headers=HTMX)
    assert response.status_code == 200 and "leads:changed" in response["HX-Trigger"]
    assert "新分配给您 1 位" in page_of(client)
    assert Assignment.objects.get(seen_at=None, holder=cast.wang).lead == late
    event = AuditEvent.objects.get(action="assignment.seen")
    assert (event.actor_id, event.detail["count"]) == (cast.wang.pk, 3)
    client.post(SEEN, {"up_to": newest}, headers=HTMX)
    assert AuditEvent.objects.filter(action="assignment.seen").count() == 1


def test_without_scripts_knowing_leads_back(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    client = as_(cast.wang)
    up_to = client.get(TODAY).context["news"].newest
    assert client.post(SEEN, {"up_to": up_to}).url == TODAY
    assert client.get(TODAY).context["news"] is None
    assert "没有新分配的客户" in client.get(NEW).content.decode()


def test_a_claim_is_no_news_and_an_assignment_is(cast: Cast, as_: Any) -> None:
    mine, given = make_lead(cast), make_lead(cast)
    claim_lead(lead=mine, by=cast.wang)
    assert as_(cast.wang).get(TODAY).context["news"] is None
    assign_leads(leads={given.pk: None}, to=cast.wang, kind=OperationKind.TICKED, by=cast.zhao)
    assert as_(cast.wang).get(TODAY).context["news"].count == 1


@pytest.mark.parametrize("up_to", ["", "x", "-1", "9" * 30, "\0"])
def test_nonsense_acknowledges_nothing(cast: Cast, as_: Any, up_to: str) -> None:
    make_lead(cast, holder=cast.wang)
    assert as_(cast.wang).post(SEEN, {"up_to": up_to}).status_code == 400
    assert Assignment.objects.filter(seen_at=None).count() == 1


def test_acknowledging_is_the_holders(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    assert as_(cast.li).post(SEEN, {"up_to": 10**9}).status_code == 302
    assert Assignment.objects.filter(seen_at=None).count() == 1
    for other in (cast.zhao, cast.qian, cast.zhou):
        assert as_(other).post(SEEN, {"up_to": 1}).status_code == 403
        assert as_(other).get(NEW).status_code == 403
    assert as_(cast.wang).get(SEEN).status_code == 405
    assert as_(cast.wang).post(NEW).status_code == 405


def test_rows_say_how_far_only_when_asked_from_somewhere(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang, valid_to=timezone.localdate() + timedelta(days=3))
    client = as_(cast.wang)
    here = {"lon": f"{SHOUGUANG[0] + 0.02:.3f}", "lat": f"{SHOUGUANG[1]:.3f}"}
    assert "3天后到期，还没联系上 · 刘庄村 · 1.8 km" in page_of(client, here)
    assert " km" not in page_of(client) and "刘庄村" in page_of(client)


@pytest.mark.parametrize(
    "query", [{"lon": "x", "lat": "1"}, {"lon": "1"}, {"lon": "nan", "lat": "1"}, {"lat": "91"}]
)
def test_no_point_on_earth_is_refused(cast: Cast, as_: Any, query: Any) -> None:
    assert as_(cast.wang).get(TODAY, query).status_code == 400


def test_a_long_section_is_shown_in_full_on_request(cast: Cast, as_: Any) -> None:
    for _ in range(23):
        make_lead(cast, holder=cast.wang)
    client = as_(cast.wang)
    page = page_of(client)
    assert page.count("data-follow=") == 20 and "还有 3 位，全部列出" in page
    assert page_of(client, {"all": "never"}).count("data-follow=") == 23
    assert page_of(client, {"all": "nonsense"}).count("data-follow=") == 20


def test_who_was_tried_too_often_has_no_call_button(cast: Cast, as_: Any, settings: Any) -> None:
    settings.ATTEMPTS_PER_30_DAYS = 1
    lead = make_lead(cast, holder=cast.wang)
    log = log_today(lead, cast.wang)
    ContactLog.objects.unscoped("test").filter(pk=log.pk).update(
        started_at=timezone.now() - timedelta(days=2)
    )
    page = page_of(as_(cast.wang))
    assert "多次未接通" in page and "建议上门" in page
    assert reverse("lead_call", args=[lead.pk]) not in page
    assert reverse("lead_navigate", args=[lead.pk]) in page


def test_done_today_stays_with_what_came_of_it(cast: Cast, as_: Any) -> None:
    called = make_lead(cast, holder=cast.wang, name="王大山")
    log_today(called, cast.wang)
    log_today(called, cast.wang, call_state="busy")
    talked = make_lead(cast, holder=cast.wang, name="赵小河", stage=Stage.INTERESTED)
    said = {"call_state": "connected", "person": "self", "outcome": "interested"}
    log_today(talked, cast.wang, is_contact=True, **said)
    log_today(make_lead(cast, holder=cast.wang), cast.wang, channel=Channel.VISIT, call_state="")
    gone = make_lead(cast, holder=cast.li, name="孙远方")
    log_today(gone, cast.wang)
    page = page_of(as_(cast.wang))
    assert "今天已完成 3" in page and "占线" in page and "无人接听" not in page
    assert "有意向" in page and "没人在家" in page and "孙" not in page
    assert "今天已联系 <b>4</b> 位，触达 <b>1</b> 位" in page
    assert "今天已完成" not in page_of(as_(cast.li))


def test_all_done_names_the_nearest_village_of_the_pool(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang)
    log_today(lead, cast.wang)
    make_lead(cast, village=cast.next_village, point=(118.81, 36.87))
    client = as_(cast.wang)
    here = {"lon": SHOUGUANG[0], "lat": SHOUGUANG[1]}
    page = page_of(client, here)
    assert "今天该联系的都联系过了" in page and "王家庄村，2.1 km，1 位" in page
    assert reverse("village", args=[cast.next_village.code]) in page
    assert "到地图上看看" in page_of(client)  # the outlet's own position is not known


def test_holding_nobody_is_said(cast: Cast, as_: Any) -> None:
    assert "您手上还没有可以联系的客户" in page_of(as_(cast.wang))


def test_saving_an_outcome_goes_on_in_the_order_on_screen(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang, stage=Stage.CONTACTED)
    make_lead(cast, holder=cast.wang, name="王大山", amount=900_000)
    wanted = make_lead(cast, holder=cast.wang, name="赵小河", amount=10_000)
    log = log_today(lead, cast.wang, logged_at=None, call_state="")
    url = reverse("log_outcome", args=[log.uuid])
    said = {"call_state": "busy", "following": f"x,{'9' * 40},{wanted.pk}"}
    page = as_(cast.wang).post(url, said, headers=HTMX).content.decode()
    assert "下一位" in page and "赵小河" in page and "王大山" not in page
