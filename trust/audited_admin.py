"""Django's admin, with every change in the audit log."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest

from trust import audit

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin


MOST_DIGITS = 18  # of a key; a longer number is no bigint


class SelectOfKeys(AutocompleteSelect):
    """Shows a form again with whatever was sent: Django's looks it up first, and fails where it
    is no number."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, list(filter(_may_be_a_key, value)), attr)


def _may_be_a_key(sent: str) -> bool:
    return not sent or (sent.isdecimal() and len(sent) <= MOST_DIGITS)


class AuditedAdmin(_ModelAdmin):
    """Records who changed which fields of what; the values stay out of the log."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SelectOfKeys(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._record(request, obj, "change" if change else "add", form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._record(request, obj, "delete", [])
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    def _record(self, request: HttpRequest, obj: Any, what: str, fields: list[str]) -> None:
        audit.record(
            "admin.edit",
            by=request.user,
            target=f"{obj._meta.model_name}:{obj.pk}",
            request=request,
            what=what,
            fields=fields,
        )
