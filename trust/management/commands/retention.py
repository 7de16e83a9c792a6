"""What is kept how long, and what is due: `manage.py retention [--apply]`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from trust.retention import CHUNK, carry_out_all, declared
from trust.retention_page import written_into


class Command(BaseCommand):
    help = "Show what is declared and how much of it is due; with --apply, carry it out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="carry out what is due")
        parser.add_argument("--chunk", type=int, default=CHUNK, help="rows in one transaction")
        parser.add_argument("--page", type=Path, help="write the table into this page, and stop")

    def handle(
        self, *args: Any, apply: bool, chunk: int, page: Path | None, **options: Any
    ) -> None:
        if page is not None:
            page.write_text(written_into(page.read_text(encoding="utf-8")), encoding="utf-8")
            return
        now = timezone.now()
        for each in declared():
            fields = ", ".join(each.kept.fields)
            if each.has_a_clock:
                due = f"{each.days} days after {each.kept.after}: {each.kept.then.value};"
                due += f" {each.due(now).count():,} due"
            else:
                due = f"{each.kept.then.value}: {each.kept.after}"
            self.stdout.write(f"{each.name} ({fields}): {due}")
        if apply:
            total = carry_out_all(now=now, chunk=chunk, tell=lambda *_: None)
            self.stdout.write(f"Carried out for {total:,} rows.")
        else:
            self.stdout.write(
                "Nothing was changed. --apply carries it out; so does the worker, daily."
            )
