"""Programmes, products and the gazetteer. Never customers, offers or positions."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _

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
    list_display = ("code", "name", "terms", "apply_url")

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["help_texts"] = {
            "apply_url": _(
                "推送页“去手机银行申请”打开的地址，https 开头；"
                "{code} 会换成追踪码，申请渠道据此知道由谁推送。留空则页面上没有这个按钮。"
            )
        }
        return super().get_form(request, obj, change, **kwargs)


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
