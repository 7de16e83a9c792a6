"""The project as an application: its checks, and an admin that needs no GDAL."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.translation import gettext_lazy as _


class MarketingMapConfig(AppConfig):
    name = "marketing_map"
    verbose_name = _("营销地图")

    def ready(self) -> None:
        from jobs.clock import every_tick
        from jobs.surroundings import surround
        from marketing_map import checks  # noqa: F401 (registers the system checks)
        from trust.chain import seal_new
        from trust.heads import note_head
        from trust.wall import whole_bank

        every_tick(seal_new)  # the ground floor's own, which knows of no clock
        every_tick(note_head)
        surround(lambda: whole_bank("jobs and the clock work for every branch"))


class MapAdminConfig(SimpleAdminConfig):
    """Django's admin, finding every app's `admin` module except Leaflet's.

    `leaflet.admin` imports `django.contrib.gis.forms`, which needs GDAL; with
    the stock autodiscovery every command fails on a machine without it
    (makinacorpus/django-leaflet#299). We use none of it.
    """

    def ready(self) -> None:
        super().ready()
        for app in apps.get_app_configs():
            if app.name != "leaflet" and find_spec(f"{app.name}.admin"):
                import_module(f"{app.name}.admin")
