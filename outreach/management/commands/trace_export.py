"""Whose download a leaked list comes from: `manage.py trace_export FILE`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from outreach.exports.tracing import Suspect, read_leak, suspects
from trust import audit
from whitelist.imports.reading.problems import FileProblem


class Command(BaseCommand):
    help = (
        "Name the download that a list, or a part of one, comes from: CSV, TXT or XLSX, with "
        "whatever columns are left, in whatever order. Exit 1 when it is none that can be named."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            leak = read_leak(file)
        except (OSError, FileProblem) as problem:
            raise CommandError(f"{file}: {problem}") from None
        named = suspects(leak)
        copies = [each.copy.mark for each in named]
        audit.record("export.trace", by=None, rows=len(leak), copies=copies)
        if not named:
            raise CommandError(f"not found: {len(leak)} lines speak for no download.")
        for each in named:
            self.stdout.write(_sentence(each))


def _sentence(suspect: Suspect) -> str:
    copy, weight = suspect.copy, suspect.weight
    who, at = copy.export.asked_by, timezone.localtime(copy.at)
    return (
        f"download {copy.mark}: {who.username} {who.name}, {who.branch.name}, "
        f"{at:%Y-%m-%d %H:%M}; {weight.right} of {weight.marks} addresses are written its way, "
        f"{weight.decoys} of its decoys; log likelihood ratio {weight.score:.1f}"
    )
