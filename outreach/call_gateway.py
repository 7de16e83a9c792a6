"""Asking the bank's call platform (CTI) to dial, where there is one.

With ``CALL_GATEWAY=tel`` the manager's own phone dials and nothing here is
used. With ``http`` the platform is told, after the attempt is committed, who
calls whom; the number never reaches the browser then.

The platform answers 2xx when it has begun to dial. Redirects are not followed
and no proxy is used: the request carries a phone number.
"""

import json
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener
from uuid import UUID

from django.conf import settings

from trust.outbound import NoRedirects


class NotDialled(Exception):
    """The platform said no, or was not there: the customer's phone did not ring."""


class DialUnsure(Exception):
    """No answer, or half of one: the customer's phone may have rung."""


_opener = build_opener(ProxyHandler({}), NoRedirects())


def dial(*, call_id: UUID, agent_no: str, number: str) -> None:
    """Ask the platform to connect the member of staff with the customer.

    Raises:
        NotDialled: a clear no.
        DialUnsure: time-out or a broken connection.
    """
    content = json.dumps({"call_id": str(call_id), "agent": agent_no, "number": number})
    request = Request(  # noqa: S310 (the address is a setting, checked below)
        settings.CALL_GATEWAY_URL,
        data=content.encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {settings.CALL_GATEWAY_TOKEN}",
        },
        method="POST",
    )
    if request.type not in {"http", "https"}:
        raise NotDialled("the gateway's address is not HTTP")
    try:
        with _opener.open(request, timeout=settings.CALL_GATEWAY_TIMEOUT):
            return
    except HTTPError as answer:
        answer.close()
        if answer.code >= 500:
            raise DialUnsure(f"HTTP {answer.code}") from None
        raise NotDialled(f"HTTP {answer.code}") from None
    except URLError as reason:
        if isinstance(reason.reason, ConnectionRefusedError):
            raise NotDialled("nobody listens") from None
        raise DialUnsure("no connection") from None
    except (OSError, HTTPException):
        raise DialUnsure("no answer") from None
