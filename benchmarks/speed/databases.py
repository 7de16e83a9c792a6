"""The databases of a run: built, or copied from ones built beforehand."""

import os
import shutil
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import connect
from urllib.parse import urlsplit

from with_postgres import APPLICATION, OWNER, private_postgres

from benchmarks.speed.servers import PRODUCTION_LIKE, ROOT


@dataclass
class Database:
    """`env` is what the jobs run with; `about` what the report says of the server."""

    env: dict[str, str]
    about: dict[str, str] = field(default_factory=dict)


@contextmanager
def sqlite(asked: Namespace, folder: Path) -> Iterator[Database]:
    var = folder / "sqlite"
    (var / "tmp").mkdir(parents=True)
    file = var / "db.sqlite3"
    env = _plain_env() | {"VAR_DIR": str(var), "DATABASE_URL": f"sqlite:///{file}"}
    if asked.sqlite:
        shutil.copyfile(asked.sqlite, file)
        _migrate(env)
        with closing(connect(file)) as connection:
            connection.execute("ANALYZE")
    else:
        _build(asked.size, env)
    yield Database(env)


@contextmanager
def postgres(asked: Namespace, folder: Path) -> Iterator[Database]:
    """A private cluster with settings as in production, or a copy beside `--template`."""
    import psycopg

    var = folder / "postgresql"
    (var / "tmp").mkdir(parents=True)
    if asked.template:
        parts = urlsplit(asked.template)
        at = f"{parts.hostname}:{parts.port}"
        name = f"bench_run_{os.getpid()}"
        with psycopg.connect(f"postgres://postgres@{at}/postgres", autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {parts.path[1:]}")
        try:
            yield _ready(asked, var, _addresses(at, name))
        finally:
            with psycopg.connect(f"postgres://postgres@{at}/postgres", autocommit=True) as server:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    else:
        with private_postgres(*PRODUCTION_LIKE) as found:
            at = urlsplit(found["DATABASE_URL"]).netloc.partition("@")[2]
            yield _ready(asked, var, _addresses(at, "marketing_map"))


def _addresses(at: str, name: str) -> dict[str, str]:
    return {
        "DATABASE_URL": f"postgres://{OWNER}@{at}/{name}",
        "DATABASE_APP_URL": f"postgres://{APPLICATION}@{at}/{name}",
        "DATABASE_APP_ROLE": APPLICATION,
        "PEER_DATABASE_URL": f"postgres://postgres@{at}/{name}",
    }


def _ready(asked: Namespace, var: Path, addresses: dict[str, str]) -> Database:
    import psycopg

    env = _plain_env() | addresses | {"VAR_DIR": str(var)}
    if asked.template:
        _migrate(env)
    else:
        _build(asked.size, env)
    with psycopg.connect(addresses["PEER_DATABASE_URL"], autocommit=True) as server:
        server.execute("VACUUM ANALYZE")  # as autovacuum leaves tables that are at rest
    settings = ("server_version", "shared_buffers", "work_mem", "synchronous_commit", "jit")
    with psycopg.connect(addresses["PEER_DATABASE_URL"]) as server:
        said = {name: server.execute(f"SHOW {name}").fetchone()[0] for name in settings}
    text = ", ".join(f"{name} {value}" for name, value in said.items())
    return Database(env, {"PostgreSQL": text})


def _plain_env() -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "marketing_map.settings", "LOG_LEVEL": "ERROR"}


def _build(size: int, env: dict[str, str]) -> None:
    command = [sys.executable, "benchmarks/build_province.py", str(size)]
    if size > 5_000_000:
        command.append("--map-alone")
    subprocess.run(command, cwd=ROOT, env=env, check=True)


def _migrate(env: dict[str, str]) -> None:
    """A database built before the last migrations catches up."""
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    if list(ROOT.glob("*/management/commands/rebuild_pyramid.py")):
        subprocess.run([*manage, "rebuild_pyramid", "-v0"], cwd=ROOT, env=env, check=True)
