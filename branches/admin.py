"""Staff and the tokens of systems. Branches are in `outreach.admin`: leads follow the tree."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from branches.actions.credentials import keep_former, make_temporary
from branches.actions.devices import revoke_devices
from branches.models import Branch, Role, Staff, SystemToken
from branches.step_up import ask_who, stepped_up
from trust import audit
from trust.audited_admin import AuditedAdmin

admin.site.site_header = admin.site.site_title = _("营销地图 · 机构管理")
admin.site.index_title = _("机构、员工、产品、话术与地名")
admin.site.unregister(Group)
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


def own_subtree(request: HttpRequest) -> Any:
    """The branches the administrator looks after; all of them for a superuser."""
    if request.user.is_superuser:  # type: ignore[union-attr]
        return Branch.objects.all()
    return Branch.objects.within(request.user.branch)  # type: ignore[union-attr]


@admin.register(Staff)
class StaffAdmin(AuditedAdmin, UserAdmin):
    """员工. Nobody is deleted (records name them); who leaves is disabled.

    Rights over the admin itself are a superuser's to give, and nobody changes
    their own role or branch. A clerk, reviewer or supervisor who is also the
    administrator makes nobody who would be the second of the two people that a
    list or an export needs, and sets no such person's password
    (`Staff.roles_of_the_other`): they would be both. A password is set for the people
    whom `resettable_by` names and for nobody else, one's own on the page 我的.
    """

    list_display = ("username", "name", "role", "branch", "work_phone", "is_active")
    list_filter = ("role", "is_active", ("branch", admin.RelatedOnlyFieldListFilter))
    search_fields = ("username", "name")
    ordering = ("sort_key", "username")
    autocomplete_fields = ("branch",)
    filter_horizontal = ("user_permissions",)
    fieldsets = (
        (None, {"fields": ("username",)}),
        (_("员工"), {"fields": ("name", "role", "branch", "work_phone", "is_active")}),
        (_("后台权限"), {"fields": RIGHTS}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    *("username", "name", "role", "branch", "work_phone"),
                    *("usable_password", "password1", "password2"),
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Staff]:
        staff = super().get_queryset(request).select_related("branch")
        if request.user.is_superuser:
            return staff
        return staff.filter(branch__in=own_subtree(request), is_superuser=False)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "branch":
            kwargs["queryset"] = own_subtree(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Staff | None = None) -> Any:
        fixed = [] if request.user.is_superuser else list(RIGHTS)
        if obj is not None and obj.pk == request.user.pk:
            fixed += ["role", "branch", "is_active"]
        return fixed

    def formfield_for_choice_field(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        others = request.user.roles_of_the_other
        if db_field.name == "role" and others:
            kwargs["choices"] = [each for each in Role.choices if each[0] not in others]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Staff | None = None) -> bool:
        is_other = obj is not None and obj.pk != request.user.pk
        user: Any = request.user
        if is_other and obj is not None and obj.role in user.roles_of_the_other:
            return False
        return bool(super().has_change_permission(request, obj))

    @transaction.atomic
    def save_model(self, request: Any, obj: Staff, form: Any, change: bool) -> None:
        """Who leaves has no device left; who comes gets a password that two people know."""
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            revoke_devices(staff=obj, by=request.user, reason="disabled")
        if not change and obj.has_usable_password():
            make_temporary(staff=obj, by=request.user)

    def changeform_view(
        self, request: Any, object_id: str | None = None, form_url: str = "", extra: Any = None
    ) -> Any:
        """Who comes and what they may is asked for once more, as the keys are: else a screen that
        was left open would let somebody in for good. Adding and changing both pass here."""
        if not stepped_up(request):
            return ask_who(request)
        return super().changeform_view(request, object_id, form_url, extra)

    @transaction.atomic
    def user_change_password(self, request: Any, id: str, form_url: str = "") -> HttpResponse:
        if id == str(request.user.pk):
            return redirect("password")  # which asks for the present one
        staff = Staff.objects.resettable_by(request.user).filter(pk=_number(id)).first()
        if staff is None:
            raise PermissionDenied
        if not stepped_up(request):
            return ask_who(request)
        former = staff.password
        answer: HttpResponse = super().user_change_password(request, id, form_url)
        if request.method == "POST" and answer.status_code == 302:
            staff.refresh_from_db()
            keep_former(staff=staff, password=former)
            make_temporary(staff=staff, by=request.user)
            self._record(request, staff, "password", ["password"])
        return answer

    def change_view(
        self, request: Any, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """The page of one person leads to the reset, for those whose it is."""
        people = Staff.objects.resettable_by(request.user)
        staff = people.filter(pk=_number(object_id)).first()
        if staff is not None:
            extra_context = {"reset_url": reverse("staff_reset", args=(staff.pk,))}
            may_reset = Staff.objects.factor_resettable_by(request.user).filter(pk=staff.pk)
            if staff.has_second_factor and may_reset.exists():
                extra_context["factor_url"] = reverse("staff_factor_reset", args=(staff.pk,))
        endable = Staff.objects.sessions_endable_by(request.user).filter(pk=_number(object_id))
        if endable.exists():
            ends = {"sessions_url": reverse("staff_end_sessions", args=(_number(object_id),))}
            extra_context = (extra_context or {}) | ends
        return super().change_view(request, object_id, form_url, extra_context)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _number(object_id: str) -> int:
    """The key in an address; 0, which nobody has, when it is none."""
    return int(object_id) if object_id.isascii() and object_id.isdecimal() else 0


@admin.register(SystemToken)
class SystemTokenAdmin(AuditedAdmin):
    """系统令牌: issued here, shown once, revoked here."""

    list_display = ("label", "system", "created_at", "expires_at", "last_used_on", "revoked_at")
    fields = ("system", "label", "expires_at")
    actions = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SystemToken]:
        return super().get_queryset(request).filter(system__branch__in=own_subtree(request))

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "system":
            kwargs["queryset"] = Staff.objects.filter(branch__in=own_subtree(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def add_view(self, request: Any, form_url: str = "", extra_context: Any = None) -> Any:
        """A token opens what a person opens with password and second factor: both are asked."""
        if not stepped_up(request):
            return ask_who(request)
        return super().add_view(request, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "expires_at": SystemToken.usual_end(),
            **super().get_changeform_initial_data(request),
        }

    def save_model(self, request: Any, obj: SystemToken, form: Any, change: bool) -> None:
        issued, request.token_text = SystemToken.issue(obj.system, obj.label)
        SystemToken.objects.filter(pk=issued.pk).update(expires_at=obj.expires_at)
        obj.pk, obj.digest, obj.created_at = issued.pk, issued.digest, issued.created_at
        audit.record("token.issue", by=request.user, target=f"token:{obj.pk}", request=request)

    def response_add(self, request: Any, obj: SystemToken, post_url_continue: Any = None) -> Any:
        """The page that shows the token, this once; it goes into no cookie and no log."""
        answer = render(
            request,
            "admin/token_issued.html",
            {**self.admin_site.each_context(request), "token": obj, "text": request.token_text},
        )
        answer["Cache-Control"] = "no-store"
        return answer

    @admin.action(description=_("停用选中的令牌"), permissions=["add"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[SystemToken]) -> None:
        for token in queryset.filter(revoked_at=None):
            SystemToken.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
            audit.record("token.revoke", by=request.user, target=f"token:{token.pk}")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
