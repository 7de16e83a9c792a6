"""Do the counts of the map say what the leads do?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import F

from outreach.models import Lead, LeadCell, LeadChange
from outreach.pyramid.folding import differences


class Command(BaseCommand):
    help = (
        "Compare the counts of the map with the leads, kind by kind. Exits with 1 when "
        "they differ; rebuild_pyramid mends it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        leads = Lead.objects.unscoped("their copy of a branch's number")
        misplaced = leads.exclude(branch_number=F("branch__number")).count()
        if misplaced:
            raise CommandError(
                f"{misplaced} leads count under a number that is not their branch's:"
                " save a branch in the admin, or import the branches again."
            )
        found = differences()
        for layer, kinds in found:
            self.stderr.write(f"{layer}: {kinds} kinds of leads counted wrongly")
        if found:
            raise CommandError("The counts differ from the leads: run rebuild_pyramid.")
        cells, journal = LeadCell.objects.count(), LeadChange.objects.count()
        self.stdout.write(
            f"The counts agree with the leads: {cells} cells, {journal} in the journal."
        )
