"""The product starts on a machine that has no GDAL."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# As on a machine without libgdal, even where it happens to be installed.
HIDDEN = """
import ctypes.util, sys

class NoGis:
    def find_spec(self, name, path=None, target=None):
        if name == "django.contrib.gis" or name.startswith("django.contrib.gis."):
            raise ImportError(f"{name} needs GDAL, which is hidden")

sys.meta_path.insert(0, NoGis())
found = ctypes.util.find_library
ctypes.util.find_library = lambda name: None if "gdal" in name or "geos" in name else found(name)
"""


def run(code: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    env = {
        **os.environ,
        "VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "marketing_map.settings",
    }
    for name in ("DATABASE_URL", "DATABASE_APP_ROLE"):
        env.pop(name, None)
    return subprocess.run(
        [sys.executable, "-c", HIDDEN + code], cwd=ROOT, env=env, capture_output=True, text=True
    )


def test_hidden_is_hidden(tmp_path: Path) -> None:
    result = run("import django.contrib.gis.forms", tmp_path)
    assert "which is hidden" in result.stderr


def test_every_command_starts(tmp_path: Path) -> None:
    code = (
        "from django.core.management import execute_from_command_line as go; go(['manage.py', %s])"
    )
    assert "no issues" in run(code % "'check'", tmp_path).stdout
    migrated = run(code % "'migrate', '-v0'", tmp_path)
    assert migrated.returncode == 0, migrated.stderr


def test_the_web_server_answers(tmp_path: Path) -> None:
    code = """
import django; django.setup()
from django.conf import settings
plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.STORAGES["staticfiles"]["BACKEND"] = plain
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
client = Client(headers={"host": "localhost"})
print(client.get("/healthz").status_code, client.get("/login/").status_code)
print("leaflet.admin" in sys.modules)
"""
    result = run(code, tmp_path)
    assert result.stdout.split() == ["200", "200", "False"], result.stderr
