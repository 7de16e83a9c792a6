"""Review of corrections: masked, scoped, decided by a second person, one by one and in bulk."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from branches.models import Role
from outreach.models import Channel, ContactLog, Lead
from tests.cast import Cast, make_lead, make_staff
from trust.cipher import keyed_index
from whitelist.actions.corrections import state_correction, take_back_correction
from whitelist.models import Correction, Customer

OLD, NEW = "16900001111", "16900002222"
DECIDE = "corrections_decide"


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang, phone=OLD)


def state(lead: Lead, by: Any, field: str = "phone", value: str = NEW) -> Correction:
    return state_correction(
        customer=lead.customer, branch=lead.branch, field=field, value=value, by=by
    )


def page(client: Any, **query: Any) -> str:
    text: str = client.get(reverse("corrections"), query).content.decode()
    return text


def decide(client: Any, decision: str, *corrections: Correction, **more: Any) -> Any:
    data = {"id": [each.pk for each in corrections], "decision": decision} | more
    return client.post(reverse(DECIDE), data, follow=True)


def states() -> list[str]:
    return list(Correction.objects.unscoped("test").order_by("pk").values_list("state", flat=True))


def test_a_row_is_masked_and_says_what_speaks_for_it(cast: Cast, as_: Any, lead: Lead) -> None:
    for number in (OLD, NEW):
        ContactLog.objects.create(
            uuid=uuid4(),
            lead=lead,
            staff=cast.wang,
            channel=Channel.CALL,
            started_at=timezone.now(),
            logged_at=timezone.now(),
            is_contact=True,
            dialled_index=keyed_index("phone", number),
        )
    state(lead, cast.wang)
    text = page(as_(cast.feng))
    assert "吕**" in text and "刘庄村" in text and "王经理" in text
    assert "169****1111" in text and "169****2222" in text
    assert "沟通过 2 次，其中用新号码 1 次" in text
    assert "吕建国" not in text and OLD not in text and NEW not in text


def test_addresses_are_masked_below_the_village(cast: Cast, as_: Any, lead: Lead) -> None:
    state(lead, cast.wang, "home_address", "山东省潍坊市寿光市稻田镇刘庄村3组12号")
    text = page(as_(cast.feng))
    assert "村相同，组或门牌不同" in text and "12号" not in text


def test_adopting_writes_it_and_the_badge_follows(cast: Cast, as_: Any, lead: Lead) -> None:
    correction = state(lead, cast.wang)
    client = as_(cast.feng)
    assert 'class="tab-count"' in page(client)
    text = decide(client, "adopt", correction).content.decode()
    assert "已采用 1 条更正" in text and 'class="tab-count"' not in text
    assert Customer.objects.unscoped("test").get().phone == NEW
    assert "169****2222" in page(client, state="approved")


def test_rejecting_needs_a_reason_and_keeps_it(cast: Cast, as_: Any, lead: Lead) -> None:
    correction = state(lead, cast.wang)
    client = as_(cast.feng)
    assert "请写明不采用的原因" in decide(client, "reject", correction).content.decode()
    assert states() == ["pending"]
    decide(client, "reject", correction, reason="打不通\0")
    assert states() == ["rejected"]
    assert "打不通" in page(client, state="rejected")
    assert Customer.objects.unscoped("test").get().phone == OLD


def test_in_bulk_each_stands_for_itself(cast: Cast, as_: Any) -> None:
    leads = [make_lead(cast, holder=cast.wang) for _ in range(3)]
    corrections = [state(lead, cast.wang, value=f"1690000{n}999") for n, lead in enumerate(leads)]
    take_back_correction(correction=corrections[1], by=cast.wang)
    text = decide(as_(cast.feng), "adopt", *corrections).content.decode()
    assert "已采用 2 条更正" in text and "已经处理过" in text
    assert states() == ["approved", "taken_back", "approved"]


def test_ones_own_is_another_persons(cast: Cast, as_: Any, lead: Lead) -> None:
    correction = state(lead, cast.feng)
    client = as_(cast.feng)
    assert "另一位名单复核" in page(client)
    assert "另一位名单复核" in decide(client, "adopt", correction).content.decode()
    assert states() == ["pending"]


def test_scope(cast: Cast, as_: Any, lead: Lead) -> None:
    correction = state(lead, cast.wang)
    elsewhere = make_staff("feng2", "冯二", Role.REVIEWER, cast.other_province)
    assert "169****2222" not in page(as_(elsewhere))
    assert decide(as_(elsewhere), "adopt", correction).status_code == 404
    assert states() == ["pending"]


def test_roles_and_methods(cast: Cast, as_: Any, lead: Lead) -> None:
    correction = state(lead, cast.wang)
    for staff in (cast.wang, cast.zhao, cast.zhou):
        assert as_(staff).get(reverse("corrections")).status_code == 403
        assert decide(as_(staff), "adopt", correction).status_code == 403
    clerk = as_(cast.qian)
    text = page(clerk)
    assert "169****2222" in text and reverse(DECIDE) not in text
    assert decide(clerk, "adopt", correction).status_code == 403
    assert as_(cast.feng).get(reverse(DECIDE)).status_code == 405
    assert states() == ["pending"]


@pytest.mark.parametrize("ids", [["x"], ["9" * 30], ["-1"], ["\0"], ["²"], [str(2**63)], ["1e3"]])
def test_rows_that_do_not_exist(cast: Cast, as_: Any, ids: list[str]) -> None:
    client = as_(cast.feng)
    response = client.post(reverse(DECIDE), {"id": ids, "decision": "adopt"})
    assert response.status_code == 404


def test_nothing_ticked_is_said(cast: Cast, as_: Any, lead: Lead) -> None:
    state(lead, cast.wang)
    assert "请先勾选" in decide(as_(cast.feng), "adopt").content.decode()
    assert states() == ["pending"]


def test_the_empty_page_says_where_they_come_from(cast: Cast, as_: Any) -> None:
    assert "信息有误" in page(as_(cast.feng))
    assert page(as_(cast.feng), state="nonsense", page="99999999999999999999")
