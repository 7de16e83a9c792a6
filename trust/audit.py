"""Who did what to whom, when, from where, with what result.

`record` is called inside the action's own transaction: an act that is rolled
back leaves no event, an act that stands has one. Each event carries a MAC over
its content under AUDIT_KEY, so that a changed row shows.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from trust.models import AuditEvent

Answer = Callable[[HttpRequest], HttpResponseBase]


_address: ContextVar[str] = ContextVar("address", default="")


def remember_address(get_response: Answer) -> Answer:
    """Middleware: events of this request say where it came from, however deep they are written."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        token = _address.set(address_of(request))
        try:
            return get_response(request)
        finally:
            _address.reset(token)

    return answer


def address_of(request: HttpRequest) -> str:
    """Where a request came from; empty when that is no address.

    Behind TRUSTED_PROXIES proxies, each of which adds whom it was asked by to the end of
    X-Forwarded-For, the one so many from the end: what stands before it anybody can write.
    """
    hops = settings.TRUSTED_PROXIES
    told = [request.META.get("REMOTE_ADDR") or ""]
    if hops:
        told = request.headers.get("X-Forwarded-For", "").split(",")[-hops:]
    try:
        return str(ip_address(told[0].strip()))
    except ValueError:
        return ""


def digest_of_ids(ids: Iterable[int]) -> str:
    """One digest for the many rows of a bulk action: SHA-256 of the sorted ids."""
    return hashlib.sha256(",".join(str(i) for i in sorted(ids)).encode()).hexdigest()


def record(
    action: str,
    *,
    by: Any,
    target: str = "",
    result: str = "ok",
    request: HttpRequest | None = None,
    **detail: Any,
) -> AuditEvent:
    """Write one event. `detail` holds codes, ids and counts, never personal data.

    Args:
        action: what was done, as ``"noun.verb"`` (``"lead.call"``).
        by: the staff member, or None for the system itself.
        target: what it was done to, as ``"lead:17"``.
        result: ``"ok"``, or why it was refused.
        request: where it came from; without one, the request being answered
            (`remember_address`), or nowhere.
    """
    event = AuditEvent(
        at=timezone.now(),
        actor_id=by.pk if by is not None else None,
        actor_no=by.username if by is not None else "",
        action=action,
        target=target,
        result=result,
        address=address_of(request) if request else _address.get(),
        detail=detail,
    )
    event.mac = mac_of(event)
    event.save(force_insert=True)
    return event


def mac_of(event: AuditEvent) -> str:
    """HMAC-SHA256 over every field of the event but its row number and the MAC itself."""
    content = json.dumps(
        [
            event.at.isoformat(),
            event.actor_id,
            event.actor_no,
            event.action,
            event.target,
            event.result,
            event.address,
            event.detail,
        ],
        ensure_ascii=False,
        sort_keys=True,
    )
    return hmac.new(bytes.fromhex(settings.AUDIT_KEY), content.encode(), "sha256").hexdigest()
