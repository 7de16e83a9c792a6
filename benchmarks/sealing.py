#!/usr/bin/env python3
"""What SM4 and SM3 cost beside AES and SHA-256, for the values of a list.

    python benchmarks/sealing.py [--rows 20000]

Seals and opens the six values that a row of a list usually has, and makes its five keyed
indexes and digests, under keys of either family. Each is the best of five rounds, taken in
turn. Prints one line; exits 1 if anything does not open again.
"""

import argparse
import os
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")

ROUNDS = 5
VALUES = (
    "吕建国",
    "379901198001010011",
    "16900000001",
    "",
    "稻田镇刘庄村3组",
    "刘庄村12号",
    "户籍村",
)
PLACES = [f"whitelist_customer.{n}".encode() for n in range(len(VALUES))]
KINDS = ("id", "name", "phone", "tail", "details")
FAMILIES = ("", "sm")


def _seconds(work: Callable[[], object], rows: int) -> float:
    began = time.process_time()  # others may be at work on this machine
    for _ in range(rows):
        work()
    return time.process_time() - began


def _use(family: str, keys: dict[str, str]) -> None:
    from django.conf import settings

    settings.FIELD_KEYS, settings.INDEX_KEYS = keys[f"field{family}"], keys[f"index{family}"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000)
    rows = parser.parse_args().rows
    import django

    django.setup()
    from trust.cipher import keyed_index, seal_each, unseal_bytes

    keys = {
        "field": f"1:{secrets.token_hex(32)}", "fieldsm": f"1:sm:{secrets.token_hex(16)}",
        "index": f"1:{secrets.token_hex(32)}", "indexsm": f"1:sm:{secrets.token_hex(32)}",
    }  # fmt: skip
    best: dict[tuple[str, str], float] = {}
    wrong = 0
    for _ in range(ROUNDS):
        for family in FAMILIES:
            _use(family, keys)
            sealed = list(zip(seal_each(VALUES, PLACES), PLACES, VALUES, strict=True))
            closed = [(value, place) for value, place, _ in sealed if value]
            wrong += any(unseal_bytes(v, p).decode() != t for v, p, t in sealed if v)
            works: dict[str, Callable[[], object]] = {
                "seal": lambda: seal_each(VALUES, PLACES),
                "open": lambda closed=closed: [unseal_bytes(v, p) for v, p in closed],  # type: ignore[misc]
                "index": lambda: [keyed_index(kind, "16900000001") for kind in KINDS],
            }
            for name, work in works.items():
                took = _seconds(work, rows)
                best[name, family] = min(took, best.get((name, family), took))
    told = ", ".join(
        f"{name} {best[name, 'sm'] / best[name, '']:.1f}x"
        f" ({best[name, ''] / rows * 1e6:.1f} to {best[name, 'sm'] / rows * 1e6:.1f} us a row)"
        for name in ("seal", "open", "index")
    )
    print(f"SM4-GCM and HMAC-SM3 beside AES-256-GCM and HMAC-SHA256: {told}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
