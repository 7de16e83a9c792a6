#!/usr/bin/env python3
"""Settings as production should have them start; each dangerous one alone does not.

    python benchmarks/torture/deploy.py

Runs the deployment check as `make check` does, with warnings as errors, and then
with one thing wrong each time; `marketing_map/checks.py` and settings must refuse.
Control: with nothing wrong it passes.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "scripts"))
from check import PRODUCTION

from benchmarks.torture.said import say

KEY = PRODUCTION["INDEX_KEY"]
WRONG = {
    "SQLite": {"DATABASE_URL": ""},
    "SQLite by name": {"DATABASE_URL": "sqlite:////tmp/x.sqlite3"},
    "no SECRET_KEY": {"SECRET_KEY": ""},
    "no FIELD_KEYS": {"FIELD_KEYS": ""},
    "no INDEX_KEY": {"INDEX_KEY": ""},
    "no AUDIT_KEY": {"AUDIT_KEY": ""},
    "a short SECRET_KEY": {"SECRET_KEY": "abc"},
    "a key of one character": {"INDEX_KEY": "0" * 64},
    "two keys alike": {"AUDIT_KEY": KEY},
    "a field key like another": {"FIELD_KEYS": f"1:{KEY}"},
    "a short field key": {"FIELD_KEYS": "1:abcd"},
    "DEBUG": {"DEBUG": "1"},
    "no HTTPS": {"HTTPS": "0"},
    "any host": {"ALLOWED_HOSTS": "*"},
    "no second factor": {"MFA_ROLES": ""},
    "no second factor for reviewers": {"MFA_ROLES": "supervisor,admin,auditor"},
    "one person for lists": {"TWO_PEOPLE": "0"},
    "test ID areas allowed": {"DEMO_ID_AREAS_ALLOWED": "1"},
}


def passes(changed: dict[str, str]) -> bool:
    """Whether the deployment check is content with these settings."""
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in PRODUCTION and not name.startswith("DATABASE_")
    }
    env |= PRODUCTION | changed
    env = {name: value for name, value in env.items() if value or name in ("MFA_ROLES",)}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True).returncode == 0


def main() -> None:
    is_clean = passes({})
    with ThreadPoolExecutor(2) as pool:
        accepted = [
            name for name, ok in zip(WRONG, pool.map(passes, WRONG.values()), strict=True) if ok
        ]
    say(
        f"{len(WRONG) - len(accepted)} of {len(WRONG)} dangerous settings refused"
        + (f"; NOT refused: {', '.join(accepted)}" if accepted else ""),
        control="as it should be set, " + ("it passes" if is_clean else "IT DOES NOT PASS"),
    )
    sys.exit(0 if is_clean and not accepted else 1)


if __name__ == "__main__":
    main()
