"""The second wall: which rows of which table PostgreSQL shows to whom (ADR 31).

`trust.wall` says with each statement which branch numbers are asked for; the
policies made here hold every table of customers to that. They name the tables,
not the code: a query that forgot its scope, and SQL of anybody else who comes in
as the application's role, meet them too. `visible_to` is the first wall and says
more (a manager sees their own and the pool); this one keeps branches apart.

A scoped model without a rule here, or one that hangs on such a model, is an
error of the system checks (`unguarded`).
"""

# Only text of this code is put into statements.
# ruff: noqa: S608

import hashlib
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, models

from branches.scope import ScopedQuerySet
from trust.wall import SETTING, WHOLE_BANK

POLICY = "within_reach"
# Each asked once a statement, not once a row: PostgreSQL takes them out of the row's condition.
_FIRST, _LAST, _STAFF, _WHOLE = (
    f"(SELECT reach_{each}())" for each in ("first", "last", "staff", "is_whole")
)
_PART = """
    CREATE OR REPLACE FUNCTION reach_{name}() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(split_part(current_setting('{setting}', true), ',', {at}), '')::int;
"""
_FUNCTIONS = (
    "".join(
        _PART.format(name=name, setting=SETTING, at=at)
        for at, name in enumerate(("first", "last", "staff"), start=1)
    )
    + f"""
    CREATE OR REPLACE FUNCTION reach_is_whole() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(current_setting('{SETTING}', true) = '{WHOLE_BANK}', false)
"""
)


def _number(column: str) -> str:
    return f"{column} BETWEEN {_FIRST} AND {_LAST}"


def _own(column: str) -> str:
    return f"{column} = {_STAFF}"


def _branch(column: str) -> str:
    """Of a branch in reach."""
    return f"{column} IN (SELECT b.id FROM branches_branch b WHERE {_number('b.number')})"


def _branch_or_above(column: str) -> str:
    """Of a branch in reach, or of one above: a province's list is its outlets' list, too."""
    return (
        f"{column} IN (SELECT b.id FROM branches_branch b"
        f" WHERE b.number <= {_LAST} AND b.last_number >= {_FIRST})"
    )


def _with(table: str, key: str, column: str) -> str:
    """Where a row of another table is in reach by that one's own policy: looked up by its key.

    (OFFSET 0: or PostgreSQL may read all of that table once, to look the rows up in memory.)
    """
    return f"EXISTS (SELECT FROM {table} t WHERE t.{key} = {column} OFFSET 0)"


def _lead(key: str, column: str) -> str:
    """Of a lead in reach, by range and by holder: each by an index, one by one or all at once."""
    found = f"EXISTS (SELECT FROM outreach_lead l WHERE l.{key} = {column} AND "
    return f"{found}{_number('l.branch_number')}) OR {found}{_own('l.holder_id')})"


def _customer(column: str) -> str:
    """Of a customer whose lead is in reach."""
    return _lead("customer_id", column)


# By table: what holds for its rows. (Columns that the table looked into has as well are written
# in full.)
RULES = {
    "outreach_lead": f"{_number('branch_number')} OR {_own('holder_id')}",
    "outreach_leadchange": _number("branch_number"),
    "outreach_leadcell": _number("grain"),
    "outreach_assignment": f"{_own('outreach_assignment.holder_id')} OR {_lead('id', 'lead_id')}",
    "outreach_contactlog": f"{_own('staff_id')} OR {_lead('id', 'lead_id')}",
    "outreach_contactlogversion": _with("outreach_contactlog", "id", "log_id"),
    "outreach_share": f"{_own('staff_id')} OR {_lead('id', 'lead_id')}",
    "outreach_refusal": _customer("outreach_refusal.customer_id"),
    "outreach_export": f"{_own('asked_by_id')} OR {_branch('branch_id')}",
    "outreach_exportedlead": _with("outreach_export", "id", "export_id"),
    "outreach_exportcopy": _with("outreach_export", "id", "export_id"),
    "outreach_feed": _branch("branch_id"),
    "outreach_feedproblem": _with("outreach_feed", "id", "feed_id"),
    "outreach_target": f"{_own('manager_id')} OR {_branch('branch_id')}",
    "outreach_villageprofile": _branch("outlet_id"),
    "whitelist_customer": _customer("whitelist_customer.id"),
    "whitelist_location": _customer("whitelist_location.customer_id"),
    "whitelist_offer": f"{_branch('branch_id')} OR {_customer('whitelist_offer.customer_id')}",
    "whitelist_loanresult": _with("whitelist_offer", "id", "offer_id"),
    "whitelist_batchchange": _with("whitelist_offer", "id", "offer_id"),
    "whitelist_correction": (
        f"{_own('stated_by_id')} OR {_branch('branch_id')}"
        f" OR {_customer('whitelist_correction.customer_id')}"
    ),
    "whitelist_whitelistupload": _branch_or_above("scope_id"),
    "whitelist_whitelistbatch": _branch_or_above("scope_id"),
    # A customer's rows of former lists name the branch they had then.
    "whitelist_uploadrow": (
        f"{_branch('branch_id')} OR {_customer('whitelist_uploadrow.customer_id')}"
    ),
    "whitelist_uploadproblem": (
        f"upload_id IN (SELECT u.id FROM whitelist_whitelistupload u WHERE {_branch('u.scope_id')})"
    ),
}
# The journal is written by the trigger on leads, whoever changes one; it shows nothing.
ADDED_BY_TRIGGER = {"outreach_leadchange": f"{_LAST} IS NOT NULL"}


def condition(table: str) -> str:
    """The policy's condition, in SQL.

    The whole bank is asked first: who may see all of it, and work that has no
    branch, pays nothing for looking into other tables. Wrapped so that the
    planner takes it for nearly always true, which it is: the queries' own scope
    chooses the same rows, and its estimate, not one made blindly here, decides
    about indexes.
    """
    return f"NULLIF({_WHOLE} OR {RULES[table]}, false) IS NOT NULL"


def install(*, using: str) -> list[str]:
    """Bring the policies to what they are here; the tables that had none, or another.

    Only the tables' owner may, who is not held by them: nothing is forced.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"policy": POLICY})
        standing = dict(cursor.fetchall())
        # (A database on the way to an older migration lacks some of the tables.)
        stale = [each for each in RULES if standing.get(each, _mark(each)) != _mark(each)]
        if stale:
            cursor.execute(_FUNCTIONS)
        for table in stale:
            for statement in _statements(table):
                cursor.execute(statement)
    return stale


def unguarded() -> list[str]:
    """Tables of scoped models, and of what hangs on them, that have no rule here."""
    guarded: set[type[models.Model]] = {
        model
        for model in apps.get_models()
        if isinstance(model._default_manager.get_queryset(), ScopedQuerySet)
    }
    while more := {m for m in apps.get_models() if m not in guarded and guarded & set(_named(m))}:
        guarded |= more
    return sorted({model._meta.db_table for model in guarded} - set(RULES))


def _named(model: type[models.Model]) -> Iterator[Any]:
    return (f.related_model for f in model._meta.concrete_fields if f.is_relation)


def _statements(table: str) -> list[str]:
    holds = condition(table)
    added = ADDED_BY_TRIGGER.get(table)
    more = [f"CREATE POLICY added ON {table} FOR INSERT WITH CHECK ({added})"] if added else []
    return [
        f"DROP POLICY IF EXISTS {POLICY} ON {table}",
        f"DROP POLICY IF EXISTS added ON {table}",
        f"CREATE POLICY {POLICY} ON {table} USING ({holds})",  # and so of what is written
        *more,
        f"COMMENT ON POLICY {POLICY} ON {table} IS '{_mark(table)}'",
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    ]


def _mark(table: str) -> str:
    """What a policy stands for: PostgreSQL words conditions in its own way."""
    return hashlib.sha256(f"{_FUNCTIONS}{condition(table)}".encode()).hexdigest()


_STANDING = """
    SELECT c.relname,
        CASE WHEN c.relrowsecurity THEN coalesce(obj_description(p.oid, 'pg_policy'), '') ELSE '' END
    FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = %(policy)s
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
"""
