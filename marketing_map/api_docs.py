"""The API described: as OpenAPI, and as a page that fetches nothing from outside.

Both are open, since they hold no data; what they describe needs a token.
"""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.views import SpectacularAPIView

from branches.access import public

schema = public(SpectacularAPIView.as_view(authentication_classes=[]))


@public
@csp_update({"style-src": [SELF, "'unsafe-inline'"]})  # Swagger UI writes style attributes
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Swagger UI from the installed package, reading our schema."""
    return render(request, "api_docs.html")


# What every operation may answer instead. (A list with a wrong cursor has none, either.)
REFUSALS = {
    "400": "a value that cannot be; each is named with its reason",
    "401": "no token, or one that is not good any more",
    "403": "not for systems",
    "404": "not there, or not in the system's subtree",
    "429": "too many pages this hour; `Retry-After` says when again, in seconds",
}


def with_refusals(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of the schema's generator: no operation is silent about what it may refuse."""
    for path in result["paths"].values():
        for operation in path.values():
            for status, why in REFUSALS.items():
                operation["responses"].setdefault(status, {"description": why})
    return result


class SystemTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema speaks of `branches.tokens.SystemTokenAuthentication`."""

    target_class = "branches.tokens.SystemTokenAuthentication"
    name = "systemToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "one token per system"}
