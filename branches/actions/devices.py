"""Devices that may open the door again by PIN: remembered, tried, forgotten."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from branches.models import RememberedDevice, Staff
from trust import audit

PIN_TRIES = 5  # wrong PINs in a row after which a device is forgotten


@transaction.atomic
def remember_device(
    *, staff: Staff, label: str, by: Staff, address: str = ""
) -> tuple[RememberedDevice, str]:
    """Somebody gave their password here: until `SESSION_HOURS` later the PIN is enough.

    Returns the device and the token for its cookie. What is long past goes.
    """
    now = timezone.now()
    RememberedDevice.objects.filter(expires_at__lt=now - timedelta(days=30)).delete()
    device, token = RememberedDevice.remember(
        staff,
        label=label,
        address=address,
        until=now + timedelta(hours=settings.SESSION_HOURS),
    )
    audit.record("device.remember", by=by, target=f"staff:{staff.pk}", device=device.pk)
    return device, token


@transaction.atomic
def enter_by_pin(*, device: RememberedDevice, pin: str, by: None = None) -> bool:
    """Whether the PIN is the one of the device's owner. The try is counted before it is made.

    `by` is nobody: who stands at the door is what is being found out.
    """
    staff = device.staff
    usable = RememberedDevice.objects.filter(
        pk=device.pk, revoked_at=None, expires_at__gt=timezone.now(), failures__lt=PIN_TRIES
    )
    if not staff.pin or not usable.update(failures=F("failures") + 1):
        return False
    target = f"staff:{staff.pk}"
    if check_password(pin, staff.pin):
        RememberedDevice.objects.filter(pk=device.pk).update(
            failures=0, last_used_at=timezone.now()
        )
        if staff.needs_second_factor:  # not in yet: the code is asked for now
            audit.record("session.pin_given", by=by, target=target, device=device.pk)
        else:
            audit.record("session.login_by_pin", by=staff, target=target, device=device.pk)
        return True
    audit.record("session.login_failed", by=by, target=target, result="wrong_pin", device=device.pk)
    device.refresh_from_db(fields=["failures"])
    if device.failures >= PIN_TRIES:
        revoke_devices(staff=staff, by=None, reason="wrong_pins", only=device.pk)
    return False


@transaction.atomic
def revoke_devices(
    *,
    staff: Staff,
    by: Staff | None,
    reason: str,
    only: int | None = None,
    but: int | None = None,
) -> int:
    """From now on these devices need the password: one by its key, all of `staff`'s, or all but one.

    A session that stands on such a device ends within a minute.
    """
    devices = RememberedDevice.objects.filter(staff=staff, revoked_at=None)
    if only is not None:
        devices = devices.filter(pk=only)
    devices = devices.exclude(pk=but) if but is not None else devices
    count = devices.update(revoked_at=timezone.now())
    if count:
        target = f"staff:{staff.pk}"
        audit.record("device.revoke", by=by, target=target, reason=reason, count=count)
    return count
