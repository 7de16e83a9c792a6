#!/usr/bin/env python3
"""When sessions end, measured to the second by travelling in time; one line, and 1 when a promise fails.

    python benchmarks/sessions_end.py
    python scripts/with_postgres.py .venv/bin/python benchmarks/sessions_end.py

Each figure is found by bisection: the last second at which the person is still in is tried as well
as the first at which they are out. Logins are the real ones, through every middleware.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")

MINUTE, HOUR = 60, 3600
PASSWORD = "pflaume im september"
_day = datetime(2027, 1, 4, 0, 30, tzinfo=UTC)


def another_day() -> datetime:
    """The morning of a day on which nothing has happened yet."""
    global _day
    _day += timedelta(days=1)
    return _day


def at(start: datetime, seconds: float) -> Any:
    import time_machine

    return time_machine.travel(start + timedelta(seconds=seconds), tick=False)


def logged_in(password: str = PASSWORD) -> Any:
    from django.test import Client

    client = Client()
    client.post("/login/", {"username": "wang", "password": password})
    return client


def is_in(client: Any) -> bool:
    return bool(client.get("/me/").status_code == 200)


def first_out(still_in: Callable[[int], bool], low: int, high: int) -> int:
    """The first second at which somebody is out; they are in at `low`."""
    if not still_in(low) or still_in(high):
        return -1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if still_in(middle) else (low, middle)
    return high


def in_after_idling(seconds: int) -> bool:
    start = another_day()
    with at(start, 0):
        client = logged_in()
        is_in(client)
    with at(start, seconds):
        return is_in(client)


def in_after_working(seconds: int) -> bool:
    """With something done every ten minutes."""
    start = another_day()
    with at(start, 0):
        client = logged_in()
    for moment in range(0, seconds, 10 * MINUTE):
        with at(start, moment):
            is_in(client)
    with at(start, seconds):
        return is_in(client)


def failures_that_lock() -> int:
    """Wrong passwords after which the right one does not open any more; 0: none of ten do."""
    for wrong in range(1, 11):
        with at(another_day(), 0):
            for _ in range(wrong):
                logged_in("wrong")
            if not is_in(logged_in()):
                return wrong
    return 0


def locked_after(seconds: int) -> bool:
    start = another_day()
    with at(start, 0):
        for _ in range(5):
            logged_in("wrong")
    with at(start, seconds):
        return not is_in(logged_in())


def longest_out(happens: Callable[[Any], None]) -> int:
    """Seconds until each of two browsers, one that was just used and one that was not, is out."""
    from branches.models import Staff

    longest = 0
    for used_before in (0, 59, 61):
        start = another_day()
        Staff.objects.filter(username="wang").update(is_active=True)
        with at(start, 0):
            client = logged_in()
            is_in(client)
        with at(start, 300 - used_before):
            is_in(client)
        with at(start, 300):
            happens(client)
        for seconds in range(5 * MINUTE):
            with at(start, 300 + seconds):
                if not is_in(client):
                    longest = max(longest, seconds)
                    break
        else:
            return -1
        Staff.objects.filter(username="wang").update(is_active=True)
    return longest


def disable(client: Any) -> None:
    from branches.models import Staff

    Staff.objects.filter(username="wang").update(is_active=False)


def device_elsewhere(client: Any) -> None:
    """From another device of theirs."""
    from branches.models import RememberedDevice

    pk = client.session["device"]
    other = logged_in()
    other.post(f"/me/devices/{pk}/logout/")
    assert RememberedDevice.objects.get(pk=pk).revoked_at


def end_others(client: Any) -> None:
    logged_in().post("/me/devices/others/logout/")


def measure() -> bool:
    idle = first_out(in_after_idling, 1, HOUR)
    day = first_out(in_after_working, 12 * HOUR - 300, 12 * HOUR + 300)
    wrong, lock = failures_that_lock(), first_out(locked_after, 1, HOUR)
    disabled = longest_out(disable)
    elsewhere, others = longest_out(device_elsewhere), longest_out(end_others)
    kept = (
        0 < idle <= 15 * MINUTE + 1
        and 0 < day <= 12 * HOUR + 1
        and wrong == 5
        and lock >= 15 * MINUTE
        and all(0 <= each <= MINUTE for each in (disabled, elsewhere, others))
    )
    print(
        f"sessions end: idle {idle / MINUTE:.1f} min, {day / HOUR:.1f} h at most; locked after "
        f"{wrong} failures for {lock / MINUTE:.1f} min; out after being disabled {disabled} s, "
        f"logged out from another device {elsewhere} s, all others ended {others} s: "
        f"{'as promised' if kept else 'NOT as promised'}"
    )
    return kept


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="sessions-end-") as folder:
        os.environ["VAR_DIR"] = folder
        manage = [sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"]
        subprocess.run(manage, check=True)
        import django

        django.setup()
        import logging

        from django.conf import settings
        from django.test.utils import setup_test_environment

        logging.disable(logging.WARNING)
        setup_test_environment()
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        settings.STORAGES["staticfiles"] = {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
        from branches.actions import renumber_branches
        from branches.models import Branch, BranchLevel, Role, Staff

        hq = Branch.objects.create(code="H", name="总行", level=BranchLevel.HEADQUARTERS)
        renumber_branches()
        Staff.objects.create_user(
            "wang", password=PASSWORD, name="王经理", role=Role.MANAGER, branch=hq
        )
        return 0 if measure() else 1


if __name__ == "__main__":
    sys.exit(main())
