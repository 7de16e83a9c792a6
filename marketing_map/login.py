"""The one door for people: each try is recorded, and five wrong ones close it for a while."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone

from branches.models import Staff
from trust import audit
from trust.models import AuditEvent

FAILED, LOCKED = "failed", "locked"


class LoginForm(AuthenticationForm):
    """工号 and password. A locked person is told the same as one who mistyped: no 工号 is betrayed."""

    def clean(self) -> dict[str, Any]:
        self.staff = Staff.objects.filter(username=self.cleaned_data.get("username")).first()
        self.is_locked = self.staff is not None and is_locked(self.staff)
        if self.is_locked:
            raise ValidationError(LOCKED)
        return super().clean()


class LoginView(auth_views.LoginView):
    form_class = LoginForm
    template_name = "login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            failures=settings.LOGIN_FAILURES, minutes=settings.LOGIN_LOCK_MINUTES, **kwargs
        )

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        staff = form.get_user()
        audit.record("session.login", by=staff, target=f"staff:{staff.pk}", request=self.request)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """What was typed is not recorded: people type passwords into the wrong field."""
        staff = getattr(form, "staff", None)
        audit.record(
            "session.login_failed",
            by=None,
            target=f"staff:{staff.pk}" if staff else "",
            result=LOCKED if getattr(form, "is_locked", False) else FAILED,
            request=self.request,
        )
        return super().form_invalid(form)


def is_locked(staff: Staff) -> bool:
    """Whether their last `LOGIN_FAILURES` tries were all wrong, within the last minutes."""
    tries = AuditEvent.objects.filter(
        target=f"staff:{staff.pk}",
        action__in=("session.login", "session.login_failed"),
        at__gte=timezone.now() - timedelta(minutes=settings.LOGIN_LOCK_MINUTES),
    ).exclude(result=LOCKED)
    results = tries.order_by("-pk").values_list("result", flat=True)[: settings.LOGIN_FAILURES]
    return list(results) == [FAILED] * settings.LOGIN_FAILURES
