"""A later list does not undo what the field corrected, and knows better when it says something new."""

from typing import Any

import pytest

from outreach.actions.decide_correction import adopt_correction
from outreach.actions.put_list_in_force import put_list_in_force
from outreach.models import Lead
from outreach.tilekey import key_of
from tests.cast import SHOUGUANG, Cast
from tests.lists import approved, compared, put, undo
from trust.cipher import keyed_index
from whitelist.actions.corrections import state_correction
from whitelist.models import CorrectionField, Customer, PhoneFault, Programme

A, B, C, D = (f"1690000{letter * 4}" for letter in "1234")
OLD_ADDRESS, NEW_ADDRESS = "稻田镇刘庄村1号", "山东省潍坊市寿光市稻田镇王家庄村8号"
NEXT = (118.81, 36.87)
SHORT = {"0": "customer_no", "1": "name", "2": "product_code", "3": "amount", "4": "valid_to"}


@pytest.fixture(autouse=True)
def no_control_group(settings: Any) -> None:
    settings.CONTROL_GROUP_PERCENT = 0


def known() -> Customer:
    return Customer.objects.unscoped("test").get(customer_no="A")


def lead() -> Lead:
    return Lead.objects.unscoped("test").get(customer__customer_no="A")


def correct(cast: Cast, value: str, field: str = CorrectionField.PHONE) -> None:
    correction = state_correction(
        customer=known(), branch=cast.outlet, field=field, value=value, by=cast.wang
    )
    adopt_correction(correction=correction, by=cast.feng)


def fault(what: str = PhoneFault.NO_SUCH_NUMBER) -> None:
    Customer.objects.unscoped("test").update(phone_fault=what)


def test_a_list_that_still_says_the_old_number_does_not_win(cast: Cast) -> None:
    put(cast, [{"no": "A", "phone": A}, {"no": "B", "phone": A}])
    correct(cast, B)
    put(cast, [{"no": "A", "phone": A, "segment": "养殖"}, {"no": "B", "phone": A}])
    customer = known()
    assert (customer.phone, lead().segment) == (B, "养殖")
    assert customer.phone_index == keyed_index("phone", B)
    assert customer.phone_tail_index == keyed_index("tail", B[-4:])
    other = Customer.objects.unscoped("test").get(customer_no="B")
    assert other.phone == A


def test_a_list_that_says_a_third_number_wins(cast: Cast) -> None:
    put(cast, [{"no": "A", "phone": A}])
    correct(cast, B)
    put(cast, [{"no": "A", "phone": C}])
    assert known().phone == C


def test_the_newest_correction_stays_whichever_the_list_says(cast: Cast) -> None:
    put(cast, [{"no": "A", "phone": A}])
    correct(cast, B)
    correct(cast, C)
    for said, segment in ((A, "x"), (B, "y")):
        put(cast, [{"no": "A", "phone": said, "segment": segment}])
        assert (known().phone, lead().segment) == (C, segment)


def test_what_only_waits_or_was_rejected_holds_nothing(cast: Cast) -> None:
    put(cast, [{"no": "A", "phone": A}])
    field = CorrectionField.PHONE
    state_correction(customer=known(), branch=cast.outlet, field=field, value=B, by=cast.wang)
    put(cast, [{"no": "A", "phone": A, "segment": "养殖"}])
    assert known().phone == A


def test_undoing_a_list_does_not_undo_the_correction(cast: Cast) -> None:
    put(cast, [{"no": "A", "phone": A}])
    batch = put(cast, [{"no": "A", "phone": A, "segment": "养殖"}])
    correct(cast, B)
    undo(cast, batch)
    assert (known().phone, lead().segment) == (B, "")


def test_undoing_the_list_that_knew_better_goes_back_to_the_correction(cast: Cast) -> None:
    put(cast, [{"no": "A", "phone": A}])
    correct(cast, B)
    batch = put(cast, [{"no": "A", "phone": C}])
    undo(cast, batch)
    assert known().phone == B


def test_a_file_without_phones_keeps_the_corrected_one(cast: Cast) -> None:
    put(cast, [{"no": "A", "phone": A}])
    correct(cast, B)
    upload = compared(cast, [{"no": "A", "phone": "", "address": "", "point": None, "amount": 7}])
    upload.mapping = SHORT
    upload.save(update_fields=["mapping"])
    short = put_list_in_force(upload=approved(cast, upload), by=cast.feng)
    assert (known().phone, lead().amount) == (B, 7)
    undo(cast, short)
    assert known().phone == B


def test_another_programme_that_says_the_old_number_does_not_win(cast: Cast) -> None:
    put(cast, [{"no": "A", "phone": A}])
    correct(cast, B)
    other = Programme.objects.create(code="P2", name="另一项目", owner=cast.hq)
    put(cast, [{"no": "A", "phone": A}], programme=other)
    assert known().phone == B


def test_an_old_number_stays_faulty_and_another_one_is_not(cast: Cast) -> None:
    put(cast, [{"no": "A", "phone": A}])
    fault()
    put(cast, [{"no": "A", "phone": A, "segment": "养殖"}])
    assert known().phone_fault == PhoneFault.NO_SUCH_NUMBER
    put(cast, [{"no": "A", "phone": D}])
    assert (known().phone, known().phone_fault) == (D, "")


def test_a_corrected_number_that_is_faulty_too_stays_so(cast: Cast) -> None:
    put(cast, [{"no": "A", "phone": A}])
    correct(cast, B)
    fault(PhoneFault.WRONG_PERSON)
    put(cast, [{"no": "A", "phone": A, "segment": "养殖"}])
    assert (known().phone, known().phone_fault) == (B, PhoneFault.WRONG_PERSON)


def test_going_back_from_the_lists_faulty_number_clears_the_fault(cast: Cast) -> None:
    put(cast, [{"no": "A", "phone": A}])
    correct(cast, B)
    batch = put(cast, [{"no": "A", "phone": C}])
    fault()
    undo(cast, batch)
    assert (known().phone, known().phone_fault) == (B, "")


def test_an_address_and_its_place_stay(cast: Cast) -> None:
    put(cast, [{"no": "A", "address": OLD_ADDRESS}])
    assert lead().tile_key == key_of(*SHOUGUANG)
    correct(cast, NEW_ADDRESS, CorrectionField.HOME_ADDRESS)
    assert (lead().tile_key, lead().village) == (key_of(*NEXT), cast.next_village)
    other = Programme.objects.create(code="P2", name="另一项目", owner=cast.hq)
    upload = compared(cast, [{"no": "A", "address": OLD_ADDRESS}], programme=other)
    upload.rows.update(address_kind="home")
    put_list_in_force(upload=approved(cast, upload), by=cast.feng)
    assert known().home_address == NEW_ADDRESS
    assert (lead().tile_key, lead().village) == (key_of(*NEXT), cast.next_village)


def test_a_new_address_of_the_list_wins_with_its_place(cast: Cast) -> None:
    put(cast, [{"no": "A", "address": OLD_ADDRESS}])
    correct(cast, NEW_ADDRESS, CorrectionField.HOME_ADDRESS)
    elsewhere = (118.9, 36.9)
    put(cast, [{"no": "A", "address": "纪台镇", "point": elsewhere}])
    assert known().home_address == "纪台镇"
    assert lead().tile_key == key_of(*elsewhere)


def test_deleted_data_is_not_put_back(cast: Cast) -> None:
    put(cast, [{"no": "A", "phone": A}])
    correct(cast, B)
    customer = known()
    customer.erased_at, customer.phone = customer.created_at, ""
    customer.save()
    put(cast, [{"no": "A", "phone": A, "segment": "养殖"}])
    assert known().phone == ""
