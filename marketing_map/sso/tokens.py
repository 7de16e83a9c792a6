"""The ID token: fetched for the code, and believed only after every check (OIDC Core 3.1.3.7)."""

import time
from base64 import b64encode
from typing import Any
from urllib.parse import quote

import jwt
from django.conf import settings
from django.utils.crypto import constant_time_compare

from marketing_map.sso.asking import SignInFailed, ask
from marketing_map.sso.provider import addresses, key_named

LEEWAY = 60  # seconds that two clocks may differ
FRESH = 300  # seconds since the password was given there, for what asks for it anew
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]


def claims_for(*, code: str, verifier: str, nonce: str, address: str) -> dict[str, Any]:
    """Who came, by the provider's word; `address` is where it sent them back to.

    Raises:
        ProviderAway: it does not answer, or refuses the code.
        SignInFailed: its word does not hold.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": address,
    }
    pair = f"{quote(settings.OIDC_CLIENT_ID, '')}:{quote(settings.OIDC_CLIENT_SECRET, '')}"
    basic = f"Basic {b64encode(pair.encode()).decode()}"
    answer = ask(addresses()["token"], form, Authorization=basic)
    return believed(answer.get("id_token"), nonce=nonce)


def believed(token: Any, *, nonce: str) -> dict[str, Any]:
    """The claims of a token that is signed, for us, of now, and an answer to our question.

    The algorithm is one of OIDC_ALGORITHMS, which are asymmetric, and the one of the key: what
    the token says of it alone decides nothing.

    Raises:
        ProviderAway, SignInFailed
    """
    try:
        header = jwt.get_unverified_header(token)
        algorithm, published = str(header.get("alg")), key_named(header.get("kid"))
        if algorithm not in settings.OIDC_ALGORITHMS:
            raise SignInFailed("sso_token")
        if published.get("alg", algorithm) != algorithm:
            raise SignInFailed("sso_token")
        claims: dict[str, Any] = jwt.decode(
            token,
            jwt.PyJWK(published, algorithm=algorithm).key,
            algorithms=[algorithm],
            audience=settings.OIDC_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=LEEWAY,
            options={"require": REQUIRED},
        )
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, KeyError):
        raise SignInFailed("sso_token") from None
    if not constant_time_compare(str(claims["nonce"]), nonce) or _is_for_another(claims):
        raise SignInFailed("sso_token")
    return claims


def by_second_factor(claims: dict[str, Any]) -> bool:
    """Whether the provider asked for one already, in the words that settings name."""
    methods = claims.get("amr")
    given = set(methods) if _is_words(methods) else set()  # type: ignore[arg-type]
    return claims.get("acr") in settings.OIDC_MFA_ACR or bool(given & set(settings.OIDC_MFA_AMR))


def is_fresh(claims: dict[str, Any]) -> bool:
    """Whether they proved themselves there a moment ago, not this morning."""
    at = claims.get("auth_time")
    return isinstance(at, int | float) and abs(time.time() - at) <= FRESH


def _is_for_another(claims: dict[str, Any]) -> bool:
    """Of several audiences one is the party the token was issued to: that must be us."""
    audience, party = claims["aud"], claims.get("azp")
    several = isinstance(audience, list) and len(audience) > 1
    return (several or party is not None) and party != settings.OIDC_CLIENT_ID


def _is_words(methods: Any) -> bool:
    return isinstance(methods, list) and all(isinstance(each, str) for each in methods)
