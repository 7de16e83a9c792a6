"""Write whitelist files to try the upload with."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from branches.models import Branch
from outreach.demo.files import write_demo_files


class Command(BaseCommand):
    help = "Write ugly (and one clean) whitelist files that fit the demo data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=settings.VAR_DIR / "demo-files")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        if not Branch.objects.filter(code="13707").exists():
            raise CommandError("the demo is not seeded here: run `make run` first")
        for path, about in write_demo_files(folder):
            self.stdout.write(f"{path}\n    {about}")
