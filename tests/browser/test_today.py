"""On a phone: a morning on 今日, and a round through a village where nobody is at home."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from outreach.models import Assignment, Channel, ContactLog, Lead
from tests.cast import SHOUGUANG, Cast, make_cast, make_lead

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)  # for a machine with other work to do
HERE = {"longitude": 118.8101234, "latitude": 36.8701234}


@pytest.fixture(autouse=True)
def at_any_hour(settings: Any) -> None:
    settings.CALL_HOURS = "00:00-23:59"


@pytest.fixture
def world(transactional_db: None) -> Cast:
    """Three customers 王经理 knows of, one of them in the next village, and a new one."""
    cast = make_cast()
    make_lead(cast, holder=cast.wang, name="王大山", amount=300_000)
    make_lead(cast, holder=cast.wang, name="赵小河", amount=200_000)
    make_lead(
        cast,
        holder=cast.wang,
        name="孙远方",
        amount=100_000,
        village=cast.next_village,
        point=(118.81, 36.87),
    )
    Assignment.objects.update(seen_at=timezone.now())
    make_lead(cast, holder=cast.wang, name="刘新来", amount=10_000)
    return cast


def names(page: Page) -> list[str]:
    return page.locator(".task-row .who").all_inner_texts()


def call_and_miss(page: Page) -> None:
    expect(page.locator("form[data-outcome]")).to_be_visible()
    page.locator("form[data-outcome] .chip[data-value=no_answer]").click()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#sheet [data-logged]")).to_be_visible()


def logs() -> Any:
    return ContactLog.objects.unscoped("test")


def test_what_is_new_announces_itself_once(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(reverse("today"))
    expect(page.locator("[data-news]")).to_contain_text("新分配给您 1 位")
    expect(page.locator(".tab-news")).to_contain_text("1")
    page.get_by_role("link", name="看看是哪些").click()
    expect(page.locator(".task-row .who")).to_have_text(["刘新来"])
    page.go_back()
    page.get_by_role("button", name="知道了").click()
    expect(page.locator("[data-news]")).to_have_count(0)
    expect(page.locator(".tab-news")).to_have_count(0)
    page.reload()
    expect(page.locator("[data-news]")).to_have_count(0)


def test_a_morning_works_through_the_list_in_its_order(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(reverse("today"))
    assert names(page) == ["王大山", "赵小河", "孙远方", "刘新来"]
    page.get_by_role("button", name="呼叫 赵小河").click()
    call_and_miss(page)
    expect(page.locator("#sheet .next")).to_contain_text("孙远方")  # from their place on
    expect(page.locator("[data-done]")).to_contain_text("今天已完成 1")
    page.locator("#sheet .next").click()
    page.locator("#sheet [data-call]").first.click()
    call_and_miss(page)
    expect(page.locator("#sheet .next")).to_contain_text("刘新来")
    page.locator("#sheet [data-close-sheet]").first.click()
    expect(page.locator(".task-row .who")).to_have_text(["王大山", "刘新来"])
    expect(page.locator("[data-done]")).to_contain_text("今天已完成 2")
    expect(page.locator("[data-done]")).to_contain_text("无人接听")
    expect(page.locator("[data-day-progress]")).to_contain_text("今天已联系 2 位，触达 0 位")
    page.locator("[data-done] a").first.click()
    expect(page.locator("#sheet h2")).to_contain_text("孙远方")


def test_back_closes_the_card_and_stays_on_the_list(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto("/me/")
    page.goto("/today/")
    title = page.locator("#sheet [data-sheet-title]")
    page.get_by_role("link", name="王大山").first.click()
    expect(title).to_have_text("王大山")
    page.go_back()
    expect(title).to_have_count(0)
    expect(page).to_have_url(re.compile("/today/$"))
    page.get_by_role("link", name="王大山").first.click()
    expect(title).to_have_text("王大山")
    page.locator("#sheet [data-close-sheet]").first.click()
    expect(title).to_have_count(0)
    page.wait_for_function("() => !history.state?.sheet")  # the step went with it
    page.go_back()
    expect(page).to_have_url(re.compile("/me/$"))


def test_by_distance_only_when_asked_and_nothing_is_kept(world: Cast, look: Any) -> None:
    page = look(world.wang, permissions=["geolocation"], geolocation=HERE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(reverse("today"))
    expect(page.locator(".task-row").first).to_contain_text("王大山")
    assert " km" not in page.locator("#tasks").inner_text()
    page.get_by_role("button", name="按距离").click()
    expect(page.locator(".task-row").first).to_contain_text("孙远方")
    expect(page.locator(".task-row").nth(1)).to_contain_text("2.1 km")
    sent = [url for url in asked if "lon=" in url]
    assert sent and all("lon=118.810&lat=36.870" in url for url in sent)
    assert "lon" not in page.url
    assert "118.8" not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    page.get_by_role("button", name="按距离").click()
    expect(page.locator(".task-row").first).to_contain_text("王大山")


def test_without_a_position_the_list_stays(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(reverse("today"))
    page.get_by_role("button", name="按距离").click()
    expect(page.locator("[data-today-notice]")).to_contain_text("没有取得定位")
    assert names(page)[0] == "王大山"


def test_nobody_home_and_taken_back_on_the_village_page(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(reverse("village", args=[world.village.code]))
    page.get_by_role("button", name="上门：王大山没人在家").dblclick()
    expect(page.locator(".toast")).to_contain_text("没人在家")
    expect(page.locator(".row-visit.made")).to_have_count(1)
    expect(page.locator(".coverage")).to_contain_text("1/3")
    assert logs().count() == 1
    page.locator(".toast").get_by_role("button", name="撤销").click()
    expect(page.locator(".row-visit.made")).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("已撤销")
    assert logs().count() == 0


def test_nobody_home_in_the_sheet_over_the_map(world: Cast, look: Any) -> None:
    page = look(world.wang)
    spot = f"z=15&lat={SHOUGUANG[1]}&lon={SHOUGUANG[0]}"
    page.goto(f"/map/?{spot}&open=village:{world.village.code}")
    page.get_by_role("button", name="上门：赵小河没人在家").click()
    expect(page.locator("#sheet .row-visit.made")).to_have_count(1)
    page.get_by_role("button", name="撤销对赵小河的上门登记").click()
    expect(page.locator("#sheet .row-visit.made")).to_have_count(0)
    page.get_by_role("link", name=re.compile("下一村：王家庄村")).click()
    expect(page.locator("#sheet h2")).to_have_text("王家庄村")
    assert logs().count() == 0


def test_nobody_home_from_the_card(world: Cast, look: Any) -> None:
    lead = Lead.objects.unscoped("test").order_by("pk").first()
    page = look(world.wang)
    page.goto(reverse("today"))
    page.locator(f"a[href='{reverse('lead_card', args=[lead.pk])}']").first.click()
    page.locator("#sheet").get_by_role("button", name="没人在家").click()
    expect(page.locator("#sheet .history")).to_contain_text("上门")
    expect(page.locator("[data-done]")).to_contain_text("没人在家")
    page.locator("#sheet").get_by_role("button", name="撤销这次上门").click()
    expect(page.locator("#sheet .history")).to_contain_text("还没有人联系过")
    assert logs().count() == 0


def test_the_village_profile_and_its_helper(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(reverse("village", args=[world.village.code]))
    page.get_by_role("link", name="填写").click()
    page.get_by_label("联络员", exact=True).fill("刘会计")
    page.get_by_label("联络员电话").fill("16900004321")
    page.get_by_label("集市日").fill("逢二、七")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#village-profile")).to_contain_text("169****4321")
    assert "16900004321" not in page.content()
    page.get_by_role("button", name="拨打").click()
    expect(page.locator("a[data-dialled]")).to_have_count(1)
    assert page.evaluate("window.dialled") == ["tel:16900004321"]


def test_all_done_points_to_the_pool(world: Cast, look: Any) -> None:
    for lead in list(Lead.objects.unscoped("test")):
        ContactLog.objects.create(
            uuid=uuid4(),
            lead=lead,
            staff=world.wang,
            channel=Channel.CALL,
            started_at=timezone.now(),
            logged_at=timezone.now(),
            call_state="busy",
        )
    world.outlet.lon, world.outlet.lat = SHOUGUANG
    world.outlet.save()
    make_lead(world, village=world.next_village, point=(118.81, 36.87))
    page = look(world.wang)
    page.goto(reverse("today"))
    expect(page.locator("[data-nothing-left]")).to_contain_text("今天该联系的都联系过了")
    page.get_by_role("link", name="去王家庄村看看").click()
    expect(page.locator("#village-page h2")).to_have_text("王家庄村")
