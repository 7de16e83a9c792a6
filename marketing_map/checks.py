"""System checks: misconfiguration is said at start-up, in one sentence."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from branches.models import Role
from branches.models.staff import ADMIN
from outreach.wall import unguarded
from trust.keyring import BYTES, MAC_BYTES, SM, Key, NoRing, ring_of

RINGS = ("FIELD_KEYS", "INDEX_KEYS", "AUDIT_KEYS")


@register()
def production_is_configured(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """In production: PostgreSQL, HTTPS, keys of its own, a second factor for those who can do
    much, and the application not the tables' owner.

    Each command runs this first, and the web server does (`marketing_map.wsgi`).
    """
    if not settings.PRODUCTION:
        return []
    wrong = (
        (
            "map.E001",
            settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"),
            "Production needs PostgreSQL: set DATABASE_URL.",
        ),
        ("map.E002", settings.DEBUG, "DEBUG must be off in production."),
        (
            "map.E003",
            not settings.DATABASE_APP_ROLE,
            "DATABASE_APP_ROLE is empty: migrate as the owner, run as another role.",
        ),
        ("map.E004", not settings.HTTPS, "HTTPS must be on in production."),
        (
            "map.E005",
            not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS,
            "ALLOWED_HOSTS must name this installation's hosts.",
        ),
        (
            "map.E008",
            not set(settings.PRIVILEGED) <= set(settings.MFA_ROLES),
            f"MFA_ROLES must name at least {', '.join(settings.PRIVILEGED)}.",
        ),
    )
    return [
        *(Error(text, id=number) for number, is_wrong, text in wrong if is_wrong),
        *_weak_keys(),
    ]


def _weak_keys() -> list[CheckMessage]:
    """Keys that are not as many random bytes of their own as they should be."""
    if keys_can_be_used(None):
        return []  # said by that check
    keys = {
        f"{name}, key {key.id}": key for name in RINGS for key in ring_of(getattr(settings, name))
    }
    weak = [name for name, key in keys.items() if not _is_random(key, name.startswith("FIELD"))]
    if len(settings.SECRET_KEY) < 50 or len(set(settings.SECRET_KEY)) < 10:
        weak.append("SECRET_KEY")
    secrets = [key.secret for key in keys.values()]
    twice = [name for name, key in keys.items() if secrets.count(key.secret) > 1]
    return [
        *(Error(f"{name} has not the random bytes it needs.", id="map.E006") for name in weak),
        *(Error(f"{name} is used for something else, too.", id="map.E007") for name in twice),
    ]


def _is_random(key: Key, seals: bool) -> bool:
    """As long as its algorithm wants; of random bytes fewer than half differ once in 10^10 times."""
    wanted = BYTES[key.family] if seals else MAC_BYTES
    return len(key.secret) == wanted and len(set(key.secret)) >= wanted // 2


@register()
def keys_can_be_used(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The key rings can be read, and what CRYPTO_PROFILE demands stands first in each."""
    if settings.CRYPTO_PROFILE not in {"international", "national"}:
        text = "CRYPTO_PROFILE must be 'international' or 'national'."
        return [Error(text, id="map.E015")]
    found: list[CheckMessage] = []
    for name in RINGS:
        try:
            first = ring_of(getattr(settings, name))[0]
        except NoRing as wrong:
            found.append(Error(f"{name}: {wrong}.", id="map.E006"))
            continue
        if name == "FIELD_KEYS" and len(first.secret) != BYTES[first.family]:
            text = f"FIELD_KEYS: key {first.id} must have {BYTES[first.family]} bytes."
            found.append(Error(text, id="map.E006"))
        if settings.CRYPTO_PROFILE == "national" and first.family != SM:
            text = (
                f"CRYPTO_PROFILE=national: {name} must begin with a key of SM4 or SM3 (id:sm:hex)."
            )
            found.append(Error(text, id="map.E015"))
    return found


@register()
def every_scoped_table_is_guarded(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A scoped model says what the database shows of it (ADR 31)."""
    return [
        Error(f"{table} has no rule in outreach/wall.py.", id="map.E014") for table in unguarded()
    ]


@register()
def roles_of_the_second_factor_are_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A role mistyped in MFA_ROLES would leave those who have it with the password alone."""
    known = {ADMIN, *Role} - {Role.SYSTEM}
    return [
        Error(f"MFA_ROLES: {name!r} is no role.", id="map.E009")
        for name in settings.MFA_ROLES
        if name not in known
    ]


ASYMMETRIC = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"}


@register()
def passwords_and_keys_are_configured(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A profile we have, files that can be read, passkeys bound to an origin of their host."""
    wrong = (
        (
            "map.E020",
            settings.PASSWORD_PROFILE not in settings.PASSWORD_PROFILES,
            f"PASSWORD_PROFILE must be one of {', '.join(settings.PASSWORD_PROFILES)}.",
        ),
        (
            "map.E021",
            not all(map(_is_readable, (settings.PASSWORD_WORDS, settings.BREACHED_PASSWORDS))),
            "PASSWORD_WORDS and BREACHED_PASSWORDS must be files that can be read.",
        ),
        (
            "map.E022",
            bool(settings.PASSKEY_HOST) and not all(map(_is_of_the_host, settings.PASSKEY_ORIGINS)),
            "PASSKEY_ORIGINS must be origins of PASSKEY_HOST, https in production.",
        ),
    )
    return [Error(text, id=number) for number, is_wrong, text in wrong if is_wrong]


def _is_readable(path: str) -> bool:
    return not path or (Path(path).is_file() and os.access(path, os.R_OK))


def _is_of_the_host(origin: str) -> bool:
    parts, host = urlsplit(origin), settings.PASSKEY_HOST
    named = parts.hostname == host or (parts.hostname or "").endswith(f".{host}")
    return named and parts.scheme in ({"https"} if settings.PRODUCTION else {"https", "http"})


@register()
def banks_login_is_complete(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """OIDC_ISSUER comes with a client and its secret, over HTTPS, with asymmetric signatures."""
    if not settings.OIDC_ISSUER:
        return []
    parts = urlsplit(settings.OIDC_ISSUER)
    secure = parts.scheme == "https" or (parts.scheme == "http" and not settings.PRODUCTION)
    wrong = (
        ("map.E030", not (secure and parts.netloc), "OIDC_ISSUER must be an https address."),
        (
            "map.E031",
            not (settings.OIDC_CLIENT_ID and settings.OIDC_CLIENT_SECRET),
            "OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.",
        ),
        (
            "map.E032",
            not settings.OIDC_ALGORITHMS or not set(settings.OIDC_ALGORITHMS) <= ASYMMETRIC,
            f"OIDC_ALGORITHMS must be of {', '.join(sorted(ASYMMETRIC))}.",
        ),
    )
    return [Error(text, id=number) for number, is_wrong, text in wrong if is_wrong]


@register()
def gateway_is_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """CALL_GATEWAY names a gateway we have, with its address."""
    if settings.CALL_GATEWAY not in {"tel", "http"}:
        return [Error("CALL_GATEWAY must be 'tel' or 'http'.", id="map.E010")]
    if settings.CALL_GATEWAY == "http" and not settings.CALL_GATEWAY_URL:
        return [Error("CALL_GATEWAY=http needs CALL_GATEWAY_URL.", id="map.E011")]
    return []


@register()
def geocoders_are_complete(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """GEOCODERS names providers we have, each with what it needs to be asked."""
    needs = {"nominatim": settings.NOMINATIM_URL, "baidu": settings.BAIDU_KEY}
    return [
        Error(f"GEOCODERS: {name!r} is unknown, or lacks its URL or key.", id="map.E012")
        for name in settings.GEOCODERS
        if not needs.get(name)
    ]


@register()
def address_for_customers_is_whole(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """SHARE_URL is an address customers can open: https, or http outside production."""
    if not settings.SHARE_URL:
        return []
    parts = urlsplit(settings.SHARE_URL)
    schemes = {"https"} if settings.PRODUCTION else {"https", "http"}
    if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment:
        return [Error("SHARE_URL must be an https address.", id="map.E013")]
    return []


@register(deploy=True)
def nobody_acts_alone(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What a bank may decide and should know that it has: said by the check before deploying."""
    if not settings.PRODUCTION:
        return []
    told = (
        (
            "map.W014",
            not settings.TWO_PEOPLE,
            "TWO_PEOPLE is off: one person alone can put a list in force.",
        ),
        (
            "map.W015",
            settings.DEMO_ID_AREAS_ALLOWED,
            "DEMO_ID_AREAS_ALLOWED: made-up ID numbers of the demo are taken for real.",
        ),
    )
    return [Warning(text, id=number) for number, is_so, text in told if is_so]
