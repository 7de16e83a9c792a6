#!/usr/bin/env python3
"""How much of an exported list must leak until it names its download, and how often it names a wrong one.

    python benchmarks/exports_traced.py [--trials 200] [--strangers 1000] [--copies 42]

Files of 5,000 made-up customers overlap as those of neighbouring branches do; each was
fetched three times. Leaks are pieces of one copy with columns dropped, sorted anew, typed
anew with errors. The control are pieces of copies that are not among those compared, and
of the customers as the database has them: nobody may be named.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")
os.environ["DATABASE_URL"] = "sqlite://:memory:"
ROWS, PEOPLE, VILLAGES, COPIES_A_FILE = 5_000, 12_000, 400, 3
SIZES = (5, 10, 15, 20, 30, 50, 100)
ENOUGH = 50  # rows, of which a leak with addresses must be traced
Line = list[str]
Piece = Callable[[Sequence[Line], int, random.Random], list[Line]]


@dataclass
class Copy:
    """One download: what it is known by, and its lines as they were written."""

    file: int
    secret: str
    decoys: list
    lines: list[Line]


def people(dice: random.Random) -> list:
    """Made-up customers, some thirty a village, six in ten with a group in their address."""
    from outreach.demo.identities import full_name, phone_number
    from outreach.exports.addresses import Address, endings
    from outreach.exports.rows import Row

    county = ("寿光市", "潍坊市寿光市", "山东省潍坊市寿光市")
    made = []
    for key in range(1, PEOPLE + 1):
        village = dice.randrange(VILLAGES)
        group = f"{dice.randint(1, 9)}组" if dice.random() < 0.6 else ""
        tail = f"第{village // 20}镇{village}村{group}{dice.randint(1, 200)}号"
        cells = {"name": full_name(dice)[0], "phone": phone_number(key), "amount": 50_000}
        made.append(Row(key, f"{village:04d}", cells, Address(county, endings(tail))))
    return made


def masked(rows: Sequence) -> list:
    """The same in a file where nothing was agreed to in clear."""
    from outreach.exports.addresses import Address
    from outreach.exports.rows import Row
    from trust.masking import mask_address, mask_name, mask_phone

    return [
        Row(
            row.key,
            row.group,
            {"name": mask_name(row.cells["name"]), "phone": mask_phone(row.cells["phone"])},
            Address(row.address.places, (mask_address(row.address.tails[0]),)),
        )
        for row in rows
    ]


def copy_of(file: int, rows: Sequence) -> Copy:
    from outreach.exports.seeding import decoys_for, new_secret
    from outreach.exports.writing import Sheet

    secret = new_secret()
    decoys = decoys_for(rows, secret)
    sheet = Sheet(("name", "phone", "address"), [*rows, *decoys], secret, "")
    lines = [[str(cell) for cell in line[:3]] for line in sheet.lines()][1:]
    return Copy(file, secret, decoys, lines)


def sorted_anew(lines: Sequence[Line], n: int, dice: random.Random) -> list[Line]:
    return dice.sample(list(lines), n)


def typed_anew(lines: Sequence[Line], n: int, dice: random.Random) -> list[Line]:
    """One cell in twenty has a slip: a character is another one."""
    found = [list(line) for line in dice.sample(list(lines), n)]
    for line in found:
        for at, cell in enumerate(line):
            if cell and dice.random() < 0.05:
                slip = dice.randrange(len(cell))
                line[at] = cell[:slip] + dice.choice("0123456789一二三村组") + cell[slip + 1 :]
    return found


def numbers_alone(lines: Sequence[Line], n: int, dice: random.Random) -> list[Line]:
    return [line[:2] for line in sorted_anew(lines, n, dice)]


def numbers_in_order(lines: Sequence[Line], n: int, dice: random.Random) -> list[Line]:
    first = dice.randrange(len(lines) - n)
    return [line[:2] for line in lines[first : first + n]]


class Compared:
    """Everything ever handed out, as `trace_export` compares a leak with it."""

    def __init__(self, files: Sequence[Sequence], copies: Sequence[Copy]) -> None:
        from outreach.exports.evidence import Finder

        self.finders = [Finder(rows) for rows in files]
        self.copies = copies

    def named(self, leak: list[Line], without: Copy | None = None) -> Copy | None:
        from outreach.exports.evidence import threshold, weigh

        found = [finder.look_up(leak) for finder in self.finders]
        best, most = None, threshold(len(self.copies))
        for copy in self.copies:
            if copy is not without:
                score = weigh(found[copy.file], copy.secret, copy.decoys).score
                if score >= most:
                    best, most = copy, score
        return best


def shares(
    compared: Compared, piece: Piece, trials: int, dice: random.Random
) -> tuple[dict[int, float], int]:
    """Of each size the share that was traced, and how often a wrong copy was named."""
    told, wrong = {}, 0
    for n in SIZES:
        right = 0
        for _ in range(trials):
            copy = dice.choice(compared.copies)
            named = compared.named(piece(copy.lines, n, dice))
            right += named is copy
            wrong += named is not None and named is not copy
        told[n] = right / trials
    return told, wrong


def strangers(
    compared: Compared, everybody: Sequence, trials: int, dice: random.Random
) -> tuple[int, int]:
    """How often somebody is named for a leak of elsewhere; how many leaks were tried."""
    ways = (sorted_anew, typed_anew, numbers_in_order)
    wrong = 0
    for trial in range(trials):
        copy = dice.choice(compared.copies)
        n = dice.choice((20, 50, 100, 500))
        wrong += compared.named(ways[trial % 3](copy.lines, n, dice), without=copy) is not None
        plain = [
            [str(row.cells["name"]), str(row.cells["phone"]), row.address.written(2, 0)]
            for row in dice.sample(list(everybody), n)
        ]
        wrong += compared.named(plain) is not None
    return wrong, 2 * trials


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=200, help="leaks of each kind and size")
    parser.add_argument("--strangers", type=int, default=1000, help="leaks of elsewhere, twice")
    parser.add_argument("--copies", type=int, default=42)
    parser.add_argument("--seed", type=int, default=20261128)
    options = parser.parse_args()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    dice, began = random.Random(options.seed), time.monotonic()
    everybody = people(dice)
    files = [dice.sample(everybody, ROWS) for _ in range(options.copies // COPIES_A_FILE)]
    ours = [copy_of(n, rows) for n, rows in enumerate(files) for _ in range(COPIES_A_FILE)]
    compared = Compared(files, ours)
    hidden = [masked(rows) for rows in files]
    of_masked = Compared(
        hidden, [copy_of(n, rows) for n, rows in enumerate(hidden) for _ in range(COPIES_A_FILE)]
    )
    kinds: tuple[tuple[str, Compared, Piece], ...] = (
        ("sorted anew", compared, sorted_anew),
        ("typed anew, 5 % slips", compared, typed_anew),
        ("masked file, sorted anew", of_masked, sorted_anew),
        ("name and number, a piece in its order", compared, numbers_in_order),
        ("name and number, sorted anew", compared, numbers_alone),
    )
    ok, mistaken = True, 0
    print(f"{'rows of 5,000 leaked':40}" + "".join(f"{n:>7}" for n in SIZES))
    for at, (name, where, piece) in enumerate(kinds):
        told, wrong = shares(where, piece, options.trials, dice)
        mistaken += wrong
        print(f"{name:40}" + "".join(f"{told[n]:7.0%}" for n in SIZES), flush=True)
        ok = ok and (at > 2 or told[ENOUGH] >= 0.99)
    false, tried = strangers(compared, everybody, options.strangers, dice)
    ok = ok and mistaken == 0 and false == 0
    print(
        f"{'ok' if ok else 'FAILED'}: {len(ours)} copies compared; {mistaken} wrong of "
        f"{options.trials * len(SIZES) * len(kinds)} leaks, {false} named of {tried} from "
        f"elsewhere; {time.monotonic() - began:.0f} s"
    )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
