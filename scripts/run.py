"""`make run`: environment, database, demo data, web and worker, on one machine.

Standard library only: it runs before anything is installed.
"""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from children import end, start, stop_on_signals
from environment import PYTHON, ROOT, ensure, say

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60
DEMO_LOGINS = "manager, supervisor, admin, reviewer, auditor"


def main() -> None:
    port = _free_port()
    stop_on_signals()
    children: list[subprocess.Popen[bytes]] = []
    try:
        ensure("run")
        # Whoever tries the demo in the evening may call too; a bank has its own hours.
        # Browsers bind passkeys to localhost, with the port it is opened at.
        demo = {"CALL_HOURS": "00:00-23:59", "PASSKEY_ORIGINS": f"http://localhost:{port}"}
        env = {**demo, **os.environ, "PYTHONUNBUFFERED": "1"}
        var = Path(env.get("VAR_DIR", ROOT / "var"))
        _prepare(env, var)
        children.append(start(_web(port, var), env=env, cwd=ROOT))
        children.append(start(_worker(), env=env, cwd=ROOT))
        _wait_until_it_answers(port, children[0])
        say(f"READY http://{HOST}:{port}/")
        password = env.get("DEMO_PASSWORD", "demo-2026")
        say(f"Demo logins: {DEMO_LOGINS} (password: {password}). Ctrl-C stops.")
        say(f"Passkeys are bound to a name: to try one, open http://localhost:{port}/")
        _watch(children, env)
    except KeyboardInterrupt:
        pass
    finally:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        for child in reversed(children):
            end(child)


def _free_port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        sys.exit(f"PORT is {text!r}: a number between 1 and 65535 is needed.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as reason:
            sys.exit(f"Port {port} cannot be used ({reason.strerror}): PORT={port + 1} make run")
    return port


def _prepare(env: dict[str, str], var: Path) -> None:
    """Tables, static files and demo data; quick when they are there."""
    _manage(["migrate", "--verbosity", "0"], env)
    stamp, digest = var / "static.stamp", _digest_of_static_files()
    if not stamp.exists() or stamp.read_text() != digest or not (var / "static").is_dir():
        _manage(["collectstatic", "--noinput", "--verbosity", "0"], env)
        stamp.write_text(digest)
    _manage(["seed_demo"], env)


def _manage(arguments: list[str], env: dict[str, str]) -> None:
    done = subprocess.run(
        [PYTHON, "manage.py", *arguments], cwd=ROOT, env=env, stdout=subprocess.DEVNULL
    )
    if done.returncode:
        sys.exit(f"“manage.py {arguments[0]}” failed: see its message above.")


def _digest_of_static_files() -> str:
    """Changes when one of our files does, or the installed packages do."""
    seen = hashlib.sha256((ROOT / "requirements" / "run.txt").read_bytes())
    for path in sorted((ROOT / "static").rglob("*")):
        if path.is_file():
            state = path.stat()
            seen.update(f"{path.relative_to(ROOT)} {state.st_size} {state.st_mtime_ns}".encode())
    return seen.hexdigest()


def _web(port: int, var: Path) -> list[str]:
    """gunicorn; its control socket stays off, as it would go to the home directory."""
    return [
        *(str(PYTHON), "-m", "gunicorn", "marketing_map.wsgi:application"),
        *("--bind", f"{HOST}:{port}", "--workers", "2", "--threads", "4"),
        *("--timeout", "120", "--log-level", "warning", "--no-control-socket"),
        *("--worker-tmp-dir", str(var / "tmp")),
    ]


def _worker() -> list[str]:
    return [str(PYTHON), "manage.py", "work"]


def _wait_until_it_answers(port: int, web: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if web.poll() is not None:
            sys.exit("The web server ended while starting: see its message above.")
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"The web server did not answer within {PATIENCE_SECONDS} seconds.")


def _watch(children: list["subprocess.Popen[bytes]"], env: dict[str, str]) -> None:
    """Until somebody stops us: a worker that died is started again, a dead web server ends all."""
    web, worker = children
    while True:
        time.sleep(0.5)
        if web.poll() is not None:
            sys.exit("The web server has ended.")
        if worker.poll() is not None:
            say("The worker has ended; starting another.")
            time.sleep(1)
            children[1] = worker = start(_worker(), env=env, cwd=ROOT)


if __name__ == "__main__":
    main()
