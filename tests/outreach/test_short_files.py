"""A file without a column says nothing about it; an empty cell says there is nothing."""

from typing import Any

import pytest

from outreach.actions.put_list_in_force import put_list_in_force
from outreach.models import Lead
from tests.cast import Cast
from tests.lists import approved, compared, put, undo
from whitelist.models import Customer, Location, WhitelistBatch

pytestmark = pytest.mark.usefixtures("no_control_group")
FULL = {"id_number": "379901198001010010", "phone": "16900004321", "segment": "蔬菜种植"}
NOTHING: dict[str, Any] = {"phone": "", "address": "", "segment": "", "point": None}
SHORT = {"0": "customer_no", "1": "name", "2": "product_code", "3": "amount", "4": "valid_to"}


@pytest.fixture
def no_control_group(settings: Any) -> None:
    settings.CONTROL_GROUP_PERCENT = 0


def put_short(cast: Cast, **row: Any) -> WhitelistBatch:
    """A list whose file had the columns of SHORT alone."""
    upload = compared(cast, [{"no": "A", **NOTHING, **row}])
    upload.mapping = SHORT
    upload.save(update_fields=["mapping"])
    return put_list_in_force(upload=approved(cast, upload), by=cast.feng)


def known() -> tuple[Customer, Lead]:
    customer = Customer.objects.unscoped("test").get()
    return customer, Lead.objects.unscoped("test").get()


def test_phone_address_segment_and_place_survive_a_file_without_them(cast: Cast) -> None:
    put(cast, [{"no": "A", **FULL}])
    before, lead_before = known()
    put_short(cast, name="吕建", amount=7)
    customer, lead = known()
    assert (customer.name, lead.amount) == ("吕建", 7)
    assert (customer.phone, customer.phone_index) == ("16900004321", before.phone_index)
    assert customer.home_address == before.home_address
    assert (lead.segment, lead.tile_key) == ("蔬菜种植", lead_before.tile_key)
    assert Location.objects.filter(is_current=True).get().lon is not None


def test_undoing_the_list_before_goes_back_to_the_whole_truth(cast: Cast) -> None:
    put(cast, [{"no": "A", **FULL}])
    put_short(cast, amount=7)
    last = put(cast, [{"no": "A", "phone": "16900009999", "amount": 9}])
    undo(cast, last)
    customer, lead = known()
    assert (customer.phone, lead.amount, lead.segment) == ("16900004321", 7, "蔬菜种植")


def test_an_empty_cell_in_a_column_that_is_there_does_empty(cast: Cast) -> None:
    put(cast, [{"no": "A", **FULL}])
    put(cast, [{"no": "A", **NOTHING}])
    customer, lead = known()
    assert (customer.phone, lead.segment) == ("", "")
