"""Who did what to whom, when, from where, with what result.

`record` is called inside the action's own transaction: an act that is rolled
back leaves no event, an act that stands has one. Each event carries a MAC over
its content under a key of AUDIT_KEYS, so that a changed row shows.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from trust.algorithms import Mac
from trust.cipher import mac_of_key
from trust.keyring import ring_of
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
    sign(event)
    event.save(force_insert=True)
    return event


def sign(event: AuditEvent) -> None:
    """Give an event its MAC, under the key in use."""
    event.key_id = key_in_use()
    event.mac = mac_of(event)


def mac_of(event: AuditEvent) -> str:
    """HMAC over every field of the event but its row number, key and MAC, under its key.

    Raises:
        UnknownKey: its key is not in AUDIT_KEYS.
    """
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
    return mac_under(event.key_id, content)


class UnknownKey(Exception):
    """Something in the log was made under a key that is not in AUDIT_KEYS."""


def key_in_use() -> int:
    """The id of the key new events and links are made under."""
    return ring_of(settings.AUDIT_KEYS)[0].id


def mac_under(key_id: int, content: str) -> str:
    """The MAC of a text under one key of AUDIT_KEYS, as hex.

    Raises:
        UnknownKey: there is no such key.
    """
    mac = _macs(settings.AUDIT_KEYS).get(key_id)
    if mac is None:
        raise UnknownKey(f"no key {key_id} in AUDIT_KEYS")
    return mac(content.encode()).hex()


@lru_cache(maxsize=4)
def _macs(spec: str) -> dict[int, Mac]:
    return {key.id: mac_of_key(key) for key in ring_of(spec)}
