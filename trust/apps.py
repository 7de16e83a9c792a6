from django.apps import AppConfig


class TrustConfig(AppConfig):
    name = "trust"
    verbose_name = "信任"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from trust.grants import grant_application_role

        post_migrate.connect(grant_application_role)
