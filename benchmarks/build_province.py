#!/usr/bin/env python3
"""A province of made-up customers in an empty database (DATABASE_URL, or SQLite in VAR_DIR).

    python benchmarks/build_province.py [CUSTOMERS] [--map-alone]

Migrates first. `--map-alone` leaves names, phones and ID numbers empty: for ten
million customers of whom only the map is asked.
"""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("customers", type=int, nargs="?", default=250_000)
    parser.add_argument("--map-alone", action="store_true")
    options = parser.parse_args()
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks.province.build import build

    call_command("migrate", verbosity=0)
    build(options.customers, personal=not options.map_alone)


if __name__ == "__main__":
    main()
