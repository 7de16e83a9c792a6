"""The codes are those of RFC 6238, on any phone; early or late by a step, and none twice."""

from base64 import b32encode
from datetime import UTC, datetime

import pytest
import time_machine

from branches.authenticator import STEP, address, as_typed, code_at, new_secret, step_of

RFC_SECRET = b32encode(b"12345678901234567890").decode()
# Appendix B, SHA-1; six of its eight digits.
RFC = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
NOON = int(datetime(2026, 11, 24, 4, 0, 10, tzinfo=UTC).timestamp())
SECRET = new_secret()


@pytest.mark.parametrize(("at", "code"), RFC)
def test_the_vectors_of_the_rfc(at: int, code: str) -> None:
    assert code_at(RFC_SECRET, at) == code
    with time_machine.travel(at, tick=False):
        assert step_of(RFC_SECRET, code, after=0) == at // STEP


@pytest.mark.parametrize(("steps", "good"), [(-2, 0), (-1, 1), (0, 1), (1, 1), (2, 0)])
@time_machine.travel(NOON, tick=False)
def test_a_clock_may_be_off_by_one_step(steps: int, good: int) -> None:
    found = step_of(SECRET, code_at(SECRET, NOON + steps * STEP), after=0)
    assert found == (NOON // STEP + steps if good else None)


@time_machine.travel(NOON, tick=False)
def test_a_step_is_good_once_and_so_are_those_before_it() -> None:
    step = step_of(SECRET, code_at(SECRET, NOON), after=0)
    assert step is not None
    for earlier in (NOON, NOON - STEP):
        assert step_of(SECRET, code_at(SECRET, earlier), after=step) is None
    assert step_of(SECRET, code_at(SECRET, NOON + STEP), after=step) == step + 1


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", "\0", "-12345"])
def test_what_is_no_code(code: str) -> None:
    assert step_of(SECRET, code, after=0) is None


def test_what_people_type() -> None:
    assert as_typed(" 123 456 ") == as_typed("１２３４５６") == "123456"
    assert as_typed("ABCDE-fghjk") == "abcdefghjk"
    assert len(as_typed("9" * 100_000)) == 64


def test_a_secret_is_160_bits_and_its_address_says_what_every_authenticator_reads() -> None:
    assert len(new_secret()) == 32 and new_secret() != new_secret()
    said = address(SECRET, account="0001", issuer="营销地图")
    assert said.startswith("otpauth://totp/") and f"secret={SECRET}" in said
    assert "period=30" in said and "digits=6" in said and "algorithm=SHA1" in said
