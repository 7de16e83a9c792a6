"""The servers that are asked: ours as `make run` starts it, and the peers' the same way."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
from children import end, start
from environment import PYTHON

WORKERS, THREADS = 2, 4  # as scripts/run.py
PEER_MEMORY = 6 * 1024**3  # bytes of address space a peer's process may take
# As a bank would set it on such a machine; every write waits for the disk.
PRODUCTION_LIKE = (
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "shared_buffers=2GB",
    "effective_cache_size=8GB",
    "work_mem=32MB",
    "maintenance_work_mem=512MB",
    "max_wal_size=8GB",
    "random_page_cost=1.1",
    "jit=off",
    "max_connections=200",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def web_command(application: str, port: int, var: Path, python: str) -> list[str]:
    return [
        *(python, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"),
        *("--workers", str(WORKERS), "--threads", str(THREADS), "--timeout", "120"),
        *("--log-level", "error", "--no-control-socket", "--worker-tmp-dir", str(var / "tmp")),
    ]


def our_environment(var: Path, database: Mapping[str, str]) -> dict[str, str]:
    """What our server and commands run with; sessions last as long as the benchmark."""
    env = {**os.environ, **database, "VAR_DIR": str(var), "SESSION_IDLE_MINUTES": "600"}
    env["PAGES_PER_HOUR"] = "1000000"  # counted all the same: that is part of an answer's time
    env["DJANGO_SETTINGS_MODULE"] = "marketing_map.settings"
    env.setdefault("LOG_LEVEL", "ERROR")
    if env.get("DATABASE_APP_URL"):  # migrated as the owner, run as the application
        env["DATABASE_URL"] = env["DATABASE_APP_URL"]
    return env


@contextmanager
def our_server(var: Path, env: Mapping[str, str], ready_made: Path) -> Iterator[int]:
    """The product's web server; gives its port.

    Args:
        ready_made: a folder of collected static files to copy; made if it is not there.
    """
    if not ready_made.is_dir():
        collect = [str(PYTHON), "manage.py", "collectstatic", "--noinput", "-v0"]
        subprocess.run(collect, cwd=ROOT, env=dict(env), check=True)
        shutil.copytree(var / "static", ready_made)
    shutil.copytree(ready_made, var / "static", dirs_exist_ok=True)
    port = free_port()
    command = web_command("marketing_map.wsgi:application", port, var, str(PYTHON))
    with _running(command, env, port, "/healthz"):
        yield port


class PeerServer:
    """The peers' server: may be started anew after a request that never ended."""

    def __init__(self, var: Path, env: Mapping[str, str]) -> None:
        self.var, self.env = (
            var,
            dict(env) | {"DJANGO_SETTINGS_MODULE": "benchmarks.peers.settings"},
        )
        self.port = free_port()
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, or start again with every connection cut."""
        self.stop()
        command = web_command(
            "benchmarks.peers.wsgi:application", self.port, self.var, sys.executable
        )
        limited = ["/bin/sh", "-c", f'ulimit -v {PEER_MEMORY // 1024}; exec "$@"', "sh", *command]
        self.child = start(limited, env=self.env, cwd=ROOT)
        _wait(self.port, "/ready/", self.child)

    def stop(self) -> None:
        if self.child is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.child.pid, 9)  # its session: master and workers
            self.child.wait()
            self.child = None


@contextmanager
def _running(command: list[str], env: Mapping[str, str], port: int, path: str) -> Iterator[None]:
    child = start(command, env=dict(env), cwd=ROOT)
    try:
        _wait(port, path, child)
        yield
    finally:
        end(child)


def _wait(port: int, path: str, child: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if child.poll() is not None:
            sys.exit("A web server ended while starting: see its message above.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5):
                return
        except urllib.error.HTTPError as error:
            sys.exit(f"{path} answers {error.code}")
        except OSError:
            time.sleep(0.1)
    sys.exit("A web server did not answer within a minute.")
