"""SM4-GCM and HMAC-SM3: as the standards have them, and as strict as the others."""

import os

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from hypothesis import given
from hypothesis import strategies as st

from trust.algorithms import HmacSm3, InvalidTag, Sm4Gcm
from trust.cipher import Unreadable, keyed_index, keyed_indexes, seal, unseal
from trust.keyring import NoRing, ring_of

PLACE = "whitelist_customer.phone"


def test_sm4_gcm_as_in_rfc_8998() -> None:
    """Appendix A.1."""
    plain = bytes.fromhex("".join(letter * 16 for letter in "ABCDEFEA"))
    sealed = Sm4Gcm(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")).encrypt(
        bytes.fromhex("00001234567800000000ABCD"),
        plain,
        bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"),
    )
    assert sealed.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0"),
        (b"abcd" * 16, "DEBE9FF92275B8A138604889C18E5A4D6FDB70E5387E5765293DCBA39C0C5732"),
    ],
)
def test_sm3_as_in_gbt_32905(message: bytes, digest: str) -> None:
    """Appendix A; and the HMAC made of it is RFC 2104's."""
    found = hashes.Hash(hashes.SM3())
    found.update(message)
    assert found.finalize().hex().upper() == digest
    key = bytes(range(32))
    inner = _sm3(bytes(b ^ 0x36 for b in key.ljust(64, b"\0")) + message)
    outer = _sm3(bytes(b ^ 0x5C for b in key.ljust(64, b"\0")) + inner)
    assert HmacSm3(key)(message) == outer
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(message)
    assert mac.finalize() == outer


def _sm3(content: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize()


@given(st.binary(), st.data())
def test_one_changed_byte_tells_nothing(plain: bytes, data: st.DataObject) -> None:
    aead, nonce = Sm4Gcm(os.urandom(16)), os.urandom(12)
    sealed = bytearray(aead.encrypt(nonce, plain, b"here"))
    assert aead.decrypt(nonce, bytes(sealed), b"here") == plain
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    for altered in (bytes(sealed), bytes(sealed[:15])):
        with pytest.raises(InvalidTag):
            aead.decrypt(nonce, altered, b"here")


def test_a_ring_opens_what_either_algorithm_sealed(settings) -> None:
    settings.FIELD_KEYS = f"1:{'1a' * 32}"
    before = seal("吕建国", PLACE)
    settings.FIELD_KEYS = f"2:sm:{'5c' * 16},{settings.FIELD_KEYS}"
    after = seal("吕建国", PLACE)
    assert (before[0], after[0]) == (1, 2)
    assert unseal(before, PLACE) == unseal(after, PLACE) == "吕建国"
    with pytest.raises(Unreadable, match="another algorithm"):
        unseal(bytes((1, 2)) + after[2:], PLACE)


def test_an_index_of_sm3_goes_over_the_former_one(settings) -> None:
    before = keyed_index("phone", "16900000001")
    settings.INDEX_KEYS = f"2:sm:{'5c' * 32},{settings.INDEX_KEYS}"
    newest, oldest = keyed_indexes("phone", "16900000001")
    assert oldest == before
    assert newest == b"\2" + HmacSm3(b"\x5c" * 32)(before)[:16]


@pytest.mark.parametrize(
    "ring",
    ["", "1", "x:ab", "1:", "1:zz", "0:ab", "256:ab", "1:sm4:ab", "1:ab,1:cd", "1:sm:ab:cd"],
)
def test_no_ring(ring: str) -> None:
    with pytest.raises(NoRing):
        ring_of(ring)
