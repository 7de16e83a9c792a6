"""The worker: does queued jobs one after another, and keeps the clock."""

import logging
import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from jobs.clock import run_due
from jobs.queue import claim_next, run

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Do background jobs until stopped (or, with --until-empty, until none is due)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until-empty", action="store_true")
        parser.add_argument("--pause", type=float, default=0.5, help="seconds between looks")

    def handle(self, *args: Any, until_empty: bool, pause: float, **options: Any) -> None:
        self.stopping = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        next_tick = 0.0
        while not self.stopping:
            try:
                if time.monotonic() >= next_tick:
                    run_due()
                    next_tick = time.monotonic() + 5
                lease = claim_next()
                if lease is not None:
                    run(lease)
                elif until_empty:
                    return
                else:
                    time.sleep(pause)
            except Exception:
                logger.exception("worker: a job failed; going on")
                time.sleep(pause)
            close_old_connections()

    def _stop(self, *args: Any) -> None:
        self.stopping = True
