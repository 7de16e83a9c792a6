"""Sessions ended before their time: all others of one's own, or all of a colleague's."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from branches.actions.devices import revoke_devices
from branches.models import Staff
from trust import audit


@transaction.atomic
def begin_anew(*, staff: Staff, by: Staff | None, reason: str, keep: int | None = None) -> None:
    """Every session of theirs ends at its next request, every device needs the password again.

    But the device `keep`. The caller records what was done, and lets the session that asked go
    on (`update_session_auth_hash`).
    """
    Staff.objects.filter(pk=staff.pk).update(session_epoch=F("session_epoch") + 1)
    staff.refresh_from_db(fields=["session_epoch"])
    revoke_devices(staff=staff, by=by, reason=reason, but=keep)


@transaction.atomic
def end_other_sessions(*, by: Staff, keep: int | None) -> None:
    """One's own, but the one that asks, which stands on the device `keep`."""
    begin_anew(staff=by, by=by, reason="elsewhere", keep=keep)
    audit.record("session.end_others", by=by, target=f"staff:{by.pk}")


@transaction.atomic
def end_sessions_of(*, staff: Staff, by: Staff) -> None:
    """A colleague's, all of them: a lost phone, a strange login. Their password stays.

    Raises:
        PermissionDenied: see `StaffQuerySet.sessions_endable_by`.
    """
    if not Staff.objects.sessions_endable_by(by).filter(pk=staff.pk).exists():
        raise PermissionDenied
    begin_anew(staff=staff, by=by, reason="administrator")
    audit.record("session.end_all", by=by, target=f"staff:{staff.pk}")
