"""The database writes down what changed on a lead, in the transaction that changed it.

Leads are changed in many places, by single rows and by sets of a hundred thousand,
through the ORM and in SQL of our own. A trigger is the one place that all of them
pass, and cannot be forgotten. It only adds rows to outreach_leadchange.

PostgreSQL runs it once a statement, over the rows as they were and as they are:
equal kinds are added up, and what did not change cancels out. SQLite knows
triggers by row only, and refuses to remake a table that one of them writes to: a
migration that alters outreach_leadchange there drops the triggers first; they are
installed again when it is done (`outreach.apps`).
"""

# Only text of this code is put into statements.
# ruff: noqa: S608

from typing import Any

from django.db import connections

from outreach.pyramid.layers import COUNTED, OF_LEAD, WATCHED, of_lead

_COLUMNS = ", ".join(OF_LEAD)
_NAME = "outreach_lead_counted"
_EVENTS = ("insert", "update", "delete")


def install(*, using: str) -> bool:
    """Bring the triggers to what they are here; True when there was none before."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT[connection.vendor])
        missing = len(cursor.fetchall()) < len(_EVENTS)
        # On PostgreSQL only the tables' owner may; the application finds them there.
        if missing or connection.vendor == "sqlite":
            for statement in _STATEMENTS[connection.vendor]():
                cursor.execute(statement)
    return missing


def _for_sqlite() -> list[str]:
    def add(sign: int, row: str) -> str:
        return (
            f"INSERT INTO outreach_leadchange (n, {_COLUMNS})"
            f" SELECT {sign}, {of_lead(row)} WHERE {COUNTED.format(row)};"
        )

    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in WATCHED)
    bodies = {
        "insert": ("AFTER INSERT", "1", add(1, "NEW")),
        "delete": ("AFTER DELETE", "1", add(-1, "OLD")),
        "update": (
            f"AFTER UPDATE OF {', '.join(WATCHED)}",
            changed,
            add(-1, "OLD") + add(1, "NEW"),
        ),
    }
    statements = []
    for event, (moment, when, body) in bodies.items():
        statements.append(f"DROP TRIGGER IF EXISTS {_NAME}_{event}")
        statements.append(
            f"CREATE TRIGGER {_NAME}_{event} {moment} ON outreach_lead"
            f" FOR EACH ROW WHEN {when} BEGIN {body} END"
        )
    return statements


def _for_postgresql() -> list[str]:
    def rows(sign: int, table: str) -> str:
        return f"SELECT {sign} AS n, {of_lead('l')} FROM {table} l WHERE {COUNTED.format('l')}"

    sources = {
        "insert": rows(1, "new_leads"),
        "delete": rows(-1, "old_leads"),
        "update": f"{rows(-1, 'old_leads')} UNION ALL {rows(1, 'new_leads')}",
    }
    tables = {
        "insert": "NEW TABLE AS new_leads",
        "delete": "OLD TABLE AS old_leads",
        "update": "OLD TABLE AS old_leads NEW TABLE AS new_leads",
    }
    statements = []
    for event, source in sources.items():
        statements += [
            f"""
            CREATE OR REPLACE FUNCTION {_NAME}_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO outreach_leadchange (n, {_COLUMNS})
                SELECT SUM(n), {_COLUMNS} FROM ({source}) told
                GROUP BY {_COLUMNS} HAVING SUM(n) <> 0;
                RETURN NULL;
            END $$
            """,
            f"DROP TRIGGER IF EXISTS {_NAME}_{event} ON outreach_lead",
            f"""
            CREATE TRIGGER {_NAME}_{event} AFTER {event.upper()} ON outreach_lead
            REFERENCING {tables[event]}
            FOR EACH STATEMENT EXECUTE FUNCTION {_NAME}_{event}()
            """,
        ]
    return statements


_STATEMENTS: dict[str, Any] = {"sqlite": _for_sqlite, "postgresql": _for_postgresql}
_PRESENT = {
    "sqlite": f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '{_NAME}%%'",
    "postgresql": (
        "SELECT tgname FROM pg_trigger"
        f" WHERE tgrelid = 'outreach_lead'::regclass AND tgname LIKE '{_NAME}%'"
    ),
}
