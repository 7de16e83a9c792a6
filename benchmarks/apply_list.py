#!/usr/bin/env python3
"""Comparing and applying alone, on rows already checked: time of each part.

    python benchmarks/apply_list.py [--rows 230000]
    python scripts/with_postgres.py .venv/bin/python benchmarks/apply_list.py

First list (all new), the same with 5 % of the amounts changed, then the next
month's (10 % new, 10 % withdrawn, 5 % changed, every date new), then its undo.
On SQLite the CPU column is the whole work; on PostgreSQL the server's is not in it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")


@contextmanager
def timed(what: str) -> Iterator[None]:
    began, worked = time.monotonic(), time.process_time()
    yield
    took, cpu = time.monotonic() - began, time.process_time() - worked
    print(f"  {what:22} {took:7.2f} s   CPU {cpu:6.2f} s", flush=True)


class Bank:
    """Stages rows directly, with sealed values made once: only the lists are measured."""

    def __init__(self) -> None:
        from benchmarks import synthetic_lists as lists
        from branches.models import Branch, Staff
        from outreach.management.commands.import_whitelist import system_staff
        from trust.cipher import seal
        from whitelist.models import Place, Product, Programme

        lists.build_bank(prefectures=2)
        self.by = system_staff()
        self.programme, self.product = Programme.objects.get(), Product.objects.get()
        self.scope = Branch.objects.get(code="41")
        self.outlets = list(Branch.objects.within(self.scope).outlets().order_by("code"))
        self.managers = list(Staff.objects.managers().within(self.scope).order_by("username"))
        self.villages = list(Place.objects.villages().filter(code__startswith="41"))
        self.sealed = {
            field: seal("刘庄村3组12号", f"whitelist_customer.{field}")
            for field in ("name", "id_number", "phone", "home_address")
        }

    def row(self, upload: int, number: int, amount: int, month: int) -> tuple[Any, ...]:
        from trust.cipher import keyed_index

        village = self.villages[number * 7919 % len(self.villages)]
        manager = self.managers[number % len(self.managers)]
        key = keyed_index("bench", str(number))
        begins, ends = date(2026, month, 1), date(2027, month, 1)
        return (
            upload, number + 2, f"N{number:010d}", key, "id_card",
            self.sealed["name"], self.sealed["id_number"], self.sealed["phone"], None, None,
            self.sealed["home_address"], None, key, key, key, village.code, manager.branch_id,
            manager.pk if number % 5 < 3 else None, self.product.pk, amount, begins.isoformat(),
            ends.isoformat(), "种植", False, "0.5", "", False, key, village.pk, village.lon,
            village.lat, 3, "home", "", None, "",
        )  # fmt: skip

    def put(self, what: str, people: list[tuple[int, int]], month: int) -> Any:
        """One list in force; `people`: number and amount."""
        from django.db import transaction

        from outreach.actions.list_decisions import approve_list, submit_list
        from outreach.actions.put_list_in_force import put_list_in_force
        from whitelist.imports import staging
        from whitelist.imports.diffing import compare
        from whitelist.models import WhitelistUpload

        print(what)
        upload = WhitelistUpload.objects.create(
            programme=self.programme, scope=self.scope, file_name=what, size=1, sha256="0" * 64,
            state="checked", uploaded_by=self.by, totals={"rows": len(people)},
        )  # fmt: skip
        with timed("staging (not ours)"), transaction.atomic():
            staging.insert_rows(self.row(upload.pk, n, amount, month) for n, amount in people)
        with timed("compare"):
            compare(upload)
        print("   ", {k: v for k, v in upload.totals.items() if v})
        submit_list(
            upload=upload, by=self.by, approval_no="T", model_version="T",
            confirm_withdrawals=True, confirm_unmatched=True,
        )  # fmt: skip
        approve_list(upload=upload, by=None)
        with timed("in force, all steps"):
            return put_list_in_force(upload=upload, by=None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=230_000)
    rows = parser.parse_args().rows
    os.environ["LOG_LEVEL"] = "INFO"
    with tempfile.TemporaryDirectory(prefix="apply-list-") as folder:
        os.environ["VAR_DIR"] = folder
        subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"], check=True)
        import django

        django.setup()
        from outreach.actions.undo_list import compensate, undo_list

        bank = Bank()
        listed = [(n, 100_000) for n in range(rows)]
        few = [(n, 200_000 if n % 20 == 0 else amount) for n, amount in listed]
        following = [(n, 300_000 if n % 20 == 1 else amount) for n, amount in few[rows // 10 :]]
        following += [(rows + n, 100_000) for n in range(rows // 10)]
        bank.put("all new", listed, 10)
        bank.put("the same again", listed, 10)
        bank.put("5 % of the amounts changed", few, 10)
        batch = bank.put("next month", following, 11)
        undo_list(batch=batch, by=None)
        print("undo of next month")
        with timed("undo"):
            compensate(batch=batch, by=None)


if __name__ == "__main__":
    main()
