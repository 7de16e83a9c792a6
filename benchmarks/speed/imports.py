"""A list of many rows goes in, while somebody writes: ours, and what others use.

Ours: the file is read in its sandbox, checked, encrypted, indexed, geocoded,
compared and put in force (`manage.py import_whitelist --commit`). The peers
only store the rows as text: they check, encrypt and compare nothing.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from with_postgres import private_postgres

from benchmarks.speed.record import Record
from benchmarks.speed.servers import PRODUCTION_LIKE, ROOT

PEERS = ("COPY (the limit)", "pandas to_sql", "django-import-export, bulk")
PEER_SECONDS = 600


def imports(
    engines: Sequence[str], sizes: Sequence[int], folder: Path, *, peers: bool
) -> Iterator[Record]:
    """Each engine and size on a database of its own."""
    for rows in sizes:
        for engine in engines:
            var = folder / f"import-{engine}-{rows}"
            (var / "tmp").mkdir(parents=True)
            if engine == "sqlite":
                env = _environment(var, {"DATABASE_URL": f"sqlite:///{var / 'db.sqlite3'}"})
                yield from _ours(env, rows, engine)
            else:
                with private_postgres(*PRODUCTION_LIKE) as found:
                    yield from _ours(_environment(var, found), rows, engine)
                    if peers:
                        yield from _peers(_superuser(found), var / "henan.csv", rows)


def _environment(var: Path, database: dict[str, str]) -> dict[str, str]:
    settings = {"VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "marketing_map.settings"}
    return {**os.environ, **database, **settings}


def _superuser(found: dict[str, str]) -> dict[str, str]:
    url = found["DATABASE_URL"].replace("mm_owner@", "postgres@")
    settings = {"PEER_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "benchmarks.peers.settings"}
    return {**os.environ, **settings}


def _ours(env: dict[str, str], rows: int, engine: str) -> Iterator[Record]:
    command = [sys.executable, "-m", "benchmarks.speed.import_engine", str(rows), engine]
    done = subprocess.run(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    for line in done.stdout.splitlines():
        yield Record(**json.loads(line))
    if done.returncode:
        print(f"import of {rows:,} on {engine} failed: see above", file=sys.stderr)


def _peers(env: dict[str, str], file: Path, rows: int) -> Iterator[Record]:
    if not file.exists():
        return
    for peer in PEERS:
        if rows > 300_000 and peer == PEERS[2]:
            continue  # it holds every row in memory: not at a million
        command = [sys.executable, "-m", "benchmarks.peers.import_rows", peer, str(file)]
        child = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            said, _ = child.communicate(timeout=PEER_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            yield Record("import", f"{rows:,} rows", peer, 0, None, None, None, note="> 600 s")
            continue
        if child.returncode:
            yield Record("import", f"{rows:,} rows", peer, 0, None, None, None, note="failed")
            continue
        found = json.loads(said)
        took, peak = found["seconds"], found["peak_mb"]
        note = f"{rows / took:,.0f} rows/s, {peak:.0f} MB"
        yield Record("import", f"{rows:,} rows", peer, 1, took, took, None, 1, note, "s")
        case = f"{rows:,} rows"
        yield Record("import: peak memory", case, peer, 1, peak, peak, None, unit="MB")
