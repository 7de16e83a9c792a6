from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = _("后台任务")

    def ready(self) -> None:
        for app in apps.get_app_configs():
            if find_spec(f"{app.name}.tasks"):
                import_module(f"{app.name}.tasks")
