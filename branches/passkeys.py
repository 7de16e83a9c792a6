"""Passkeys (WebAuthn) as a second factor: what the browser is asked, and whether its answer holds.

The challenge stands in the session: 32 random bytes, good once, for `MINUTES`. Which host and
which origins count is in settings, never in the request.
"""

import hashlib
import json
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from branches.models import Passkey, Staff
from trust.cipher import keyed_index

CHALLENGE = "passkey_challenge"  # key of the session: [base64url, seconds since 1970]
MINUTES = 5
MOST = 10  # keys of one person
LONGEST_ANSWER = 20_000  # characters; an honest one has some hundred
_UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, RecursionError)


class NotProved(Exception):
    """The browser's answer does not hold; the text is for nobody but a programmer."""


def are_offered(request: HttpRequest) -> bool:
    """Whether this page was opened at a host that passkeys can be bound to."""
    host, mine = request.get_host().partition(":")[0], settings.PASSKEY_HOST
    return bool(mine) and (host == mine or host.endswith(f".{mine}"))


def to_create(request: HttpRequest, staff: Staff) -> dict[str, Any]:
    """What `navigator.credentials.create` is asked: a key that is not there yet."""
    options = generate_registration_options(
        rp_id=settings.PASSKEY_HOST,
        rp_name=_("营销地图"),
        user_id=keyed_index("passkey", str(staff.pk)),
        user_name=staff.username,
        user_display_name=staff.name,
        timeout=MINUTES * 60_000,
        exclude_credentials=_known(staff),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return _asked(request, options)


def to_get(request: HttpRequest, staff: Staff) -> dict[str, Any] | None:
    """What `navigator.credentials.get` is asked: one of theirs; None when there is none to use here."""
    known = _known(staff) if are_offered(request) else []
    if not known:
        return None
    options = generate_authentication_options(
        rp_id=settings.PASSKEY_HOST,
        timeout=MINUTES * 60_000,
        allow_credentials=known,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return _asked(request, options)


def take_challenge(request: HttpRequest) -> bytes | None:
    """What was asked last, if it is not too long ago. From now on it is good for nothing."""
    kept = request.session.pop(CHALLENGE, None)
    if not kept or time.time() - kept[1] > MINUTES * 60:
        return None
    return base64url_to_bytes(kept[0])


def new_key(answer: str, challenge: bytes) -> VerifiedRegistration:
    """The key that the browser made.

    Raises:
        NotProved
    """
    try:
        return verify_registration_response(
            credential=_read(answer), expected_challenge=challenge, **_here()
        )
    except _UNREADABLE as problem:
        raise NotProved(str(problem)) from None


def proof(answer: str, challenge: bytes, keys: Any) -> tuple[Passkey, VerifiedAuthentication]:
    """Which of `keys` signed the challenge. Its count is the caller's to compare.

    Raises:
        NotProved
    """
    try:
        told = _read(answer)
        key = keys.filter(digest=digest_of(base64url_to_bytes(told["rawId"]))).first()
        if key is None:
            raise NotProved("a key that is not theirs")
        return key, verify_authentication_response(
            credential=told,
            expected_challenge=challenge,
            credential_public_key=bytes(key.public_key),
            credential_current_sign_count=0,
            **_here(),
        )
    except _UNREADABLE as problem:
        raise NotProved(str(problem)) from None


def digest_of(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()


def _here() -> dict[str, Any]:
    origins = [each.rstrip("/") for each in settings.PASSKEY_ORIGINS]
    return {"expected_rp_id": settings.PASSKEY_HOST, "expected_origin": origins}


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    told = json.loads(answer)
    if not isinstance(told, dict):
        raise ValueError("no object")
    return told


def _known(staff: Staff) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=bytes(key.credential_id))
        for key in Passkey.objects.of(staff)
    ]


def _asked(request: HttpRequest, options: Any) -> dict[str, Any]:
    request.session[CHALLENGE] = [bytes_to_base64url(options.challenge), int(time.time())]
    asked: dict[str, Any] = json.loads(options_to_json(options))
    return asked
