"""The second factor: begun, put in force, proved at the door, taken off, reset."""

import secrets

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from branches.actions.credentials import READABLE
from branches.actions.sessions import begin_anew
from branches.authenticator import as_typed, new_secret, step_of
from branches.locking import FAILED, LOCKED, is_locked
from branches.models import Passkey, RecoveryCode, SecondFactor, Staff
from trust import audit
from trust.cipher import keyed_indexes

RECOVERY_CODES = 10
LETTERS = 10  # of a recovery code: 49 bits, and hashed with a key


@transaction.atomic
def begin_enrolment(*, by: Staff) -> SecondFactor:
    """A new secret for their phone. What they began before and did not finish is void.

    Raises:
        PermissionDenied: they have one in force, which must be taken off first.
    """
    by.take_turn()
    if SecondFactor.objects.of(by):
        raise PermissionDenied
    SecondFactor.objects.filter(staff=by).delete()
    factor = SecondFactor.objects.create(staff=by, secret=new_secret())
    audit.record("factor.begin", by=by, target=f"staff:{by.pk}")
    return factor


@transaction.atomic
def confirm_enrolment(*, factor: SecondFactor, code: str, by: Staff) -> list[str]:
    """In force from now on, if their phone shows the right code.

    Returns the recovery codes, this once; none when the code is wrong. All their
    sessions end (the caller keeps the one that asked), and devices are forgotten.
    """
    step = step_of(factor.secret, as_typed(code), after=factor.last_step)
    begun = SecondFactor.objects.filter(pk=factor.pk, staff=by, confirmed_at=None)
    if step is None or not begun.update(confirmed_at=timezone.now(), last_step=step):
        return []
    codes = _fresh_codes(factor)
    begin_anew(staff=by, by=by, reason="factor")
    audit.record("factor.enrol", by=by, target=f"staff:{by.pk}")
    return codes


@transaction.atomic
def prove(*, staff: Staff, code: str, by: Staff | None) -> str:
    """Check a code of the phone or a recovery code: "" when it is right, else why not.

    A wrong one is recorded and counted as a wrong password is, one try after the
    other. `by` is nobody at the door: who stands there is what is being found out.
    """
    staff.take_turn()
    locked = is_locked(staff)
    if not locked and _is_accepted(staff, as_typed(code)):
        return ""
    target, result = f"staff:{staff.pk}", LOCKED if locked else FAILED
    audit.record("session.login_failed", by=by, target=target, result=result, asked="code")
    return result


@transaction.atomic
def renew_recovery_codes(*, by: Staff) -> list[str]:
    """Ten new ones; what is left of the old ones opens nothing any more."""
    factor = SecondFactor.objects.in_force().get(staff=by)
    codes = _fresh_codes(factor)
    audit.record("factor.codes", by=by, target=f"staff:{by.pk}")
    return codes


@transaction.atomic
def take_off(*, by: Staff) -> None:
    """Their own, proved a moment ago with password and code. Sessions end as at the enrolment."""
    SecondFactor.objects.filter(staff=by).delete()
    begin_anew(staff=by, by=by, reason="factor")
    audit.record("factor.take_off", by=by, target=f"staff:{by.pk}")


@transaction.atomic
def reset_second_factor(*, staff: Staff, by: Staff | None) -> None:
    """A colleague's, whose phone or keys are lost: sessions end, the password alone opens next time.

    Whoever must have one enrols again then. `by` is None for the command of the
    machine's administrator (`reset_mfa`).

    Raises:
        PermissionDenied: see `StaffQuerySet.factor_resettable_by`.
    """
    if by and not Staff.objects.factor_resettable_by(by).filter(pk=staff.pk).exists():
        raise PermissionDenied
    count, _tables = SecondFactor.objects.filter(staff=staff).delete()
    keys, _tables = Passkey.objects.filter(staff=staff).delete()
    begin_anew(staff=staff, by=by, reason="factor")
    result = "ok" if count or keys else "none"
    audit.record("factor.reset", by=by, target=f"staff:{staff.pk}", result=result, keys=keys)


def _is_accepted(staff: Staff, code: str) -> bool:
    """Whether the code is right, and from now on used. Only one of two at once is."""
    factor = SecondFactor.objects.of(staff)
    if factor is None:
        return False
    step = step_of(factor.secret, code, after=factor.last_step)
    if step is not None:
        later = SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step)
        return bool(later.update(last_step=step))
    unused = factor.recovery_codes.filter(digest__in=_digests(factor, code), used_at=None)
    if not unused.update(used_at=timezone.now()):
        return False
    target = f"staff:{staff.pk}"
    audit.record("factor.recovery_used", by=staff, target=target, left=factor.codes_left)
    return True


def _fresh_codes(factor: SecondFactor) -> list[str]:
    """Recovery codes as people write them down (``abcde-fghjk``); the table has their hashes."""
    codes = [
        "".join(secrets.choice(READABLE) for _ in range(LETTERS)) for _ in range(RECOVERY_CODES)
    ]
    factor.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(factor=factor, digest=_digests(factor, code)[0]) for code in codes
    )
    half = LETTERS // 2
    return [f"{code[:half]}-{code[half:]}" for code in codes]


def _digests(factor: SecondFactor, code: str) -> list[bytes]:
    return keyed_indexes("recovery", f"{factor.pk}:{code}")
