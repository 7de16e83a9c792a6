"""`make check`: everything that is wrong and can be known without running a test."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import ROOT, VENV, ensure, say

# What a production installation sets. Nothing here is a secret: nothing is started.
PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "0123456789abcdef" * 4 + "-for-the-check-alone",
    "FIELD_KEYS": "1:" + bytes(range(32)).hex(),
    "INDEX_KEY": bytes(range(32, 64)).hex(),
    "AUDIT_KEY": bytes(range(64, 96)).hex(),
    "DATABASE_URL": "postgres://mm_app@127.0.0.1/marketing_map",
    "DATABASE_APP_ROLE": "mm_app",
    "ALLOWED_HOSTS": "map.example",
}
MANAGE = [str(VENV / "bin" / "python"), "manage.py"]


def main() -> None:
    ensure("dev")
    checks: tuple[tuple[str, list[str], dict[str, str]], ...] = (
        ("types", ["mypy", "."], {}),  # as long as all the others: first
        ("ruff", ["ruff", "check", "--quiet", "."], {}),
        ("format", ["ruff", "format", "--check", "--quiet", "."], {}),
        ("templates", ["djlint", "templates", "--lint", "--quiet"], {}),
        ("licences", [MANAGE[0], "scripts/supply.py", "licences"], {}),
        ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], {}),
        ("system", [*MANAGE, "check", "--fail-level", "WARNING"], {}),
        ("deploy", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    )
    with ThreadPoolExecutor(2) as side_by_side:
        passed = list(side_by_side.map(lambda check: _passes(*check), checks))
    failed = [name for (name, _, _), ok in zip(checks, passed, strict=True) if not ok]
    sys.exit(f"Failed: {', '.join(failed)}." if failed else 0)


def _passes(name: str, command: list[str], env: dict[str, str]) -> bool:
    program = command if command[0] == MANAGE[0] else [str(VENV / "bin" / command[0]), *command[1:]]
    done = subprocess.run(
        program,
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    what = f"{'ok ' if done.returncode == 0 else 'BAD'} {name}"
    say(f"{what}\n{done.stdout}" if done.returncode else what)
    return done.returncode == 0


if __name__ == "__main__":
    main()
