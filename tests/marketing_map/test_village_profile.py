"""村档案: who keeps it, who sees how much, two at once, and the helper's number."""

import re
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from branches.models import Role
from outreach.models import VillageProfile
from tests.cast import Cast, make_lead, make_staff
from trust.models import AuditEvent

HTMX = {"HX-Request": "true"}
PHONE = "16900004321"
FACTS = {
    "helper_name": "刘会计",
    "helper_phone": PHONE,
    "market_days": "逢二、七（农历）",
    "note": "村委会在村北头",
}


def url(cast: Cast) -> str:
    return reverse("village_profile", args=[cast.village.code])


def village(cast: Cast) -> str:
    return reverse("village", args=[cast.village.code])


def save(client: Any, cast: Cast, read_at: str = "", **facts: Any) -> Any:
    return client.post(url(cast), FACTS | {"read_at": read_at} | facts, headers=HTMX)


def profile() -> VillageProfile:
    found: VillageProfile = VillageProfile.objects.unscoped("test").get()
    return found


def test_saved_and_shown_with_the_number_masked(cast: Cast, as_: Any) -> None:
    client = as_(cast.wang)
    assert "还没有记" in client.get(village(cast)).content.decode()
    response = save(client, cast)
    assert response.status_code == 200 and "toast" in response["HX-Trigger"]
    for page in (response, client.get(village(cast)), client.get(url(cast))):
        text = page.content.decode()
        assert "刘会计" in text and "169****4321" in text and PHONE not in text
    assert "有集" in response.content.decode() or "下一集" in response.content.decode()
    assert profile().updated_by == cast.wang and profile().outlet == cast.outlet
    assert AuditEvent.objects.get(action="village.edit").target == f"village:{cast.village.code}"


def test_nothing_of_it_is_stored_in_clear(cast: Cast, as_: Any) -> None:
    save(as_(cast.wang), cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT helper_name, helper_phone, note FROM outreach_villageprofile")
        stored = b"".join(bytes(each) for each in cursor.fetchone())
    assert PHONE.encode() not in stored and "刘会计".encode() not in stored


def test_blank_keeps_the_number_and_a_tick_forgets_it(cast: Cast, as_: Any) -> None:
    client = as_(cast.wang)
    save(client, cast)
    save(client, cast, profile().updated_at.isoformat(), helper_phone="", note="换了路")
    assert profile().helper_phone == PHONE and profile().note == "换了路"
    stamp = profile().updated_at.isoformat()
    save(client, cast, stamp, helper_phone="", forget_phone="on")
    assert profile().helper_phone == ""


def test_the_second_of_two_is_told_and_loses_nothing(cast: Cast, as_: Any) -> None:
    wang, li = as_(cast.wang), as_(cast.li)
    save(wang, cast)
    stamp = wang.get(url(cast)).context["read_at"]
    assert save(li, cast, stamp, note="李经理写的").status_code == 200
    response = save(wang, cast, stamp, note="王经理写的", helper_phone="")
    page = response.content.decode()
    assert response.status_code == 409
    assert (
        "李经理 在" in page and "李经理写的" in page and "王经理写的" in page and PHONE not in page
    )
    assert profile().note == "李经理写的"
    stamp = re.findall('name="read_at" value="([^"]+)"', page)[0]
    again = save(wang, cast, stamp, note="王经理写的", helper_phone="")
    assert again.status_code == 200
    assert (profile().note, profile().helper_phone) == ("王经理写的", PHONE)


def test_both_filled_it_in_for_the_first_time(cast: Cast, as_: Any) -> None:
    save(as_(cast.li), cast)
    assert save(as_(cast.wang), cast, note="王经理写的").status_code == 409
    assert profile().updated_by == cast.li


@pytest.mark.parametrize("stamp", ["x", "2026-01-01", "9" * 400, "2026-01-01T00:00:00+00:00"])
def test_a_stamp_that_fits_nothing_saves_nothing(cast: Cast, as_: Any, stamp: str) -> None:
    save(as_(cast.wang), cast)
    assert save(as_(cast.wang), cast, stamp, note="新").status_code == 409
    assert profile().note == FACTS["note"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("helper_phone", "不知道"),
        ("helper_phone", "1"),
        ("helper_name", "刘" * 41),
        ("market_days", "逢" * 61),
        ("note", "路" * 501),
    ],
)
def test_what_does_not_fit_is_said_and_kept(cast: Cast, as_: Any, field: str, text: str) -> None:
    response = save(as_(cast.wang), cast, **{field: text})
    page = response.content.decode()
    assert response.status_code == 422 and text in page and 'class="error"' in page
    assert not VillageProfile.objects.unscoped("test").exists()


def test_without_scripts_saving_leads_to_the_village(cast: Cast, as_: Any) -> None:
    client = as_(cast.wang)
    assert "<html" in client.get(url(cast)).content.decode()
    assert client.post(url(cast), FACTS | {"read_at": ""}).url == village(cast)
    assert "村档案已保存" in client.get(village(cast)).content.decode()


def test_supervisors_read_masked_and_other_outlets_see_nothing(cast: Cast, as_: Any) -> None:
    save(as_(cast.wang), cast)
    above = as_(cast.zhao).get(village(cast)).content.decode()
    assert "刘**" in above and "刘会计" not in above and "稻田支行网点" in above
    assert url(cast) not in above
    assert as_(cast.zhao).get(url(cast)).status_code == 403
    assert as_(cast.zhao).post(url(cast), FACTS).status_code == 403
    other = as_(cast.sun).get(village(cast)).content.decode()
    assert "刘" not in other.replace("刘庄", "") and "169****" not in other
    for role in (cast.qian, cast.feng, cast.zhou):
        assert as_(role).get(url(cast)).status_code == 403


def test_the_head_of_the_outlet_keeps_it_too(cast: Cast, as_: Any) -> None:
    head = make_staff("tian", "田主任", Role.SUPERVISOR, cast.outlet)
    assert save(as_(head), cast).status_code == 200
    assert profile().outlet == cast.outlet and "刘会计" in as_(head).get(url(cast)).content.decode()


def test_ringing_the_helper_is_recorded(cast: Cast, as_: Any) -> None:
    save(as_(cast.wang), cast)
    where = reverse("helper_call", args=[cast.village.code])
    response = as_(cast.wang).post(where, headers=HTMX)
    assert f'href="tel:{PHONE}"' in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"village.helper_call", "phone.reveal"} <= actions
    assert f"tel:{PHONE}" in as_(cast.li).post(where).content.decode()  # a colleague there
    assert as_(cast.wang).get(where).status_code == 405
    assert as_(cast.sun).post(where).status_code == 404
    for other in (cast.zhao, cast.qian, cast.zhou):
        assert as_(other).post(where).status_code == 403


def test_no_helper_no_call(cast: Cast, as_: Any) -> None:
    save(as_(cast.wang), cast, helper_phone="")
    where = reverse("helper_call", args=[cast.village.code])
    assert as_(cast.wang).post(where).status_code == 404
    assert not AuditEvent.objects.filter(action="phone.reveal").exists()


def test_only_villages_have_one(cast: Cast, as_: Any) -> None:
    town = cast.places["town"].code
    make_lead(cast, holder=cast.wang)
    for code in (town, "000000000000", "x"):
        assert as_(cast.wang).get(reverse("village_profile", args=[code])).status_code == 404
    page = as_(cast.wang).get(reverse("village", args=[town])).content.decode()
    assert reverse("village_profile", args=[town]) not in page


def test_printing_is_masked_and_recorded(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang, name="吕建国")
    make_lead(cast, holder=cast.li, name="王大山")
    where = reverse("village_print", args=[cast.village.code])
    page = as_(cast.wang).get(where).content.decode()
    assert "吕**" in page and "建国" not in page and "王*" not in page
    assert lead.customer.phone not in page and lead.customer.phone[-4:] not in page
    assert (
        "稻田镇刘庄村" in page
        and "号" not in page.partition("<table")[2].partition("工号")[0][300:]
    )
    assert "王经理（工号 wang）" in page and "50万以上" in page
    event = AuditEvent.objects.get(action="village.print")
    assert (event.actor_no, event.detail["count"]) == ("wang", 1)
    assert as_(cast.wang).post(where).status_code == 405
    assert as_(cast.zhou).get(where).status_code == 403
    assert "没有可以打印的名单" in as_(cast.sun).get(where).content.decode()
    missing = reverse("village_print", args=["000000000000"])
    assert as_(cast.wang).get(missing).status_code == 404


def test_coverage_and_the_next_village(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang, stage="interested")
    make_lead(cast, holder=cast.wang, stage="drawn")
    make_lead(cast, holder=cast.wang)
    far = (118.99, 36.40)  # too far for a neighbour
    make_lead(cast, holder=cast.li, village=cast.next_village, point=(118.81, 36.87))
    client = as_(cast.wang)
    page = client.get(village(cast))
    assert (
        page.context["counts"] | {"total": 3, "interested": 2, "visited": 0}
        == (page.context["counts"])
    )
    assert page.context["next_village"] is None  # a colleague's is no work of mine
    cast.next_village.lon, cast.next_village.lat = far
    cast.next_village.save()
    make_lead(cast, holder=cast.wang, village=cast.next_village, point=far)
    page = client.get(village(cast))
    assert page.context["next_village"].place == cast.next_village
    assert "下一村：王家庄村" in page.content.decode() and page.context["neighbours"] == []
    assert as_(cast.zhao).get(village(cast)).context["next_village"] is None


@pytest.mark.parametrize("read_at", ["0001-01-01T00:00:00", "9999-12-31T23:59:59-14:00", "x"])
def test_a_stamp_no_zone_can_hold_reads_as_changed(cast: Cast, as_: Any, read_at: str) -> None:
    wang = as_(cast.wang)
    save(wang, cast)
    assert save(wang, cast, read_at).status_code == 409
