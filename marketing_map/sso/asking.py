"""How the provider is asked. Its answers are read up to a size and a time, from hosts in settings."""

import json
import ssl
import time
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import (
    HTTPSHandler,
    ProxyHandler,
    Request,
    build_opener,
)

from django.conf import settings

from trust.outbound import NoRedirects, read_capped


class SignInFailed(Exception):
    """Nobody is let in; `code` says why in the audit log, and leads to a sentence for people."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ProviderAway(SignInFailed):
    """It does not answer, or not in a way that can be read."""

    def __init__(self) -> None:
        super().__init__("sso_provider")


def checked_address(address: Any) -> str:
    """An address of the provider, if it is at a host that settings name.

    Raises:
        ProviderAway: it is elsewhere, or not HTTPS where the issuer is.
    """
    issuer = urlsplit(settings.OIDC_ISSUER)
    parts = urlsplit(address if isinstance(address, str) else "")
    if parts.scheme != issuer.scheme or parts.netloc not in {issuer.netloc, *settings.OIDC_HOSTS}:
        raise ProviderAway
    return parts.geturl()


def ask(address: str, form: dict[str, str] | None = None, **headers: str) -> dict[str, Any]:
    """The JSON object that is answered to GET, or to POST of `form`.

    Raises:
        ProviderAway
    """
    data = urlencode(form).encode() if form is not None else None
    asked = Request(checked_address(address), data, {"Accept": "application/json", **headers})  # noqa: S310
    until = time.monotonic() + settings.OIDC_TIMEOUT
    try:
        with _opener().open(asked, timeout=settings.OIDC_TIMEOUT) as answer:
            told = json.loads(read_capped(answer, until))
    except (OSError, HTTPException, ValueError, RecursionError):
        raise ProviderAway from None
    if not isinstance(told, dict):
        raise ProviderAway
    return told


def _opener() -> Any:
    return build_opener(
        ProxyHandler({}), HTTPSHandler(context=ssl.create_default_context()), NoRedirects()
    )
