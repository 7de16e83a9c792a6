"""The refusals as a file, for the bank's other channels."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from outreach.refusing import exportable, lines_of, narrowed, open_refusals
from trust import audit
from trust.private_file import new_private_file


class Command(BaseCommand):
    help = (
        "Write the open refusals of the whole bank as CSV: 客户号, 来源, 日期. With --since only "
        "those from that day on. The file names who may not be contacted now: customers who "
        "asked to be contacted again are in it no more, so a full file replaces the one before."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="must not exist yet")
        parser.add_argument("--since", type=date.fromisoformat, metavar="YYYY-MM-DD")

    def handle(self, *args: Any, file: Path, since: date | None, **options: Any) -> None:
        rows = narrowed(open_refusals(None), since=since)
        named, everybody = exportable(rows).count(), rows.count()
        day = since.isoformat() if since else ""
        try:
            out = new_private_file(file)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        audit.record("refusals.export", by=None, rows=named, since=day)
        with out:
            out.writelines(lines_of(rows))
        self.stdout.write(f"{named} refusals written to {file}.")
        if named < everybody:
            self.stdout.write(f"{everybody - named} have no 客户号 and cannot be named in a file.")
