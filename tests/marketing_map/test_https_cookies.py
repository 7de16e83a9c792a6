"""Behind HTTPS the browser itself binds each cookie to this host and to HTTPS, by its name."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("SESSION", "CSRF", "LANGUAGE", "DISPLAY", "DEVICE")


def names(tmp_path: Path, https: str) -> list[str]:
    told = ", ".join(f"settings.{each}_COOKIE_NAME" for each in NAMES)
    code = f"from django.conf import settings; print(*[{told}])"
    env = {**os.environ, "HTTPS": https, "VAR_DIR": str(tmp_path)}
    env["DJANGO_SETTINGS_MODULE"] = "marketing_map.settings"
    run = [sys.executable, "-c", code]
    return subprocess.run(
        run, cwd=ROOT, env=env, capture_output=True, text=True, check=True
    ).stdout.split()


def test_each_name_binds(tmp_path: Path) -> None:
    session, csrf, language, display, device = names(tmp_path, "1")
    assert all(each.startswith("__Host-") for each in (session, csrf, language, display))
    assert device.startswith("__Secure-")  # goes to /login/ alone, which __Host- would not allow


def test_without_https_no_browser_would_take_such_names(tmp_path: Path) -> None:
    assert not [each for each in names(tmp_path, "0") if each.startswith("__")]
