"""Move old audit events to a file: `manage.py archive_audit --before 2026-01-01 --into DIR`."""

from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from trust.archive import NotArchived, archive_before


class Command(BaseCommand):
    help = "Move audit events before a day to a file; on PostgreSQL as the tables' owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--before", required=True, help="YYYY-MM-DD, 180 days ago or earlier")
        parser.add_argument("--into", required=True, type=Path)

    def handle(self, *args: Any, before: str, into: Path, **options: Any) -> None:
        try:
            day = parse_date(before)
        except ValueError:
            day = None
        if day is None:
            raise CommandError("--before must be a day, as 2026-01-31.")
        try:
            moment = timezone.make_aware(datetime.combine(day, time()))
            made = archive_before(moment, into)
        except NotArchived as error:
            raise CommandError(str(error)) from error
        if made is None:
            self.stdout.write("Nothing to move.")
        else:
            self.stdout.write(f"Links {made.first:,} to {made.last:,}: {made.file_name}")
