"""`make test`: the whole suite on SQLite and on PostgreSQL, and the browser tests.

Installs what it needs where it may; otherwise stops and says what to install.

    scripts/test.py            everything
    scripts/test.py quick      unit tests on SQLite alone, without the slow ones
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from children import end, start, stop_on_signals
from environment import PYTHON, ROOT, ensure, need_packages, say
from with_postgres import binaries, private_postgres

PYTEST = [str(PYTHON), "-m", "pytest"]


def main() -> None:
    stop_on_signals()
    quick = sys.argv[1:2] == ["quick"]
    if not quick:
        _need_programs()
    ensure("dev")
    _drop_stale_bytecode()
    workers = ["-n", str(min(4, os.cpu_count() or 1))]
    if quick:
        sys.exit(_pytest("SQLite", ["-m", "not browser and not slow", *workers, *sys.argv[2:]], {}))
    failed = _pytest("SQLite", ["-m", "not browser", *workers], {})
    with private_postgres() as postgres:
        once_more = ["-m", "not browser", "--what-asks-the-database", *workers]
        failed |= _pytest("PostgreSQL", once_more, postgres)
        failed |= _pytest("browser, PostgreSQL", ["-m", "browser", *workers], postgres)
    # Not the screens that are the same on either engine (tests/browser/conftest.py).
    failed |= _pytest("browser, SQLite", ["-m", "browser and not slow", *workers], {})
    say("All tests passed." if not failed else "Some tests failed: see above.")
    sys.exit(failed)


def _need_programs() -> None:
    """PostgreSQL's server, a Chromium, and a font it can write Chinese with."""
    missing = []
    if binaries() is None:
        missing.append("postgresql")
    if shutil.which("chromium") is None:
        missing.append("chromium")
    has_font = (
        shutil.which("fc-list")
        and subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True).stdout.strip()
    )
    if not has_font:
        missing += ["fontconfig", "fonts-wqy-microhei"]
    if missing:
        need_packages(missing, "for the tests")


def _drop_stale_bytecode() -> None:
    """Compiled modules of files that are gone would hide that they are missing."""
    for cache in ROOT.glob("*/**/__pycache__"):
        if cache.is_relative_to(ROOT / ".venv"):
            continue
        for compiled in cache.glob("*.pyc"):
            source = cache.parent / (compiled.name.split(".")[0] + ".py")
            if not source.exists():
                compiled.unlink(missing_ok=True)


def _pytest(where: str, arguments: list[str], database: dict[str, str]) -> int:
    """Run pytest there; 0 when all passed (or when there was nothing to run)."""
    say(f"\n── {where} ──")
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("DATABASE_") and key != "PRODUCTION"
    }
    began = time.monotonic()
    child = start([*PYTEST, *arguments], env={**env, **database}, cwd=ROOT)
    try:
        code = child.wait()
    finally:
        end(child)
    say(f"── {where}: {time.monotonic() - began:.0f} s ──")
    return 0 if code in (0, 5) else 1


if __name__ == "__main__":
    main()
