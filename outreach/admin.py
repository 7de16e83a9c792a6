"""Branches (the leads follow the tree) and scripts. Never leads, logs or assignments."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.admin import own_subtree
from branches.models import Branch, Staff
from outreach.actions.move_branch_numbers import move_branch_numbers
from outreach.actions.review_script import NeedsAnotherPerson, retire_script, review_script
from outreach.models import Script
from trust.audited_admin import AuditedAdmin


class BranchForm(forms.ModelForm):  # type: ignore[type-arg]
    """A branch hangs below another, never below itself: scopes are read off the tree."""

    def clean_parent(self) -> Branch | None:
        parent: Branch | None = self.cleaned_data["parent"]
        if parent is not None and self.instance.pk and self.instance.contains(parent):
            raise ValidationError(_("上级机构不能是本机构或它的下级。"))
        return parent


@admin.register(Branch)
class BranchAdmin(AuditedAdmin):
    """机构. After each change the tree is numbered again, and the leads with it.

    Only a superuser makes a branch without a parent or moves the branch they
    themselves belong to: either would take it out of its superiors' sight.
    """

    form = BranchForm

    list_display = ("code", "name", "level", "parent", "phone")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    autocomplete_fields = ("parent",)
    ordering = ("number", "code")
    fields = ("code", "name", "level", "parent", "division_code", "lon", "lat", "address", "phone")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Branch]:
        return super().get_queryset(request).filter(pk__in=own_subtree(request).values("pk"))

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "parent":
            kwargs["queryset"] = own_subtree(request)
            kwargs["required"] = not request.user.is_superuser
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: Any, obj: Branch, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        move_branch_numbers(by=request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = obj is not None and obj.pk == request.user.branch_id  # type: ignore[union-attr]
        if own and not request.user.is_superuser:
            return ("code", "level", "parent")
        return ("code",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Script)
class ScriptAdmin(AuditedAdmin):
    """话术: written by one, reviewed by another; a reviewed text is not changed any more."""

    list_display = (
        *("title", "kind", "segment", "product", "version"),
        *("written_by", "reviewed_by", "reviewed_at", "retired_at"),
    )
    list_filter = ("kind", "segment", "product")
    fields = ("title", "kind", "segment", "product", "version", "body", "preview")
    actions = ("review", "retire")

    def save_model(self, request: Any, obj: Script, form: Any, change: bool) -> None:
        obj.written_by = request.user
        super().save_model(request, obj, form, change)

    def get_readonly_fields(self, request: HttpRequest, obj: Script | None = None) -> Any:
        return self.fields if obj is not None and obj.reviewed_at else ("preview",)

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["help_texts"] = {
            "body": _(
                "可用 {机构}、{姓名}，发送时换成客户经理的机构和姓名；微信文案还可用 {链接}，"
                "换成推送页的地址。不能写入客户的任何信息。推送页文案是公开的，任何拿到链接的人都能看到。"
            )
        }
        return super().get_form(request, obj, change, **kwargs)

    @admin.display(description=gettext_lazy("预览"))
    def preview(self, obj: Script) -> str:
        """The text as it reaches the customer, sent by an invented colleague."""
        if not obj.body:
            return _("保存后显示。")
        sender = Staff(name=_("示例经理"), branch=Branch(name=_("示例网点")))
        return obj.sent_by(sender, "https://…/s/……/")

    def has_review_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("outreach.review_script"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("审核通过选中的话术"), permissions=["review"])
    def review(self, request: Any, queryset: QuerySet[Script]) -> None:
        done = 0
        for script in queryset:
            try:
                done += review_script(script=script, by=request.user)
            except NeedsAnotherPerson:
                text = _("“%(script)s”由您撰写，需要另一位同事审核。") % {"script": script}
                messages.error(request, text)
        if done:
            messages.success(request, _("已审核通过 %(count)d 条话术。") % {"count": done})

    @admin.action(description=gettext_lazy("停用选中的话术"), permissions=["change"])
    def retire(self, request: Any, queryset: QuerySet[Script]) -> None:
        done = sum(retire_script(script=script, by=request.user) for script in queryset)
        messages.success(request, _("已停用 %(count)d 条话术。") % {"count": done})
