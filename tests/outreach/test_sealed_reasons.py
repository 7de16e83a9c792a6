"""Reasons that stood in plain text are sealed by the migrations, and readable again going back."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from outreach.models import Refusal, RefusalSource
from tests.cast import make_cast, make_lead
from tests.database import as_table_owner
from whitelist.models import Correction

BEFORE = [("outreach", "0004_log_day"), ("whitelist", "0002_corrections_and_results")]
COLUMNS = (("outreach_refusal", "end_reason"), ("whitelist_correction", "reason"))


def migrate(targets: list[tuple[str, str]]) -> None:
    with as_table_owner():
        MigrationExecutor(connection).migrate(targets)


def migrate_to_the_newest() -> None:
    """As an update does, with grants, policies and triggers: tests that follow need all of it."""
    with as_table_owner():
        call_command("migrate", verbosity=0)


def stored() -> list[Any]:
    """What lies in the two columns."""
    cells = []
    with connection.cursor() as cursor:
        for table, column in COLUMNS:
            cursor.execute(f"SELECT {column} FROM {table} ORDER BY id")
            cells += [row[0] for row in cursor.fetchall()]
    return cells


def read() -> list[str]:
    reasons = Correction.objects.unscoped("test").order_by("pk").values_list("reason", flat=True)
    return [*Refusal.objects.order_by("pk").values_list("end_reason", flat=True), *reasons]


@pytest.mark.django_db(transaction=True)
def test_there_and_back(transactional_db: None) -> None:
    cast = make_cast()
    lead = make_lead(cast)
    for reason in ("来电：改主意了", ""):
        Refusal.objects.create(
            customer=lead.customer, source=RefusalSource.HQ, ended_at=timezone.now(),
            end_reason=reason,
        )  # fmt: skip
        Correction.objects.create(
            customer=lead.customer, branch=lead.branch, field="phone", state="rejected",
            stated_by=cast.wang, reason=reason,
        )  # fmt: skip
    said = ["来电：改主意了", "", "来电：改主意了", ""]
    assert read() == said
    assert not any("来电".encode() in bytes(cell) for cell in stored() if cell is not None)
    try:
        migrate(BEFORE)
        assert stored() == said
    finally:
        migrate_to_the_newest()
    assert read() == said
    assert [cell is None for cell in stored()] == [False, True, False, True]
