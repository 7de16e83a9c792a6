"""On PostgreSQL: what the application's role can and cannot do."""

import pytest
from django.db import ProgrammingError, connection, transaction

from trust import audit
from trust.models import AuditEvent

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles"),
]


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


def test_tests_run_as_a_role_that_owns_no_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trust_auditevent SET result = 'changed'",
        "DELETE FROM trust_auditevent",
        "ALTER TABLE outreach_lead ADD COLUMN x int",
        "DROP TABLE outreach_lead",
        "CREATE TABLE mine (id int)",
    ],
)
def test_it_may_not(statement: str) -> None:
    assert refused(statement)


def test_it_may_add_to_the_audit_log_and_read_it() -> None:
    audit.record("test.done", by=None)
    assert AuditEvent.objects.filter(action="test.done").count() == 1
