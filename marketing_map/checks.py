"""System checks: misconfiguration is said at start-up, in one sentence."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from branches.models import Role
from branches.models.staff import ADMIN


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
    """Keys that are no 32 random bytes of their own."""
    ring = [entry.partition(":")[2].strip() for entry in settings.FIELD_KEYS.split(",")]
    keys = {"INDEX_KEY": settings.INDEX_KEY, "AUDIT_KEY": settings.AUDIT_KEY}
    keys |= {f"FIELD_KEYS ({at})": key for at, key in enumerate(ring, start=1)}
    weak = [name for name, key in keys.items() if not _is_random(key)]
    if len(settings.SECRET_KEY) < 50 or len(set(settings.SECRET_KEY)) < 10:
        weak.append("SECRET_KEY")
    twice = [name for name, key in keys.items() if list(keys.values()).count(key) > 1]
    return [
        *(Error(f"{name} is no key of 32 random bytes.", id="map.E006") for name in weak),
        *(Error(f"{name} is used for something else, too.", id="map.E007") for name in twice),
    ]


def _is_random(key: str) -> bool:
    """64 hex digits; 32 random bytes have fewer than 16 different ones once in 10^12."""
    try:
        return len(bytes.fromhex(key)) == 32 and len(set(bytes.fromhex(key))) >= 16
    except ValueError:
        return False


@register()
def roles_of_the_second_factor_are_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A role mistyped in MFA_ROLES would leave those who have it with the password alone."""
    known = {ADMIN, *Role} - {Role.SYSTEM}
    return [
        Error(f"MFA_ROLES: {name!r} is no role.", id="map.E009")
        for name in settings.MFA_ROLES
        if name not in known
    ]


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
