"""The product's processes for a benchmark: web servers, workers, a pooler; all of them ended.

Each web server is gunicorn as `make run` starts it. PgBouncer, where Debian's
package is installed, stands between them and PostgreSQL in transaction mode.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from children import end, start

# What a benchmark asks more often than a person may.
LIMITS_OFF = {
    "CALL_HOURS": "00:00-23:59",
    "CALLS_PER_HOUR": "1000000",
    "UNLOGGED_MAX": "1000000",
    "ATTEMPTS_PER_DAY": "1000000",
    "ATTEMPTS_PER_30_DAYS": "1000000",
    "CONVERSATIONS_PER_DAY": "1000000",
    "CONVERSATIONS_PER_30_DAYS": "1000000",
    "CLAIMS_PER_DAY": "1000000",
    "PAGES_PER_HOUR": "1000000",
    "API_PAGES_PER_HOUR": "1000000",
}


def database() -> str:
    """The address of the database for the application: that of its role, when there is one."""
    return os.environ.get("DATABASE_APP_URL") or os.environ.get("DATABASE_URL", "")


@contextmanager
def web_and_workers(
    ports: Sequence[int],
    *,
    workers: int,
    threads: int = 4,
    url: str = "",
    application: str = "marketing_map.wsgi:application",
    **env: str,
) -> Iterator[None]:
    """One gunicorn of two processes at each port, and `workers` workers beside them.

    Args:
        url: the database, where it is another than the configured one (a pooler's).
        application: what gunicorn serves, where it is another than the product (a control).
    """
    home = Path(tempfile.mkdtemp(prefix="bench-servers-"))
    settings = {**os.environ, **LIMITS_OFF, "LOG_LEVEL": "ERROR", **env}
    if url or database():
        settings["DATABASE_URL"] = url or database()
    manage = [sys.executable, str(ROOT / "manage.py")]
    static = Path(settings.get("VAR_DIR", str(ROOT / "var"))) / "static" / "staticfiles.json"
    if not static.exists():
        subprocess.run([*manage, "collectstatic", "--noinput", "-v0"], env=settings, check=True)
    with ExitStack() as running:
        running.callback(shutil.rmtree, home, ignore_errors=True)
        for port in ports:
            web = [sys.executable, "-m", "gunicorn", application]
            web += ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", str(threads)]
            web += ["--log-level", "warning", "--no-control-socket", "--keep-alive", "75"]
            web += ["--worker-connections", "1000", "--worker-tmp-dir", str(home)]
            running.callback(end, start(web, env=settings, cwd=ROOT))
        for _ in range(workers):
            # The web servers may go through a pooler; a worker needs a connection of its own.
            own = {**settings, **({"DATABASE_URL": database()} if database() else {})}
            running.callback(end, start([*manage, "work"], env=own, cwd=ROOT))
        for port in ports:
            _wait_for(port)
        yield


@contextmanager
def pgbouncer(port: int, pool: int) -> Iterator[str]:
    """PgBouncer in transaction mode before the configured database; gives its address.

    Args:
        pool: connections to PostgreSQL, however many come from the application.
    """
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    if not Path(program).exists():
        sys.exit("PgBouncer is not installed (Debian: apt install pgbouncer).")
    parts = urlsplit(database())
    home = Path(tempfile.mkdtemp(prefix="bench-pgbouncer-", dir="/tmp"))
    (home / "users").write_text(f'"{parts.username}" ""\n')
    (home / "ini").write_text(
        f"[databases]\n* = host={parts.hostname} port={parts.port or 5432}\n[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = trust\nauth_file = {home / 'users'}\npool_mode = transaction\n"
        f"default_pool_size = {pool}\nmax_client_conn = 1000\nlogfile = {home / 'log'}\n"
        "ignore_startup_parameters = options\n"
    )
    user = []
    if os.geteuid() == 0:  # it refuses root
        shutil.chown(home, "postgres", "postgres")
        user = ["-u", "postgres"]
    child = start([program, "-q", *user, str(home / "ini")])
    try:
        _listening(port)
        netloc = f"{parts.username}@127.0.0.1:{port}"
        query = "DISABLE_SERVER_SIDE_CURSORS=true"
        yield urlunsplit((parts.scheme, netloc, parts.path, query, ""))
    finally:
        end(child)
        shutil.rmtree(home, ignore_errors=True)


def _listening(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit(f"Nothing listens at port {port}.")


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"The web server at port {port} did not answer within a minute.")
