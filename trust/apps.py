from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrustConfig(AppConfig):
    name = "trust"
    verbose_name = _("信任")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from trust import (
            checks,  # noqa: F401 (registers them)
            wall,  # noqa: F401 (from here on statements say whose rows they ask for)
        )
        from trust.grants import grant_application_role
        from trust.retention import Kept, Then, declare

        post_migrate.connect(grant_application_role)
        declare(
            "trust.AuditEvent",
            Kept(
                ("actor_no", "address", "target"),
                Then.KEPT,
                "at least 180 days at hand, then moved to files by `archive_audit`; the bank decides",
            ),
        )
        declare(
            "sessions.Session",
            Kept(
                ("session_data",),
                Then.DELETED,
                "its end",
                days="RETAIN_SESSION_DAYS",
                since="expire_date",
            ),
        )
