"""Fill an empty, migrated database: `python benchmarks/build_province.py 250000`."""

import time
from datetime import datetime, timedelta

from django.utils import timezone

from benchmarks.province.bank import Bank, build_bank
from benchmarks.province.customers import Customers
from benchmarks.province.loading import load
from benchmarks.province.places import build_places
from branches.models import Branch
from outreach.models import AssignmentOperation, OperationKind

SEED = 2026


def build(count: int, *, personal: bool = True, seed: int = SEED) -> Bank:
    """A province with so many customers, in whatever database Django is set to."""
    if Branch.objects.exists():
        raise ValueError("the database is not empty")
    began = time.monotonic()
    now = timezone.now().replace(microsecond=0) - timedelta(days=1)
    bank = build_bank(build_places(seed), seed=seed, now=now)
    customers = Customers(bank, seed=seed, now=now, personal=personal)
    _operations(customers, now)
    print(f"bank and places: {time.monotonic() - began:.1f} s", flush=True)
    load(customers.chunks(count))
    print(f"{count:,} customers: {time.monotonic() - began:.1f} s in all", flush=True)
    return bank


def _operations(customers: Customers, now: datetime) -> None:
    """The list assigned them: one operation a manager."""
    AssignmentOperation.objects.bulk_create(
        (
            AssignmentOperation(pk=number, kind=OperationKind.LIST, to_id=holder, count=0)
            for holder, number in customers.operation.items()
        ),
        batch_size=1000,
    )
    AssignmentOperation.objects.update(at=now)
