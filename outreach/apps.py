from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OutreachConfig(AppConfig):
    name = "outreach"
    verbose_name = _("触客")

    def ready(self) -> None:
        from outreach import checks  # noqa: F401 (registers them)
        from outreach.record import forgetting  # noqa: F401 (registers its rule)

        post_migrate.connect(keep_branches_apart, sender=self)
        post_migrate.connect(keep_leads_counted, sender=self)


def keep_branches_apart(*, using: str = "default", **kwargs: Any) -> None:
    """After a migration: the policies of row-level security stand as the code has them."""
    from outreach.wall import install

    install(using=using)


def keep_leads_counted(*, using: str = "default", **kwargs: Any) -> None:
    """After a migration or a flush: the triggers stand, and the cells say what the leads do.

    A migration that makes SQLite's table of leads anew loses its triggers.
    """
    from outreach.models import Lead
    from outreach.pyramid import folding, triggers

    if "outreach_leadchange" not in _tables(using):
        return  # on the way back to before there was a pyramid
    came_anew = triggers.install(using=using)
    leads = Lead.objects.using(using).unscoped("is there any")
    if came_anew or not leads.exists():
        folding.rebuild_pyramid()


def _tables(using: str) -> list[str]:
    from django.db import connections

    return connections[using].introspection.table_names()
