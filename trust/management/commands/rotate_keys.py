"""Everything brought under the keys in use: `manage.py rotate_keys [--report]`."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trust import audit
from trust.cipher import Unreadable
from trust.rotation.files import renew_files
from trust.rotation.places import places
from trust.rotation.report import Report, report
from trust.rotation.rows import CHUNK, StillHeld, renew
from trust.rotation.settled import index_is_settled, note_settled


class Command(BaseCommand):
    help = (
        "Bring sealed columns, sealed files and keyed indexes under the first keys of FIELD_KEYS and"
        " INDEX_KEYS, after everything runs with the new rings; goes on where it was stopped."
        " Says what is under which key, and which keys are needed no more. Exit 1 if anything is left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--report", action="store_true", help="count only, change nothing")
        parser.add_argument("--chunk", type=int, default=CHUNK, help="rows in one transaction")
        parser.add_argument(
            "--pause", type=float, default=0.0, help="seconds for others after each"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = report()
        if found.unknown:
            raise CommandError("; ".join(found.unknown), returncode=1)
        if not options["report"]:
            self._renew(found, options["chunk"], options["pause"])
            found = report()
            if not found.old_indexes and not index_is_settled():
                note_settled()
        for line in found.lines():
            self.stdout.write(line)
        if found.left:
            raise CommandError(f"{found.left:,} values are under former keys.", returncode=1)

    def _renew(self, before: Report, chunk: int, pause: float) -> None:
        try:
            values = {
                place.table: renew(place, chunk=chunk, pause=pause, tell=self._teller())
                for place in places()
            }
            files = renew_files()
        except (Unreadable, StillHeld) as error:
            raise CommandError(str(error), returncode=1) from error
        if before.left:
            done = {table: count for table, count in values.items() if count}
            audit.record("keys.rotate", by=None, values=done, files=files)

    def _teller(self) -> Callable[[Any, int], None]:
        told = [0]

        def tell(place: Any, count: int) -> None:
            if count - told[0] >= 100_000:
                told[0] = count
                self.stdout.write(f"{place.table}: {count:,} values so far")

        return tell
