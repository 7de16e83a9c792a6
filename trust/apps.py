from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrustConfig(AppConfig):
    name = "trust"
    verbose_name = _("信任")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from trust import wall  # noqa: F401 (from here on statements say whose rows they ask for)
        from trust.grants import grant_application_role

        post_migrate.connect(grant_application_role)
