"""Run a command with a private PostgreSQL: `scripts/with_postgres.py CMD ARG…`.

A cluster is made in a temporary folder, listens on a free port of this machine
and is gone afterwards. The command finds

- DATABASE_URL: the owner of the tables (`mm_owner`), for migrating;
- DATABASE_APP_ROLE: `mm_app`, the role the application runs as, which owns nothing;
- DATABASE_APP_URL: the same database as that role.

Standard library only. initdb refuses root: as root, everything runs as `postgres`.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from children import end, start, stop_on_signals

OWNER, APPLICATION, DATABASE = "mm_owner", "mm_app", "marketing_map"
# Nothing here outlives the tests: no need to wait for the disk.
FAST: tuple[str, ...] = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=100",
)
FAST += ("shared_buffers=256MB", "max_wal_size=4GB", "autovacuum_naptime=10s")


def binaries() -> Path | None:
    """The folder with initdb and postgres, version 15 or newer; None when not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = [
        path.parent
        for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
        if int(path.parts[-3]) >= 15
    ]
    return max(versions, key=lambda path: int(path.parts[-2]), default=None)


@contextmanager
def private_postgres(*settings: str, folder: Path = Path("/tmp")) -> Iterator[dict[str, str]]:
    """A running cluster; gives the environment variables that lead to it.

    Args:
        settings: further ``name=value`` settings; later ones win.
        folder: where it lies.
    """
    programs = binaries()
    if programs is None:
        sys.exit("PostgreSQL 15 or newer is needed: install postgresql.")
    as_user: dict[str, Any] = {}
    data = Path(tempfile.mkdtemp(prefix="marketing-map-pg-", dir=folder))
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")
        as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": data, **as_user}
    cluster = data / "cluster"
    server = None
    try:
        make = [str(programs / "initdb"), "-D", str(cluster), "-U", "postgres", "-A", "trust"]
        subprocess.run([*make, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], check=True, **quiet)
        port = _free_port()
        options = [
            part
            for setting in (*FAST, f"unix_socket_directories={data}", *settings)
            for part in ("-c", setting)
        ]
        log = (data / "log").open("wb")
        command = [programs / "postgres", "-D", cluster, "-p", port, "-h", "127.0.0.1", *options]
        server = start([str(part) for part in command], stderr=log, **quiet)
        _make_roles(programs, port, data / "log", server)
        at = f"127.0.0.1:{port}/{DATABASE}"
        yield {
            "DATABASE_URL": f"postgres://{OWNER}@{at}",
            "DATABASE_APP_URL": f"postgres://{APPLICATION}@{at}",
            "DATABASE_APP_ROLE": APPLICATION,
        }
    finally:
        if server is not None:
            end(server, signal.SIGINT)  # "fast" shutdown: does not wait for clients
        shutil.rmtree(data, ignore_errors=True)


def _make_roles(folder: Path, port: int, log: Path, server: "subprocess.Popen[bytes]") -> None:
    psql = [str(folder / "psql"), "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-qX"]
    deadline = time.monotonic() + 30
    while subprocess.run([*psql, "-c", "SELECT 1"], capture_output=True).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"PostgreSQL did not start: {log.read_text()[-400:]}")
        time.sleep(0.1)
    for statement in (
        f"CREATE ROLE {OWNER} LOGIN CREATEDB",
        f"CREATE ROLE {APPLICATION} LOGIN",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
    ):
        subprocess.run([*psql, "-c", statement], check=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit("usage: scripts/with_postgres.py COMMAND [ARGUMENT …]")
    stop_on_signals()
    with private_postgres() as found:
        child = start(sys.argv[1:], env={**os.environ, **found})
        try:
            code = child.wait()
        except KeyboardInterrupt:
            end(child)
            code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
