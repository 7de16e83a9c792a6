"""Encrypted fields: clear in Python, sealed in the table, not to be searched."""

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from tests.cast import Cast, make_lead
from trust.cipher import Unreadable
from whitelist.models import Customer


def stored(customer: Customer, column: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM whitelist_customer WHERE id = %s",
            [customer.pk],
        )
        return bytes(cursor.fetchone()[0])


def test_the_table_holds_nothing_in_clear(cast: Cast) -> None:
    customer = make_lead(cast, name="吕建国", phone="16900009999").customer
    assert b"16900009999" not in stored(customer, "phone")
    assert "吕建国".encode() not in stored(customer, "name")
    assert Customer.objects.unscoped("test").get(pk=customer.pk).phone == "16900009999"


def test_no_text_is_null(cast: Cast) -> None:
    customer = make_lead(cast).customer
    assert Customer.objects.unscoped("test").filter(pk=customer.pk, phone2__isnull=True).exists()
    customer.refresh_from_db()
    assert customer.phone2 == ""


@pytest.mark.django_db
@pytest.mark.parametrize("lookup", ["phone", "phone__contains", "phone__in", "phone__gt"])
def test_searching_an_encrypted_column_is_refused(lookup: str) -> None:
    with pytest.raises(FieldError):
        list(Customer.objects.unscoped("test").filter(**{lookup: "1"}))


def test_a_value_copied_between_columns_is_not_read(cast: Cast) -> None:
    customer = make_lead(cast).customer
    with connection.cursor() as cursor:
        cursor.execute("UPDATE whitelist_customer SET phone2 = phone WHERE id = %s", [customer.pk])
    with pytest.raises(Unreadable):
        Customer.objects.unscoped("test").get(pk=customer.pk)
