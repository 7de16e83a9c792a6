"""The worker: does queued jobs one after another, and keeps the clock."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connections

from jobs.clock import run_due
from jobs.queue import claim_next, run

logger = logging.getLogger(__name__)
TICK = 5.0  # seconds


class Command(BaseCommand):
    help = "Do background jobs until stopped (or, with --until-empty, until none is due)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until-empty", action="store_true")
        parser.add_argument("--pause", type=float, default=0.5, help="seconds between looks")

    def handle(self, *args: Any, until_empty: bool, pause: float, **options: Any) -> None:
        self.stopping = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        if until_empty:
            run_due()
        else:
            clock = threading.Thread(target=self._keep_the_clock, name="clock")
            clock.start()
        while not self.stopping.is_set():
            try:
                lease = claim_next()
                if lease is not None:
                    run(lease)
                elif until_empty:
                    return
                else:
                    self.stopping.wait(pause)
            except Exception:
                logger.exception("worker: a job failed; going on")
                self.stopping.wait(pause)
            close_old_connections()

    def _keep_the_clock(self) -> None:
        """What is due is done while a job of half an hour runs, too."""
        try:
            while not self.stopping.is_set():
                run_due()
                close_old_connections()
                self.stopping.wait(TICK)
        finally:
            connections.close_all()

    def _stop(self, *args: Any) -> None:
        self.stopping.set()
