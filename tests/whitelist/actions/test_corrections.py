"""Corrections: what is taken, who decides, what it writes."""

import pytest

from tests.cast import Cast, make_lead
from trust.cipher import keyed_index
from trust.models import AuditEvent
from whitelist.actions.corrections import (
    CorrectionRefused,
    approve_correction,
    reject_correction,
    state_correction,
    take_back_correction,
    value_as_stored,
)
from whitelist.models import Correction, CorrectionField, CorrectionState, Customer, PhoneFault

OLD, NEW, OTHER = "16900001111", "16900002222", "16900003333"
PHONE, HOME = CorrectionField.PHONE, CorrectionField.HOME_ADDRESS


@pytest.fixture
def customer(cast: Cast) -> Customer:
    return make_lead(cast, holder=cast.wang, phone=OLD).customer


def state(cast: Cast, customer: Customer, value: str = NEW, **more: object) -> Correction:
    asked = {"field": PHONE, "by": cast.wang} | more
    return state_correction(customer=customer, branch=cast.outlet, value=value, **asked)  # type: ignore[arg-type]


def states() -> list[str]:
    return list(Correction.objects.unscoped("test").order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize(
    "typed", [NEW, " 169-0000-2222 ", "+86 16900002222", "１６９００００２２２２", "169 0000 2222"]
)
def test_a_number_is_read_as_lists_read_it(customer: Customer, typed: str) -> None:
    assert value_as_stored(customer, PHONE, typed) == NEW


@pytest.mark.parametrize("typed", ["", "1690000222", "02900002222", "abc", "1.69E+10", "#N/A"])
def test_what_is_no_mobile_is_refused(customer: Customer, typed: str) -> None:
    with pytest.raises(CorrectionRefused, match="11 位"):
        value_as_stored(customer, PHONE, typed)


def test_the_spare_number_may_be_a_landline(customer: Customer) -> None:
    spare = value_as_stored(customer, CorrectionField.PHONE2, "0536-1234567")
    assert spare == "05361234567"


def test_what_is_on_record_is_refused(customer: Customer) -> None:
    customer.phone2 = OTHER
    for number in (OLD, OTHER):
        with pytest.raises(CorrectionRefused, match="不用更正"):
            value_as_stored(customer, PHONE, number)
    with pytest.raises(CorrectionRefused, match="不用更正"):
        value_as_stored(customer, HOME, customer.home_address)


def test_an_address_has_words_and_an_end(customer: Customer) -> None:
    assert value_as_stored(customer, HOME, " 刘庄村\n9号 ") == "刘庄村 9号"
    for typed, said in (("", "请填写"), ("#N/A", "请填写"), ("村" * 201, "太长")):
        with pytest.raises(CorrectionRefused, match=said):
            value_as_stored(customer, HOME, typed)


def test_stating_changes_nothing_of_the_customer(cast: Cast, customer: Customer) -> None:
    correction = state(cast, customer)
    customer.refresh_from_db()
    assert customer.phone == OLD
    assert correction.before_index == customer.phone_index
    assert (correction.state, correction.branch) == (CorrectionState.PENDING, cast.outlet)
    event = AuditEvent.objects.get(action="correction.state")
    assert event.detail == {"customer": customer.pk, "field": "phone"}
    assert NEW not in str(AuditEvent.objects.values())


def test_a_newer_one_replaces_ones_own_and_the_same_again_is_one(
    cast: Cast, customer: Customer
) -> None:
    first = state(cast, customer)
    assert state(cast, customer) == first
    state(cast, customer, OTHER)
    assert states() == ["taken_back", "pending"]


def test_somebody_elses_is_told(cast: Cast, customer: Customer) -> None:
    state(cast, customer)
    with pytest.raises(CorrectionRefused, match="王经理"):
        state(cast, customer, OTHER, by=cast.li)
    state(cast, customer, "刘庄村9号", by=cast.li, field=HOME)
    assert states() == ["pending", "pending"]


def test_only_the_author_takes_back_and_only_what_waits(cast: Cast, customer: Customer) -> None:
    correction = state(cast, customer)
    with pytest.raises(CorrectionRefused):
        take_back_correction(correction=correction, by=cast.li)
    take_back_correction(correction=correction, by=cast.wang)
    with pytest.raises(CorrectionRefused, match="处理过"):
        take_back_correction(correction=correction, by=cast.wang)
    assert states() == ["taken_back"]


def test_approving_writes_number_and_indexes_and_voids_the_fault(
    cast: Cast, customer: Customer
) -> None:
    Customer.objects.unscoped("test").update(phone_fault=PhoneFault.NO_SUCH_NUMBER)
    correction = state(cast, customer)
    approve_correction(correction=correction, by=cast.feng)
    customer.refresh_from_db()
    assert (customer.phone, customer.phone_fault) == (NEW, "")
    assert customer.phone_index == keyed_index("phone", NEW)
    assert customer.phone_tail_index == keyed_index("tail", "2222")
    correction.refresh_from_db()
    assert (correction.state, correction.decided_by) == (CorrectionState.APPROVED, cast.feng)
    assert AuditEvent.objects.filter(action="correction.approve", actor_id=cast.feng.pk).exists()


def test_approving_the_spare_leaves_number_and_fault(cast: Cast, customer: Customer) -> None:
    Customer.objects.unscoped("test").update(phone_fault=PhoneFault.WRONG_PERSON)
    correction = state(cast, customer, field=CorrectionField.PHONE2)
    approve_correction(correction=correction, by=cast.feng)
    customer.refresh_from_db()
    assert (customer.phone, customer.phone2) == (OLD, NEW)
    assert customer.phone_fault == PhoneFault.WRONG_PERSON


def test_it_is_decided_once(cast: Cast, customer: Customer) -> None:
    correction = state(cast, customer)
    stale = Correction.objects.unscoped("test").get()
    reject_correction(correction=correction, by=cast.feng, reason="打不通")
    with pytest.raises(CorrectionRefused, match="处理过"):
        approve_correction(correction=stale, by=cast.feng)
    customer.refresh_from_db()
    assert customer.phone == OLD
    assert (correction.state, correction.reason) == (CorrectionState.REJECTED, "打不通")


def test_nobody_decides_their_own(cast: Cast, customer: Customer) -> None:
    correction = state(cast, customer, by=cast.feng)
    with pytest.raises(CorrectionRefused, match="另一位"):
        approve_correction(correction=correction, by=cast.feng)
    with pytest.raises(CorrectionRefused, match="另一位"):
        reject_correction(correction=correction, by=cast.feng, reason="x")
    assert states() == ["pending"]


def test_rejecting_needs_a_reason(cast: Cast, customer: Customer) -> None:
    with pytest.raises(CorrectionRefused, match="原因"):
        reject_correction(correction=state(cast, customer), by=cast.feng, reason="  ")
    assert states() == ["pending"]


def test_what_it_replaces_is_what_stands_when_it_is_adopted(cast: Cast, customer: Customer) -> None:
    correction = state(cast, customer)
    Customer.objects.unscoped("test").update(phone=OTHER)
    approve_correction(correction=correction, by=cast.feng)
    correction.refresh_from_db()
    assert correction.before_index == keyed_index("phone", OTHER)


def test_deleted_data_does_not_come_back(cast: Cast, customer: Customer) -> None:
    correction = state(cast, customer)
    customer.erased_at = correction.stated_at
    customer.save()
    with pytest.raises(CorrectionRefused, match="删除"):
        approve_correction(correction=correction, by=cast.feng)
    with pytest.raises(CorrectionRefused, match="删除"):
        state(cast, customer, OTHER)
    assert states() == ["pending"]


def test_a_reason_tells_no_number(cast: Cast, customer: Customer) -> None:
    correction = state(cast, customer)
    with pytest.raises(CorrectionRefused, match="不要写电话"):
        reject_correction(correction=correction, by=cast.feng, reason="应为 169-1234-5678")
    correction.refresh_from_db()
    assert correction.state == "pending"
