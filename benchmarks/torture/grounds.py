"""Where trials take place: a fresh database and a folder each, made quickly.

Migrations run once an engine; a trial gets a copy. Keys are made for the run.
"""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
from with_postgres import private_postgres

KEYS = ("INDEX_KEY", "AUDIT_KEY", "SECRET_KEY")


@contextmanager
def grounds_of(engine: str, folder: Path) -> Iterator["Grounds"]:
    """Everything trials on one engine need; ends the database's server at the end."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DATABASE_") and name != "PRODUCTION"
    }
    env |= {name: secrets.token_hex(32) for name in KEYS}
    env |= {
        "FIELD_KEYS": f"1:{secrets.token_hex(32)}",
        "DJANGO_SETTINGS_MODULE": "marketing_map.settings",
        "LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    if engine == "sqlite":
        yield Grounds(engine, folder, env, {})
    else:
        with private_postgres() as server:
            yield Grounds(engine, folder, env, server)


class Grounds:
    """One engine, migrated."""

    def __init__(
        self, engine: str, folder: Path, env: dict[str, str], server: dict[str, str]
    ) -> None:
        self.engine, self._folder, self._server = engine, folder / engine, server
        self._model = self._folder / "model"
        (self._model / "tmp").mkdir(parents=True)
        self._count = 0
        self._env = env
        # Of this one the others are copies.
        first = env | self._address(self._model, "marketing_map")
        for command in ("manage.py", "migrate", "-v0"), ("benchmarks/torture/collect.py",):
            subprocess.run([sys.executable, *command], env=first, cwd=ROOT, check=True)

    @contextmanager
    def fresh(self) -> Iterator[dict[str, str]]:
        """The environment of one trial."""
        self._count += 1
        name = f"trial_{self._count}"
        var = self._folder / name
        (var / "tmp").mkdir(parents=True)
        (var / "static").symlink_to(self._model / "static")
        if self.engine == "sqlite":
            shutil.copyfile(self._model / "db.sqlite3", var / "db.sqlite3")
        else:
            self._sql(f"CREATE DATABASE {name} OWNER mm_owner TEMPLATE marketing_map")
        try:
            yield self._env | self._address(var, name)
        finally:
            shutil.rmtree(var, ignore_errors=True)
            if self.engine == "postgresql":
                self._sql(f"DROP DATABASE {name} WITH (FORCE)")

    def _address(self, var: Path, name: str) -> dict[str, str]:
        settings = {"VAR_DIR": str(var)}
        if self.engine == "sqlite":
            return settings | {"DATABASE_URL": f"sqlite:///{var / 'db.sqlite3'}"}
        addresses = {
            key: urlunsplit(urlsplit(value)._replace(path=f"/{name}"))
            for key, value in self._server.items()
            if key.endswith("_URL")
        }
        return settings | self._server | addresses

    def _sql(self, statement: str) -> None:
        import psycopg

        at = urlsplit(self._server["DATABASE_URL"])
        superuser = f"postgresql://postgres@{at.hostname}:{at.port}/postgres"
        with psycopg.connect(superuser, autocommit=True) as server:
            server.execute(statement)
