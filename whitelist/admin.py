"""Programmes, products and the gazetteer. Never customers, offers or positions."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from trust.audited_admin import AuditedAdmin
from whitelist.models import OutletPlace, Place, Product, Programme


class NeverDeleted(AuditedAdmin):
    """What lists and customers refer to is changed, not deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Programme)
class ProgrammeAdmin(NeverDeleted):
    list_display = ("code", "name", "owner", "control_percent", "is_active")
    filter_horizontal = ("products",)
    autocomplete_fields = ("owner",)


@admin.register(Product)
class ProductAdmin(NeverDeleted):
    list_display = ("code", "name", "terms")


@admin.register(OutletPlace)
class OutletPlaceAdmin(AuditedAdmin):
    """Which outlet a township or village belongs to, for first assignment."""

    list_display = ("place_code", "outlet")
    search_fields = ("place_code", "outlet__name")
    autocomplete_fields = ("outlet",)


@admin.register(Place)
class PlaceAdmin(NeverDeleted):
    """地名. Points are WGS-84; customers are located anew with their next list."""

    list_display = ("code", "name", "level", "parent", "lon", "lat", "point_source")
    list_filter = ("level", "point_source")
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    autocomplete_fields = ("parent",)
    fields = ("code", "name", "level", "parent", "lon", "lat", "point_source", "match_name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("code", "level", "parent") if obj else ()
