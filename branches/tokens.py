"""How the bank's other systems prove who they are to the API."""

from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from branches.models import Role, SystemToken
from trust import wall


class SystemTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>``, one token per system."""

    def authenticate(self, request: Request) -> tuple[Any, SystemToken] | None:
        scheme, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = (
            SystemToken.objects.select_related("system__branch")
            .filter(digest=SystemToken.digest_of(text.strip()))
            .first()
        )
        if token is None or not token.in_use:
            raise AuthenticationFailed("令牌无效、已停用或已到期。")
        today = timezone.localdate()
        if token.last_used_on != today:
            SystemToken.objects.filter(pk=token.pk).update(last_used_on=today)
        wall.from_here_on(token.system.reach)
        return token.system, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class IsSystem(BasePermission):
    """Only service accounts; people use the pages."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return getattr(request.user, "role", "") == Role.SYSTEM
