"""System checks: misconfiguration is said at start-up, in one sentence."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register(deploy=True)
def production_is_configured(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """In production: PostgreSQL, HTTPS, and the application not the tables' owner."""
    if not settings.PRODUCTION:
        return []
    problems: list[CheckMessage] = []
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        problems.append(Error("Production needs PostgreSQL: set DATABASE_URL.", id="map.E001"))
    if settings.DEBUG:
        problems.append(Error("DEBUG must be off in production.", id="map.E002"))
    if not settings.DATABASE_APP_ROLE:
        problems.append(
            Error(
                "DATABASE_APP_ROLE is empty: migrate as the owner, run as another role.",
                id="map.E003",
            )
        )
    return problems


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
