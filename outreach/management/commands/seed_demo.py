"""Fill an empty installation with the demo."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from outreach.demo.seed import LOGINS, is_seeded, seed_demo


class Command(BaseCommand):
    help = "Seed 潍坊 with invented customers, unless there is an organisation already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, default=12_000)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, customers: int, seed: int, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("demo data has no place in production")
        if is_seeded():
            self.stdout.write("There is an organisation already; nothing was changed.")
            return
        password = os.environ.get("DEMO_PASSWORD", "demo-2026")
        seed_demo(customers=customers, seed=seed, password=password)
        self.stdout.write(f"{customers} customers; logins {', '.join(LOGINS)}: {password}")
