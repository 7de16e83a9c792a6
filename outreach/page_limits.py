"""How many pages of customers and searches one person or system gets an hour.

Numbers have limits of their own (`reveal_limits`), files a second person
(`outreach.exports`); this one is for whoever reads the screens away, page by page.
Generous: a day's work stays far below it. Tiles are not counted: they hold nobody.

The count is one UPDATE of one row a page, under its own key, so it is exact
however many servers answer; PostgreSQL lets nobody else wait for it.
"""

from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.db.models import F
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from rest_framework.permissions import SAFE_METHODS
from rest_framework.throttling import BaseThrottle

from branches.access import StaffRequest, View
from branches.models import Role, Staff
from jobs.clock import every_tick
from outreach.local_day import midnight
from outreach.models import CustomerPages
from trust import audit

HOUR = timedelta(hours=1)
KEPT = timedelta(days=2)


def cap_of(staff: Staff) -> int:
    return settings.API_PAGES_PER_HOUR if staff.role == Role.SYSTEM else settings.PAGES_PER_HOUR


def count_page(staff: Staff) -> datetime | None:
    """Count one page; None when they may have it, else when there is one again.

    The first page of an hour that is refused is an audit event, and stands on the
    briefing of whoever is above them.
    """
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    mine = CustomerPages.objects.filter(staff=staff, hour=hour)
    below = mine.filter(count__lt=cap_of(staff))
    if below.update(count=F("count") + 1):
        return None
    if CustomerPages.objects.get_or_create(staff=staff, hour=hour, defaults={"count": 1})[1]:
        return None
    if below.update(count=F("count") + 1):  # another request of theirs made the row
        return None
    if mine.filter(limited_at=None).update(limited_at=now):
        audit.record("pages.limited", by=staff, target=f"staff:{staff.pk}", result="hour",
                     pages=cap_of(staff))  # fmt: skip
    return hour + HOUR


def page_of_customers(view: View) -> View:
    """A view that shows customers, or finds them: each answer counts, one too many is 429."""

    @wraps(view)
    def counted(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        again = count_page(request.user)
        return view(request, *args, **kwargs) if again is None else _not_now(request, again)

    counted.counts_pages = True  # type: ignore[attr-defined]
    return counted


def _not_now(request: StaffRequest, again: datetime) -> HttpResponse:
    context = {"again": timezone.localtime(again), "most": cap_of(request.user)}
    response = render(request, "429.html#said" if request.htmx else "429.html", context, status=429)
    response["Retry-After"] = str(_seconds_until(again))
    return response


def _seconds_until(at: datetime) -> int:
    return max(1, round((at - timezone.now()).total_seconds()))


class PagesOfCustomers(BaseThrottle):
    """The same for the API: what a system reads; what it writes is not counted."""

    again: datetime | None = None

    def allow_request(self, request: Any, view: Any) -> bool:
        if request.method in SAFE_METHODS and isinstance(request.user, Staff):
            self.again = count_page(request.user)
        return self.again is None

    def wait(self) -> float | None:
        return _seconds_until(self.again) if self.again else None


def limited_lately(user: Staff) -> list[CustomerPages]:
    """Who of the user's subtree met the limit since yesterday morning, the latest first."""
    since = midnight() - timedelta(days=1)
    rows = CustomerPages.objects.filter(limited_at__gte=since).exclude(staff=user)
    within = rows.filter(staff__branch__number__range=user.branch.number_range)
    return list(within.select_related("staff__branch").order_by("-limited_at")[:20])


@every_tick
def forget_old_counts() -> None:
    CustomerPages.objects.filter(hour__lt=timezone.now() - KEPT).delete()
