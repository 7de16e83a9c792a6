"""“信息有误？” over HTTP: the sheets, who may, what is refused, what the card says after."""

from typing import Any

import pytest
from django.urls import reverse

from outreach.actions.correct_customer import state_correction
from outreach.actions.decide_correction import adopt_correction
from outreach.models import Eligibility, Lead
from tests.cast import Cast, make_lead
from whitelist.actions.corrections import reject_correction
from whitelist.models import Correction, CorrectionField, Customer

HTMX = {"HX-Request": "true"}
OLD, NEW, SPARE = "16900001111", "16900002222", "16900003333"
SHEETS = ("lead_wrong", "lead_deceased")


@pytest.fixture(autouse=True)
def at_any_hour(settings: Any) -> None:
    settings.CALL_HOURS = "00:00-23:59"


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang, phone=OLD)


def correct(client: Any, lead: Lead, what: str = "phone", htmx: bool = True, **data: Any) -> Any:
    url = reverse("lead_correct", args=[lead.pk, what])
    return client.post(url, data or {"value": NEW}, headers=HTMX if htmx else {})


def card(client: Any, lead: Lead) -> str:
    page: str = client.get(reverse("lead_card", args=[lead.pk]), headers=HTMX).content.decode()
    return page


def post(client: Any, name: str, *args: int, **data: Any) -> Any:
    return client.post(reverse(name, args=args), data, headers=HTMX)


def corrections() -> Any:
    return Correction.objects.unscoped("test")


def fault() -> str:
    return Customer.objects.unscoped("test").get().phone_fault


def test_a_new_number_waits_on_the_card_masked(cast: Cast, as_: Any, lead: Lead) -> None:
    response = correct(as_(cast.wang), lead)
    page = response.content.decode()
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    assert "169****2222" in page and "待审核" in page and "撤回" in page
    assert NEW not in page and "toast" in response["HX-Trigger"]
    assert 'name="number" value="new"' in page
    assert corrections().get().field == CorrectionField.PHONE


def test_without_javascript_it_is_a_page_and_a_redirect(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    for name in SHEETS:
        assert "<!doctype" in client.get(reverse(name, args=[lead.pk])).content.decode()
    response = correct(client, lead, htmx=False)
    assert (response.status_code, response.url) == (302, reverse("lead_card", args=[lead.pk]))
    done = client.post(reverse("lead_deceased", args=[lead.pk]))
    assert "点错了" in client.get(done.url).content.decode()


def test_an_address_asks_which(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    assert "请选是哪个地址" in correct(client, lead, "address", value="x").content.decode()
    assert correct(client, lead, "address", field="phone", value=NEW).status_code == 422
    asked = {"field": "business_address", "value": "稻田镇刘庄村7号"}
    page = correct(client, lead, "address", **asked).content.decode()
    assert "稻田镇刘庄村7号" in page
    assert corrections().get().field == CorrectionField.BUSINESS_ADDRESS


@pytest.mark.parametrize(
    "value", ["", "123", OLD, "1" * 61, "169\x0000002222", "9" * 100_000, "<b>169</b>"]
)
def test_bad_numbers_are_refused_in_words_and_kept(
    cast: Cast, as_: Any, lead: Lead, value: str
) -> None:
    response = correct(as_(cast.wang), lead, value=value)
    page = response.content.decode()
    assert response.status_code == 422 and 'role="alert"' in page
    assert "<b>169" not in page
    assert not corrections().exists()


def test_unknown_kinds_and_faults(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    assert correct(client, lead, "name").status_code == 404
    assert post(client, "lead_phone_fault", lead.pk, fault="deaf").status_code == 400
    assert post(client, "lead_call", lead.pk, number="other").status_code == 400


def test_the_wrong_people(cast: Cast, as_: Any, lead: Lead) -> None:
    correction = state_correction(lead=lead, field="phone", text=NEW, by=cast.wang)
    for staff, status in ((cast.li, 404), (cast.sun, 404), (cast.zhao, 403), (cast.feng, 403)):
        client = as_(staff)
        answers = [
            *(client.get(reverse(name, args=[lead.pk])).status_code for name in SHEETS),
            correct(client, lead).status_code,
            post(client, "lead_phone_fault", lead.pk, fault="no_such_number").status_code,
            post(client, "lead_deceased", lead.pk).status_code,
        ]
        assert set(answers) == {status}, staff
        assert post(client, "correction_take_back", correction.pk).status_code in {403, 404}
        assert post(client, "lead_deceased_undo", lead.pk).status_code in {403, 404}
    assert corrections().get().state == "pending" and fault() == ""


@pytest.mark.parametrize("name", ["lead_phone_fault", "lead_deceased_undo", "correction_take_back"])
def test_the_wrong_method(cast: Cast, as_: Any, lead: Lead, name: str) -> None:
    assert as_(cast.wang).get(reverse(name, args=[lead.pk])).status_code == 405


def test_taken_back_it_is_gone_and_twice_is_said(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    correct(client, lead)
    pk = corrections().get().pk
    page = post(client, "correction_take_back", pk).content.decode()
    assert "待审核" not in page and "169****2222" not in page
    again = post(client, "correction_take_back", pk)
    assert again.status_code == 200 and "info" in again["HX-Trigger"]


def test_a_pools_manager_may_and_a_colleague_sees_whose_it_is(cast: Cast, as_: Any) -> None:
    pool = make_lead(cast, phone=OLD)
    correct(as_(cast.wang), pool)
    page = card(as_(cast.li), pool)
    assert "王经理" in page and "169****2222" in page and "撤回" not in page
    refused = correct(as_(cast.li), pool, value=SPARE)
    assert refused.status_code == 422 and "王经理已经提出更正" in refused.content.decode()


def test_a_faulty_number_leaves_other_ways(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    page = post(client, "lead_phone_fault", lead.pk, fault="no_such_number").content.decode()
    assert "空号" in page and "更正号码" in page and "data-call" not in page
    refused = post(client, "lead_call", lead.pk)
    assert refused.status_code == 409
    assert 'data-gate="faulty_number"' in refused.content.decode()
    page = correct(client, lead).content.decode()
    assert page.count("data-call>") == 1 and 'name="number" value="new"' in page
    page = post(client, "lead_phone_fault", lead.pk).content.decode()
    assert "空号" not in page and fault() == ""


def test_the_spare_number_stands_in(cast: Cast, as_: Any, lead: Lead) -> None:
    Customer.objects.unscoped("test").update(phone2=SPARE, phone_fault="wrong_person")
    page = card(as_(cast.wang), lead)
    assert page.count('name="number" value="spare"') == 1 and "更正号码" not in page


def test_the_new_number_is_dialled(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    correct(client, lead)
    page = post(client, "lead_call", lead.pk, number="new").content.decode()
    assert page.count(NEW) == 1 and f'href="tel:{NEW}"' in page


def test_a_decision_is_told_on_card_and_today(cast: Cast, as_: Any, lead: Lead) -> None:
    first = state_correction(lead=lead, field="phone", text=NEW, by=cast.wang)
    second = state_correction(lead=lead, field="phone2", text=SPARE, by=cast.wang)
    adopt_correction(correction=first, by=cast.feng)
    reject_correction(correction=second, by=cast.feng, reason="打不通")
    client = as_(cast.wang)
    today = client.get(reverse("today")).content.decode()
    for page in (card(client, lead), today):
        assert "手机号更正已采用" in page and "备用电话更正未采用：打不通" in page
        assert NEW not in page and SPARE not in page
    assert "更正" not in as_(cast.li).get(reverse("today")).content.decode()


def test_deceased_asks_first_and_can_be_taken_back(cast: Cast, as_: Any) -> None:
    pool = make_lead(cast)
    client = as_(cast.wang)
    asked = client.get(reverse("lead_deceased", args=[pool.pk]), headers=HTMX)
    assert "确认已故" in asked.content.decode()
    done = post(client, "lead_deceased", pool.pk)
    assert "点错了" in done.content.decode() and "leads:changed" in done["HX-Trigger"]
    pool.refresh_from_db()
    assert pool.eligibility == Eligibility.REFUSED
    assert client.get(reverse("lead_card", args=[pool.pk])).status_code == 404
    assert post(as_(cast.li), "lead_deceased_undo", pool.pk).status_code == 404
    back = post(client, "lead_deceased_undo", pool.pk)
    assert back.status_code == 200
    pool.refresh_from_db()
    assert pool.eligibility == Eligibility.YES


def test_a_held_customers_card_offers_the_undo(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    post(client, "lead_deceased", lead.pk)
    page = card(client, lead)
    assert "点错了" in page and "信息有误" not in page and "data-call" not in page


def test_supervisors_and_closed_customers_are_offered_nothing(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    correct(as_(cast.wang), lead)
    page = card(as_(cast.zhao), lead)
    assert "信息有误" not in page and "169****2222" not in page


def test_ones_own_is_taken_back_also_from_a_colleagues_customer(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    correct(as_(cast.wang), lead)
    pk = corrections().get().pk
    Lead.objects.unscoped("test").update(holder=cast.li)
    assert post(as_(cast.li), "correction_take_back", pk).status_code == 404
    page = post(as_(cast.wang), "correction_take_back", pk).content.decode()
    assert "已撤回" in page and "吕" not in page and "169" not in page
    assert corrections().get().state == "taken_back"
