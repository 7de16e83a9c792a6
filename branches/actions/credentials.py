"""Passwords, PINs and the work phone: what a person sets, and what is reset for them."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import is_password_usable, make_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from branches.actions.devices import revoke_devices
from branches.models import FormerPassword, Staff
from trust import audit

READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # no 0/o, 1/l/i: it is read out over the phone
GROUPS, LETTERS_A_GROUP = 3, 4  # 12 characters, 59 bits


@transaction.atomic
def change_password(*, password: str, by: Staff) -> None:
    """Their own. Every device needs it from now on."""
    keep_former(staff=by, password=by.password)
    by.set_password(password)
    by.must_change_password = False
    by.password_expires_at, by.password_changed_at = None, timezone.now()
    by.save(
        update_fields=[
            *("password", "must_change_password"),
            *("password_expires_at", "password_changed_at"),
        ]
    )
    revoke_devices(staff=by, by=by, reason="password")
    audit.record("staff.password", by=by, target=f"staff:{by.pk}")


@transaction.atomic
def set_pin(*, pin: str, by: Staff) -> None:
    """Their own six digits, hashed as passwords are. Devices that knew the old one are forgotten."""
    by.pin = make_password(pin)
    by.save(update_fields=["pin"])
    revoke_devices(staff=by, by=by, reason="pin")
    audit.record("staff.pin", by=by, target=f"staff:{by.pk}")


@transaction.atomic
def set_work_phone(*, phone: str, by: Staff) -> None:
    by.work_phone = phone
    by.save(update_fields=["work_phone"])
    audit.record("staff.work_phone", by=by, target=f"staff:{by.pk}", empty=not phone)


@transaction.atomic
def reset_password(*, staff: Staff, by: Staff) -> str:
    """A temporary password for a colleague who forgot theirs, returned this once and not stored.

    It is good for one login within `TEMPORARY_PASSWORD_HOURS`, which asks for a
    password of their own. Their sessions and devices end.

    Raises:
        PermissionDenied: see `StaffQuerySet.resettable_by`.
    """
    if not Staff.objects.resettable_by(by).filter(pk=staff.pk).exists():
        raise PermissionDenied
    password = "-".join(
        "".join(secrets.choice(READABLE) for _ in range(LETTERS_A_GROUP)) for _ in range(GROUPS)
    )
    keep_former(staff=staff, password=staff.password)
    staff.set_password(password)
    staff.save(update_fields=["password"])
    make_temporary(staff=staff, by=by)
    audit.record("staff.password_reset", by=by, target=f"staff:{staff.pk}")
    return password


@transaction.atomic
def make_temporary(*, staff: Staff, by: Staff) -> None:
    """The password somebody else just set is known to two people: it must be changed soon.

    The caller records what was done.
    """
    staff.must_change_password = True
    staff.password_expires_at = timezone.now() + timedelta(hours=settings.TEMPORARY_PASSWORD_HOURS)
    staff.pin = ""
    staff.save(update_fields=["must_change_password", "password_expires_at", "pin"])
    revoke_devices(staff=staff, by=by, reason="password")


def keep_former(*, staff: Staff, password: str) -> None:
    """Remember the hash that is about to be replaced, as far back as PASSWORD_HISTORY says."""
    if settings.PASSWORD_HISTORY and is_password_usable(password):
        FormerPassword.objects.create(staff=staff, password=password)
    mine = FormerPassword.objects.filter(staff=staff)
    kept = list(mine.values_list("pk", flat=True)[: settings.PASSWORD_HISTORY])
    mine.exclude(pk__in=kept).delete()
