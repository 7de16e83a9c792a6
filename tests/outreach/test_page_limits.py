"""So many pages of customers an hour: one more is 429, said, recorded, and told to who is above."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import get_resolver

from branches.models import SystemToken
from outreach.actions.call import Placed, call
from outreach.models import CustomerPages, Refusal
from outreach.page_limits import count_page, forget_old_counts
from tests.cast import Cast, make_lead
from trust.models import AuditEvent

AT = datetime(2026, 11, 27, 9, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
COUNTED = {
    *("lead_list", "map_list", "map_nearby", "map_search", "village", "village_print"),
    *("lead_card", "today", "new_in_hand", "unlocated", "unlocated_lead"),
    *("corrections", "find_customer", "customer_trace"),
    *("refusals", "refusal_reopen", "share_sheet"),
}


@pytest.fixture(autouse=True)
def three_pages(settings: Any) -> Any:
    settings.PAGES_PER_HOUR = 3
    settings.SESSION_IDLE_MINUTES = 300
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


def test_one_too_many_says_when_again(cast: Cast, as_: Any, three_pages: Any) -> None:
    make_lead(cast, holder=cast.wang)
    client = as_(cast.wang)
    assert [client.get("/leads/").status_code for _ in range(4)] == [200, 200, 200, 429]
    response = client.get("/leads/")
    text = response.content.decode()
    assert "10:00 以后可以接着看" in text and "最多翻看和搜索 3 页" in text
    assert "吕建国" not in text and response["Retry-After"] == str(40 * 60)
    three_pages.shift(timedelta(minutes=40))
    assert client.get("/leads/").status_code == 200


def test_numbers_of_customers_count_as_customers_do(cast: Cast, as_: Any) -> None:
    """客户号 by fifties, and masked names one by one, could be read away without end."""
    refusal = Refusal.objects.create(customer=make_lead(cast).customer, source="customer")
    client = as_(cast.feng)
    assert client.get("/lists/refusals/").status_code == 200
    assert client.get(f"/lists/refusals/{refusal.pk}/reopen/").status_code == 200
    assert client.get("/lists/refusals/?page=1").status_code == 200
    assert client.get("/lists/refusals/").status_code == 429
    assert client.get(f"/lists/refusals/{refusal.pk}/reopen/").status_code == 429


def test_pages_and_searches_count_together_tiles_do_not(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    client = as_(cast.wang)
    for _ in range(5):
        assert client.get("/map/tiles/10/849/399/").status_code == 200
        assert client.get("/me/").status_code == 200
    client.post("/map/search/", {"q": "刘庄"})
    client.get("/map/list/?bounds=118,36,119,37")
    client.get(f"/map/villages/{cast.village.code}/")
    assert client.get("/today/").status_code == 429
    assert client.post("/map/search/", {"q": "刘庄"}).status_code == 429
    assert client.get("/map/tiles/10/849/399/").status_code == 200


def test_calls_in_hand_are_still_logged(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang)
    client = as_(cast.wang)
    text = _too_much(client)
    assert "登记打过的电话" not in text  # nothing waits
    assert isinstance(call(lead=lead, by=cast.wang, log_uuid=uuid4()), Placed)
    assert "/logs/waiting/" in _too_much(client)
    assert "的通话还没有登记结果" in client.get("/logs/waiting/").content.decode()


def _too_much(client: Client) -> str:
    for _ in range(4):
        response = client.get("/leads/")
    assert response.status_code == 429
    return response.content.decode()


def test_a_fragment_says_it_in_its_place(cast: Cast, as_: Any) -> None:
    CustomerPages.objects.create(staff=cast.wang, hour=AT.replace(minute=0), count=3)
    response = as_(cast.wang).get("/leads/", headers={"HX-Request": "true", "HX-Target": "leads"})
    assert response.status_code == 429
    assert response.content.decode().strip().startswith("<p")


def test_it_is_recorded_once_an_hour(cast: Cast, as_: Any, three_pages: Any) -> None:
    client = as_(cast.wang)
    for _ in range(7):
        client.get("/leads/")
    event = AuditEvent.objects.get(action="pages.limited")
    assert event.actor_no == "wang" and event.detail["pages"] == 3
    three_pages.shift(timedelta(hours=1))
    for _ in range(7):
        client.get("/leads/")
    assert AuditEvent.objects.filter(action="pages.limited").count() == 2


def test_who_is_above_is_told(cast: Cast, as_: Any) -> None:
    said = "王经理（wang）11月27日 09:20 翻看客户达到一小时的上限"
    assert said not in as_(cast.zhao).get("/briefing/").content.decode()
    for _ in range(4):
        count_page(cast.wang)
        count_page(cast.sun)
        count_page(cast.zhao)
    text = as_(cast.zhao).get("/briefing/").content.decode()
    assert said in text and "孙经理" not in text
    assert "（zhao）" not in text  # nobody watches themselves


def test_others_are_not_held_up(cast: Cast, as_: Any) -> None:
    for _ in range(4):
        count_page(cast.wang)
    assert as_(cast.li).get("/leads/").status_code == 200


def test_systems_have_a_limit_of_their_own(cast: Cast, settings: Any) -> None:
    settings.API_PAGES_PER_HOUR = 2
    make_lead(cast)
    _, token = SystemToken.issue(cast.system, "test")
    client = Client(headers={"Authorization": f"Bearer {token}"})
    assert [client.get("/api/v1/leads/").status_code for _ in range(3)] == [200, 200, 429]
    response = client.get("/api/v1/contact-logs/")
    assert response.status_code == 429 and response["Retry-After"] == str(40 * 60)
    assert client.get("/api/v1/branches/").status_code == 200  # no customer in it
    assert client.post("/api/v1/contact-logs/", {}, "application/json").status_code == 400


def test_a_page_costs_one_update(cast: Cast, django_assert_num_queries: Any) -> None:
    count_page(cast.wang)
    with django_assert_num_queries(1):
        count_page(cast.wang)


def test_counts_are_forgotten_after_days(cast: Cast, three_pages: Any) -> None:
    count_page(cast.wang)
    three_pages.shift(timedelta(days=3))
    forget_old_counts()
    assert not CustomerPages.objects.exists()


def test_every_page_of_customers_counts() -> None:
    """Those that list or find customers; a new one belongs here, or says why not."""
    counting = set()
    for pattern in _patterns(get_resolver()):
        view = pattern.callback
        while view is not None:
            if getattr(view, "counts_pages", False):
                counting.add(pattern.name)
            view = getattr(view, "__wrapped__", None)
    assert counting == COUNTED


def _patterns(resolver: Any) -> Any:
    for each in resolver.url_patterns:
        yield from _patterns(each) if hasattr(each, "url_patterns") else [each]
