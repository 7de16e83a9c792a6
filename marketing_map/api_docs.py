"""The API described: as OpenAPI, and as a page that fetches nothing from outside.

Both are open, since they hold no data; what they describe needs a token.
"""

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


class SystemTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema speaks of `branches.tokens.SystemTokenAuthentication`."""

    target_class = "branches.tokens.SystemTokenAuthentication"
    name = "systemToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "one token per system"}
