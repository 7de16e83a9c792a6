"""A sealed value opens under its own key, for its own column, unaltered; else never."""

import hmac

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from trust.cipher import INDEX_BYTES, Unreadable, keyed_index, seal, seal_each, unseal

OTHER_KEY = "ab" * 32
PLACE = "whitelist_customer.phone"


@given(st.text())
def test_what_is_sealed_opens_again(text: str) -> None:
    assert unseal(seal(text, PLACE), PLACE) == text


def test_the_same_text_is_never_sealed_alike() -> None:
    assert seal("16900000001", PLACE) != seal("16900000001", PLACE)


def test_a_value_moved_to_another_column_does_not_open() -> None:
    with pytest.raises(Unreadable):
        unseal(seal("16900000001", PLACE), "whitelist_customer.phone2")


@given(st.data())
def test_one_changed_byte_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(seal("吕建国", PLACE))
    where = data.draw(st.integers(0, len(sealed) - 1))
    sealed[where] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Unreadable):
        unseal(bytes(sealed), PLACE)


def test_another_key_does_not_open(settings) -> None:
    sealed = seal("吕建国", PLACE)
    settings.FIELD_KEYS = f"1:{OTHER_KEY}"
    with pytest.raises(Unreadable):
        unseal(sealed, PLACE)


def test_after_a_new_key_the_old_values_still_open(settings) -> None:
    sealed = seal("吕建国", PLACE)
    settings.FIELD_KEYS = f"2:{OTHER_KEY},{settings.FIELD_KEYS}"
    assert unseal(sealed, PLACE) == "吕建国"
    assert seal("吕建国", PLACE)[1] == 2


def test_clear_text_in_the_column_is_an_error_not_an_answer() -> None:
    with pytest.raises(Unreadable):
        unseal(b"16900000001", PLACE)


def test_an_index_is_keyed_and_tells_its_uses_apart(settings) -> None:
    index = keyed_index("phone", "16900000001")
    assert len(index) == INDEX_BYTES
    assert index == keyed_index("phone", "16900000001")
    assert index != keyed_index("tail", "16900000001")
    settings.INDEX_KEYS = f"1:{OTHER_KEY}"
    assert index != keyed_index("phone", "16900000001")


@given(st.text(), st.binary(min_size=1, max_size=100))
def test_an_index_is_hmac_as_the_standard_library_has_it(value: str, key: bytes) -> None:
    with override_settings(INDEX_KEYS=f"1:{key.hex()}"):
        expected = hmac.digest(key, f"phone\0{value}".encode(), "sha256")
        assert keyed_index("phone", value) == expected[:INDEX_BYTES]


def test_the_values_of_a_row_are_sealed_each_for_its_column() -> None:
    places = ("t.name", "t.phone", "t.phone2")
    name, empty, phone = seal_each(("吕建国", "", "16900000001"), [p.encode() for p in places])
    assert empty is None
    assert (unseal(name, "t.name"), unseal(phone, "t.phone2")) == ("吕建国", "16900000001")
    with pytest.raises(Unreadable):
        unseal(name, "t.phone2")
    assert name[2:14] != phone[2:14], "no nonce twice"
