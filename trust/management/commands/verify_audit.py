"""Whether the audit log is as it was written: `manage.py verify_audit`."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from trust.archive import faults_of_file
from trust.chain import archived, faults, head, unsealed
from trust.heads import noted
from trust.models import AuditArchive

SHOWN = 20
WORDS = {
    "changed": "event {event} does not fit its MAC",
    "event_missing": "event {event} of link {number} is gone",
    "link_missing": "link {number} is gone",
    "broken": "link {number} does not follow from the one before it (event {event})",
    "cut": "the chain once reached link {number}",
    "rewritten": "link {number} is not what a noted head says",
    "unsealed": "event {event} is old and was never chained",
    "unknown_key": "event {event} (link {number}) is under a key that is not in AUDIT_KEYS",
    "old_key": "event {event} (link {number}) was made under a key that was in use no more",
    "file_missing": "the archive that begins with link {number} is not there",
    "file_changed": "the archive that begins with link {number} has other bytes",
}


class Command(BaseCommand):
    help = "Check every event, link and noted head of the audit log. Exit 1 if anything is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--heads", type=Path, help="heads kept elsewhere (default: AUDIT_HEADS)"
        )
        parser.add_argument("--archives", type=Path, help="check the archived files in here, too")

    def handle(self, *args: Any, heads: Path | None, archives: Path | None, **options: Any) -> None:
        if heads is not None and not heads.exists():
            raise CommandError(f"There is no file {heads}.")
        try:
            known = noted(heads or Path(settings.AUDIT_HEADS))
        except ValueError as error:
            raise CommandError(str(error)) from error
        found = Counter[str]()
        for fault in self._all(known, archives):
            found[fault.kind] += 1
            if found.total() <= SHOWN:
                said = WORDS[fault.kind].format(number=fault.number, event=fault.event_id)
                self.stderr.write(f"WRONG: {said}")
        last = head()
        self.stdout.write(
            f"{last.number - archived().number:,} events chained here, {archived().number:,} in"
            f" archives, {unsealed().count():,} not chained yet; {len(known):,} noted heads."
        )
        self.stdout.write(f"head: {last.number} {last.chain}")
        if found:
            raise CommandError(f"{found.total():,} faults: {dict(found)}", returncode=1)
        self.stdout.write("The log is as it was written.")

    def _all(self, known: Any, archives: Path | None) -> Any:
        if archives is not None:
            for archive in AuditArchive.objects.order_by("first"):
                yield from faults_of_file(archive, archives)
        yield from faults(known)
