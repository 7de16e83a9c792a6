"""What the provider publishes about itself: its addresses (discovery) and its keys."""

from typing import Any

from django.conf import settings
from django.core.cache import cache

from marketing_map.sso.asking import ProviderAway, SignInFailed, ask, checked_address

KEPT = 3600  # seconds; keys are also asked for anew when a token names an unknown one …
AGAIN = 60  # … but not more often than that
WELL_KNOWN = "/.well-known/openid-configuration"


def addresses() -> dict[str, str]:
    """`authorization`, `token`, `jwks` and, if there is one, `end_session`.

    Raises:
        ProviderAway: it does not answer, or speaks for another issuer, or of other hosts.
    """
    kept: dict[str, str] | None = cache.get(_key("addresses"))
    if kept is not None:
        return kept
    told = ask(settings.OIDC_ISSUER.rstrip("/") + WELL_KNOWN)
    if told.get("issuer") != settings.OIDC_ISSUER:
        raise ProviderAway
    found = {
        "authorization": checked_address(told.get("authorization_endpoint")),
        "token": checked_address(told.get("token_endpoint")),
        "jwks": checked_address(told.get("jwks_uri")),
    }
    if told.get("end_session_endpoint"):
        found["end_session"] = checked_address(told["end_session_endpoint"])
    cache.set(_key("addresses"), found, KEPT)
    return found


def key_named(kid: str | None) -> dict[str, Any]:
    """The published key of that name; without a name, the only one there is.

    Raises:
        ProviderAway
        SignInFailed: there is none.
    """
    found = _find(_keys(), kid)
    if found is None and cache.add(_key("asked_again"), True, AGAIN):
        cache.delete(_key("keys"))
        found = _find(_keys(), kid)
    if found is None:
        raise SignInFailed("sso_token")
    return found


def _keys() -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] | None = cache.get(_key("keys"))
    if kept is not None:
        return kept
    told = ask(addresses()["jwks"]).get("keys")
    if not isinstance(told, list):
        raise ProviderAway
    keys = [each for each in told if isinstance(each, dict) and each.get("use", "sig") == "sig"]
    cache.set(_key("keys"), keys, KEPT)
    return keys


def _find(keys: list[dict[str, Any]], kid: str | None) -> dict[str, Any] | None:
    if kid is None:
        return keys[0] if len(keys) == 1 else None
    return next((each for each in keys if each.get("kid") == kid), None)


def _key(what: str) -> str:
    return f"sso:{settings.OIDC_ISSUER}:{what}"
