"""After the restart with a new key and before `rotate_keys` has ended, all are found all the same."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from benchmarks.key_rotation import new_rings, rings_now
from branches.actions.second_factor import prove
from marketing_map.map_views.search import search
from outreach.actions.correct_customer import note_phone_fault
from outreach.actions.erase_customer import erase_customer
from outreach.models import CallState, Channel, ContactLog, Lead
from tests.cast import Cast, make_lead
from tests.factors import enrolled
from tests.lists import id_index, make_upload
from trust.cipher import keyed_index
from whitelist.actions.phone_fault import state_phone_fault
from whitelist.models import Customer, PhoneFault, UploadProblem

pytestmark = pytest.mark.django_db
NUMBER = "16900001234"


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang, name="吕建国", phone=NUMBER)


@pytest.fixture
def restart(settings: Any) -> Any:
    """Everything runs with new keys from now on; nothing is moved yet."""

    def with_new_keys() -> None:
        for name, ring in new_rings(rings_now(), national=False).items():
            setattr(settings, name, ring)

    return with_new_keys


def faults() -> set[str]:
    return set(Customer.objects.unscoped("t").values_list("phone_fault", flat=True))


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("asked", ["吕建国", "1234"])
def test_who_is_searched(cast: Cast, lead: Lead, restart: Any, asked: str, moved: bool) -> None:
    restart()
    if moved:
        call_command("rotate_keys")
    assert [row.lead.pk for row in search(asked, user=cast.zhao).rows] == [lead.pk]


def test_a_recovery_code_of_before(cast: Cast, restart: Any) -> None:
    phone = enrolled(cast.zhao)
    restart()
    assert prove(staff=cast.zhao, code=phone.recovery_codes[0], by=None) == ""
    assert prove(staff=cast.zhao, code=phone.recovery_codes[0], by=None) != ""


def test_what_a_call_found_out_about_a_number(cast: Cast, lead: Lead, restart: Any) -> None:
    """Dialled before the restart, and the customer's own index is moved by now."""
    log = ContactLog.objects.create(
        uuid=uuid4(), lead=lead, staff=cast.wang, channel=Channel.CALL, started_at=timezone.now(),
        call_state=CallState.NO_SUCH_NUMBER, dialled_index=keyed_index("phone", NUMBER),
    )  # fmt: skip
    restart()
    customers = Customer.objects.unscoped("t")
    customers.update(phone_index=keyed_index("phone", NUMBER))
    log = ContactLog.objects.unscoped("t").get(pk=log.pk)
    note_phone_fault(log=log, by=cast.wang)
    assert faults() == {PhoneFault.NO_SUCH_NUMBER}


def test_a_fault_stated_while_the_index_is_moved_under_ones_hands(
    cast: Cast, lead: Lead, restart: Any
) -> None:
    restart()
    customer = Customer.objects.unscoped("t").get()
    call_command("rotate_keys")
    assert state_phone_fault(customer=customer, fault=PhoneFault.WRONG_PERSON, by=cast.wang)
    assert faults() == {PhoneFault.WRONG_PERSON}


def test_a_deletion_finds_reports_of_before_and_of_since(
    cast: Cast, lead: Lead, restart: Any
) -> None:
    number = Customer.objects.unscoped("t").get().id_number
    Customer.objects.unscoped("t").update(id_index=id_index(number), customer_no=None)
    upload = make_upload(cast, [], broken=[{"no": "X1"}, {"no": "X2"}])
    first, second = UploadProblem.objects.filter(upload=upload)
    UploadProblem.objects.filter(pk=first.pk).update(shown="吕**", id_index=id_index(number))
    restart()
    UploadProblem.objects.filter(pk=second.pk).update(shown="吕**", id_index=id_index(number))
    erase_customer(customer=Customer.objects.unscoped("t").get(), by=None, reason="客户要求")
    assert set(UploadProblem.objects.values_list("shown", flat=True)) == {""}
