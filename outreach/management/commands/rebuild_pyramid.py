"""The counts of the map, made anew from the leads."""

from typing import Any

from django.core.management.base import BaseCommand

from outreach.pyramid.folding import rebuild_pyramid


class Command(BaseCommand):
    help = (
        "Count all leads of the map anew. Nothing on the map is wrong meanwhile, and "
        "nobody waits but on SQLite, where other writers do."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rebuild_pyramid()} leads counted.")
