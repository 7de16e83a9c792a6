from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WhitelistConfig(AppConfig):
    name = "whitelist"
    verbose_name = _("名单")

    def ready(self) -> None:
        from whitelist import retention  # noqa: F401 (registers its rules)
