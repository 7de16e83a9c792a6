"""What the figures were taken on."""

import os
import platform
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = (
    "django gunicorn psycopg djangorestframework-gis django-vectortiles django-import-export "
    "pandas sqlalchemy"
).split()


def about(size: int, servers: dict[str, str]) -> dict[str, Any]:
    """Machine, versions, load; `servers`: what the databases say of themselves."""
    return {
        "customers": size,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": _field("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory": _field("/proc/meminfo", "MemTotal"),
        "load at the start": [round(each, 2) for each in os.getloadavg()],
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **servers,
        **{name: _version(name) for name in PACKAGES},
    }


def _field(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return "unknown"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), "")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
