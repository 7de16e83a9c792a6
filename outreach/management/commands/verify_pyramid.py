"""Do the counts of the map say what the leads do?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from outreach.models import LeadCell, LeadChange
from outreach.pyramid.folding import differences


class Command(BaseCommand):
    help = (
        "Compare the counts of the map with the leads, kind by kind. Exits with 1 when "
        "they differ; rebuild_pyramid mends it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = differences()
        for layer, kinds in found:
            self.stderr.write(f"{layer}: {kinds} kinds of leads counted wrongly")
        if found:
            raise CommandError("The counts differ from the leads: run rebuild_pyramid.")
        cells, journal = LeadCell.objects.count(), LeadChange.objects.count()
        self.stdout.write(
            f"The counts agree with the leads: {cells} cells, {journal} in the journal."
        )
