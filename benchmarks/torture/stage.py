"""For trials: Django on the trial's own database, people, customers, and the product running."""

import os
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT, ROOT / "benchmarks", ROOT / "scripts"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")

from crowd import Person, Tally, sessions_of
from servers import web_and_workers
from with_postgres import binaries, private_postgres

__all__ = ["Person", "Tally", "binaries", "private_postgres", "sessions_of", "web_and_workers"]


def ready() -> str:
    """Set Django up as the owner of the tables; the engine's name."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)  # nothing to do in `make torture`, whose copies are
    return connection.vendor


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def product(*, workers: int = 0, port: int = 0, **settings: Any) -> Iterator[int]:
    """The web server and so many workers, as `make run` starts them; gives the port."""
    from django.db import connections

    connections.close_all()  # theirs alone now, where they fork or lock
    port = port or free_port()
    with web_and_workers([port], workers=workers, **settings):
        yield port


@dataclass
class Crowd:
    """The cast of the tests, and more managers and supervisors of its county."""

    cast: Any
    managers: list[Any]
    supervisors: list[Any]


def crowd(managers: int, supervisors: int = 0) -> Crowd:
    """People of one outlet, and supervisors of its county branch; without passwords."""
    from branches.models import Role, Staff
    from tests.cast import make_cast

    cast = make_cast()

    def some(count: int, prefix: str, name: str, role: Role, branch: Any) -> list[Any]:
        return [
            Staff.objects.create(
                username=f"{prefix}{n:03d}", name=f"{name}{n:02d}", role=role, branch=branch
            )
            for n in range(count)
        ]

    return Crowd(
        cast,
        some(managers, "m", "经理", Role.MANAGER, cast.outlet),
        some(supervisors, "s", "主管", Role.SUPERVISOR, cast.county),
    )


def browsers(port: int, people: Sequence[Any], tally: Tally) -> list[Person]:
    """A logged-in browser for each."""
    import random

    return [
        Person(port, session, tally, random.Random(n))
        for n, session in enumerate(sessions_of(people))
    ]


@contextmanager
def worker(log: Path, *, pause: float = 0.05) -> Iterator[Any]:
    """One worker that looks often, its words kept; gives the process."""
    from children import end, start
    from servers import LIMITS_OFF, database

    env = {**os.environ, **LIMITS_OFF}
    if database():
        env["DATABASE_URL"] = database()
    command = [sys.executable, str(ROOT / "manage.py"), "work", "--pause", str(pause)]
    with log.open("ab") as words:
        child = start(command, env=env, cwd=ROOT, stdout=words, stderr=words)
        try:
            yield child
        finally:
            end(child)


def var() -> Path:
    """The trial's own folder."""
    return Path(os.environ["VAR_DIR"])
