#!/usr/bin/env python3
"""A list that is in force, uploaded again in ten forms: each changes nothing.

    python benchmarks/torture/again.py [--rows 2000]

The same bytes, rows shuffled, columns shuffled, as XLSX, as GB18030, with a BOM,
UTF-16, other line ends, tabs, everything quoted; all checked by the worker and
put in force. Neither the five numbers nor anything visible may change. Control:
one amount raised is one change.
"""

import argparse
import csv
import io
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks.torture import stage
from benchmarks.torture.said import say

Rows = list[list[str]]


def text(rows: Rows, **how: object) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, **how).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


def shuffled(rows: Rows) -> Rows:
    below = rows[1:]
    random.Random(1).shuffle(below)
    return [rows[0], *below]


def other_columns(rows: Rows) -> Rows:
    order = list(range(len(rows[0])))
    random.Random(2).shuffle(order)
    return [[row[at] for at in order] for row in rows]


def as_xlsx(rows: Rows) -> bytes:
    from benchmarks.synthetic_lists import write_xlsx

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        write_xlsx(path, iter(rows[1:]))
        return path.read_bytes()


FORMS: dict[str, Callable[[Rows], bytes]] = {
    "the same": lambda rows: text(rows).encode("gb18030"),
    "shuffled rows": lambda rows: text(shuffled(rows)).encode("gb18030"),
    "shuffled columns": lambda rows: text(other_columns(rows)).encode(),
    "XLSX": as_xlsx,
    "XLSX, shuffled": lambda rows: as_xlsx(shuffled(rows)),
    "UTF-8": lambda rows: text(rows).encode(),
    "UTF-8 with BOM": lambda rows: text(rows).encode("utf-8-sig"),
    "UTF-16": lambda rows: text(rows).encode("utf-16"),
    "tabs, other line ends": lambda rows: text(rows, delimiter="\t", lineterminator="\n").encode(),
    "everything quoted": lambda rows: text(rows, quoting=csv.QUOTE_ALL).encode("gb18030"),
}


class Lists:
    """Files put in force one after the other, by the worker's own code."""

    def __init__(self) -> None:
        from branches.models import Branch
        from outreach.management.commands.import_whitelist import system_staff
        from whitelist.models import Programme

        self._by = system_staff()
        self._where = {
            "programme": Programme.objects.get(), "scope": Branch.objects.get(code="41"),
            "mode": "full",
        }  # fmt: skip

    def put(self, content: bytes, name: str) -> dict[str, int]:
        """Checked, compared and put in force; its five numbers."""
        from jobs.queue import claim_next, run
        from outreach.actions.list_decisions import approve_list, submit_list
        from whitelist.actions.uploads import receive

        def work() -> None:
            while (lease := claim_next()) is not None:
                run(lease)
            upload.refresh_from_db()

        upload = receive(file=io.BytesIO(content), by=self._by, file_name=name, **self._where)
        work()
        totals = dict(upload.totals)
        submit_list(
            upload=upload, by=self._by, approval_no="T", model_version="T",
            confirm_withdrawals=True, confirm_unmatched=True,
        )  # fmt: skip
        approve_list(upload=upload, by=None)
        work()
        if upload.state != "in_force":
            sys.exit(f"{name} ended as {upload.state}: {upload.failure}")
        return totals


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2_000)
    asked = parser.parse_args()
    stage.ready()
    from benchmarks import synthetic_lists as lists
    from benchmarks.crash_import import visible

    lists.build_bank(prefectures=1, counties=2)
    people = lists.people("41", asked.rows)
    rows = [lists.HEADINGS, *lists.rows_of(people, month=11)]
    office = Lists()
    office.put(FORMS["the same"](rows), "list.csv")
    as_it_is = visible()
    wrong = []
    for name, form in FORMS.items():
        totals = office.put(form(rows), "list.xlsx" if "XLSX" in name else "list.csv")
        changes = {
            key: totals[key] for key in ("new", "amount_changed", "details_changed", "withdrawn")
        }
        is_still = visible() == as_it_is
        print(name, changes, "" if is_still else "CHANGED what is visible", flush=True)
        if any(changes.values()) or not is_still or totals["kept"] != asked.rows:
            wrong.append(f"{name} {changes}")
    people[0] = lists.raised(people[0])
    raised = [lists.HEADINGS, *lists.rows_of(people, month=11)]
    control = office.put(text(raised).encode(), "list.csv")["amount_changed"]
    say(
        f"{len(FORMS) - len(wrong)} of {len(FORMS)} forms of {asked.rows:,} rows changed nothing"
        + (f"; {'; '.join(wrong)}" if wrong else ""),
        control=f"one amount raised: {control} change",
    )
    sys.exit(1 if wrong or control != 1 else 0)


if __name__ == "__main__":
    main()
