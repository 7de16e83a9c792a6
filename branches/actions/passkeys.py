"""Passkeys: added, proved with, taken away."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.actions.sessions import begin_anew
from branches.locking import FAILED, LOCKED, is_locked
from branches.models import Passkey, Staff
from branches.passkeys import MOST, NotProved, digest_of, new_key, proof
from trust import audit


@transaction.atomic
def add_passkey(*, answer: str, challenge: bytes, label: str, by: Staff) -> Passkey:
    """A key the browser just made. With the first second factor all their sessions end.

    Raises:
        NotProved: the answer does not hold, or the key is somebody's already.
        PermissionDenied: they have as many as one may.
    """
    by.take_turn()
    if Passkey.objects.of(by).count() >= MOST:
        raise PermissionDenied
    made = new_key(answer, challenge)
    was_open = not by.has_second_factor
    try:
        with transaction.atomic():
            key = Passkey.objects.create(
                staff=by,
                label=label,
                host=settings.PASSKEY_HOST,
                credential_id=made.credential_id,
                digest=digest_of(made.credential_id),
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
            )
    except IntegrityError:
        raise NotProved("known already") from None
    if was_open:
        begin_anew(staff=by, by=by, reason="passkey")
    audit.record("passkey.add", by=by, target=f"staff:{by.pk}", key=key.pk)
    return key


@transaction.atomic
def prove_by_passkey(
    *, staff: Staff, answer: str, challenge: bytes | None, by: Staff | None
) -> str:
    """Check the browser's answer: "" when it holds, else why not, counted as a wrong code is.

    A key that counts and did not count on is a copy of another: refused, and said in the log.
    """
    staff.take_turn()
    target, result, is_copy = f"staff:{staff.pk}", FAILED, False
    if is_locked(staff):
        result = LOCKED
    elif challenge is not None:
        try:
            key, proved = proof(answer, challenge, Passkey.objects.of(staff))
            if _counted_on(key, proved.new_sign_count):
                return ""
            is_copy = True
        except NotProved:
            pass
    audit.record(
        "session.login_failed", by=by, target=target, result=result, asked="passkey", copy=is_copy
    )
    return result


@transaction.atomic
def remove_passkey(*, passkey: Passkey, by: Staff) -> None:
    """One's own: lost, or not needed any more. Sessions that it may have opened end."""
    pk = passkey.pk
    passkey.delete()
    begin_anew(staff=by, by=by, reason="passkey")
    audit.record("passkey.remove", by=by, target=f"staff:{by.pk}", key=pk)


def _counted_on(key: Passkey, count: int) -> bool:
    """Write its count down. Two answers with one count: one of them is not the key's."""
    same = Passkey.objects.filter(pk=key.pk)
    same = same.filter(sign_count__lt=count) if count or key.sign_count else same
    return bool(same.update(sign_count=count, last_used_at=timezone.now()))
