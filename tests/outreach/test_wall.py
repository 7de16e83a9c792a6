"""The second wall, on PostgreSQL: what the database itself shows of each table, and to whom.

Raw SQL here goes past Django, on the application's own connection, in real
transactions: a context of an outer one would hide that an inner one has none.
"""

import re
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.db import DataError, connection, transaction
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils import timezone
from psycopg.errors import InsufficientPrivilege

from branches.models import Branch, Staff, SystemToken
from branches.scope import ScopedQuerySet
from marketing_map.middleware import within_their_branches
from outreach import wall as rules
from outreach.models import (
    Channel,
    ContactLog,
    ContactLogVersion,
    Export,
    ExportCopy,
    ExportedLead,
    Feed,
    FeedKind,
    FeedProblem,
    Lead,
    Metric,
    Refusal,
    RefusalSource,
    Target,
    VillageProfile,
)
from outreach.pyramid.folding import fold_changes
from tests.cast import Cast, make_cast, make_lead
from tests.lists import make_upload
from tests.shares import make_texts, send
from trust import wall
from whitelist.models import (
    BatchChange,
    Correction,
    LoanResult,
    UploadProblem,
    WhitelistBatch,
)

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has no row-level security"
)
in_earnest = pytest.mark.django_db(transaction=True)


def raw(statement: str, reach: wall.Reach | None = None) -> list[tuple[Any, ...]]:
    """Rows of one statement of nobody's, or of whoever has this reach; what it writes is undone."""
    connection.ensure_connection()
    assert not connection.in_atomic_block
    with connection.connection.transaction(force_rollback=True):
        if reach is not None:
            connection.connection.execute(f"SET LOCAL {wall.SETTING} = '{reach}'")
        cursor = connection.connection.execute(statement)
        return list(cursor.fetchall()) if cursor.description else [(cursor.rowcount,)]


def count(table: str, reach: wall.Reach | None = None) -> int:
    return int(raw(f"SELECT count(*) FROM {table}", reach)[0][0])


def rows_of(table: str, reach: wall.Reach) -> set[tuple[Any, ...]]:
    return {(str(row),) for row in raw(f"SELECT t.* FROM {table} t", reach)}


def fill(cast: Cast, holder: Staff, province: Branch) -> Lead:
    """A row in each guarded table, of one outlet's customer."""
    at, outlet = timezone.now(), holder.branch
    lead = make_lead(cast, holder=holder)
    customer, offer = lead.customer, lead.customer.offers.unscoped("test").get()
    log = ContactLog.objects.create(
        uuid=uuid.uuid4(), lead=lead, staff=holder, channel=Channel.VISIT, started_at=at
    )
    ContactLogVersion.objects.create(log=log, content="{}", replaced_by=holder)
    send(lead, holder)
    Refusal.objects.create(customer=customer, source=RefusalSource.CUSTOMER)
    Correction.objects.create(
        customer=customer, branch=outlet, field="phone", value="16900001234", stated_by=holder
    )
    LoanResult.objects.create(key=f"r{lead.pk}", offer=offer, step="applied", on=at.date())
    upload = make_upload(
        cast, [{"customer_no": customer.customer_no, "branch": outlet}], scope=province
    )
    UploadProblem.objects.create(upload=upload, row_no=9, code="x", level="error")
    batch = WhitelistBatch.objects.create(
        upload=upload, programme=cast.programme, scope=province, mode="full", in_force_at=at
    )
    BatchChange.objects.create(
        batch=batch, offer=offer, change="new", row_after=upload.rows.get(row_no=2)
    )
    feed = Feed.objects.create(
        kind=FeedKind.CONTACTS, branch=province, file_name="触达.csv", size=1, sha256="0" * 64
    )
    FeedProblem.objects.create(feed=feed, row_no=2, code="x")
    Target.objects.create(
        branch=outlet, metric=Metric.CONTACTED, first_day=at, last_day=at, value=5
    )
    VillageProfile.objects.create(place=cast.village, outlet=outlet, updated_by=holder)
    export = Export.objects.create(
        branch=outlet, asked_by=holder, purpose="visit", words="走访", rows=1, expires_at=at
    )
    ExportedLead.objects.create(export=export, lead=lead)
    ExportCopy.objects.create(export=export, number=1, format="csv", rows=1)
    return lead


@pytest.fixture
def two_outlets(transactional_db: None) -> Cast:
    """The same in two provinces: cells as well as a journal, and who is both in none."""
    cast = make_cast()
    make_texts(cast)
    fill(cast, cast.wang, cast.province)
    fill(cast, cast.sun, cast.other_province)
    fold_changes()
    make_lead(cast, holder=cast.wang)
    make_lead(cast, holder=cast.sun)
    return cast


def test_every_scoped_model_and_what_hangs_on_it_has_a_rule() -> None:
    assert rules.unguarded() == []


def test_a_table_without_a_rule_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    for table in ("outreach_lead", "outreach_contactlogversion"):  # scoped; and hangs on one
        monkeypatch.delitem(rules.RULES, table)
    assert rules.unguarded() == ["outreach_contactlogversion", "outreach_lead"]


def test_a_reason_is_asked_for() -> None:
    with pytest.raises(ValueError, match="reason"), wall.whole_bank(""):
        pass


def test_a_stranger_reaches_nothing_and_what_was_before_returns() -> None:
    with wall.within(wall.NOTHING):
        with wall.whole_bank("test"):
            assert wall.reach_now() == wall.WHOLE_BANK
        assert wall.reach_now() == wall.NOTHING


@pytest.mark.django_db
def test_at_headquarters_the_whole_bank_is_in_reach_below_it_the_subtree(cast: Cast) -> None:
    assert cast.feng.reach == wall.WHOLE_BANK
    assert cast.zhao.reach == (*cast.county.number_range, cast.zhao.pk)


@on_postgresql
@pytest.mark.django_db
def test_the_policies_that_stand_are_those_of_the_code() -> None:
    assert rules.install(using="default") == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
        assert {name for (name,) in cursor.fetchall()} == set(rules.RULES)
        scoped = {
            model._meta.db_table
            for model in apps.get_models()
            if isinstance(model._default_manager.all(), ScopedQuerySet)
        }
    assert scoped <= set(rules.RULES)


@on_postgresql
@in_earnest
def test_without_a_context_no_table_shows_a_row_or_takes_one(two_outlets: Cast) -> None:
    wrong = []
    for table in rules.RULES:
        if not count(table, wall.WHOLE_BANK):
            wrong.append(f"{table}: empty, proves nothing")
        if count(table):
            wrong.append(f"{table}: shown")
        column = raw(f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass"
                     " AND attnum > 0 AND NOT attisdropped ORDER BY attnum")[-1][0]  # fmt: skip
        for statement in (f'UPDATE {table} SET "{column}" = "{column}"', f"DELETE FROM {table}"):
            if raw(statement) != [(0,)]:
                wrong.append(f"{table}: {statement}")
        with pytest.raises(InsufficientPrivilege, match="row-level security"):
            raw(f"INSERT INTO {table} DEFAULT VALUES")
    assert wrong == []


@on_postgresql
@in_earnest
def test_an_outlet_sees_nothing_of_another(two_outlets: Cast) -> None:
    cast, wrong = two_outlets, []
    # Files and their problems are the province's; cells count no outlet by itself.
    not_theirs = {"outreach_feed", "outreach_feedproblem", "whitelist_uploadproblem"}
    not_theirs |= {"outreach_leadcell"}
    for table in rules.RULES:
        for near, far in ((cast.wang, cast.sun), (cast.province, cast.other_province)):
            ours, theirs = (
                rows_of(table, each.reach if isinstance(each, Staff) else subtree(each))
                for each in (near, far)
            )
            if ours & theirs or not ((ours and theirs) or table in not_theirs):
                wrong.append(f"{table}, {near}: {len(ours)} and {len(theirs)} rows")
    assert wrong == []


def subtree(branch: Branch) -> wall.Reach:
    return wall.Reach(*branch.number_range)


@on_postgresql
@in_earnest
def test_an_outlet_changes_nothing_of_another(two_outlets: Cast) -> None:
    cast = two_outlets
    theirs = Lead.objects.unscoped("test").filter(holder=cast.sun)[0]
    set_stage = f"UPDATE outreach_lead SET stage = 'drawn' WHERE id = {theirs.pk}"
    assert raw(set_stage, cast.wang.reach) == [(0,)]
    assert raw(set_stage, cast.sun.reach) == [(1,)]
    away = f"UPDATE outreach_lead SET branch_number = {cast.outlet.number}, holder_id = NULL"
    with pytest.raises(InsufficientPrivilege):
        raw(away, cast.sun.reach)


@on_postgresql
@in_earnest
def test_whom_they_hold_is_theirs_wherever_the_customer_belongs(two_outlets: Cast) -> None:
    lead = make_lead(two_outlets, branch=two_outlets.sister_outlet, holder=two_outlets.wang)
    seen = f"SELECT id FROM outreach_lead WHERE id = {lead.pk}"
    assert raw(seen, two_outlets.wang.reach)
    assert not raw(seen, two_outlets.li.reach)
    who = f"SELECT id FROM whitelist_customer WHERE id = {lead.customer_id}"
    assert raw(who, two_outlets.wang.reach) and not raw(who, two_outlets.li.reach)


def seen_by_django() -> int:
    return int(Lead.objects.unscoped("how many the database shows").count())


@on_postgresql
@in_earnest
def test_a_query_that_forgot_its_scope_meets_the_wall(two_outlets: Cast) -> None:
    for staff, sees in ((two_outlets.wang, 2), (two_outlets.feng, 4), (two_outlets.sun, 2)):
        with wall.within(staff.reach):
            assert seen_by_django() == sees
            with transaction.atomic():
                assert seen_by_django() == sees
                with wall.whole_bank("test"):
                    assert seen_by_django() == 4
                assert seen_by_django() == sees
    with wall.within(wall.NOTHING):
        assert seen_by_django() == 0
        with transaction.atomic():
            assert seen_by_django() == 0


@on_postgresql
@in_earnest
def test_savepoints_neither_lose_a_context_nor_keep_one(two_outlets: Cast) -> None:
    with wall.within(two_outlets.wang.reach), transaction.atomic():
        with pytest.raises(DataError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert seen_by_django() == 2
        with wall.within(wall.NOTHING), transaction.atomic():
            assert seen_by_django() == 0
        assert seen_by_django() == 2


@on_postgresql
@in_earnest
def test_long_readings_and_sets_of_rows_carry_the_context_too(two_outlets: Cast) -> None:
    leads = Lead.objects.unscoped("test")
    with wall.within(two_outlets.wang.reach):
        assert len(list(leads.iterator(chunk_size=1))) == 2
        with transaction.atomic():
            assert len(list(leads.iterator(chunk_size=1))) == 2
        with connection.cursor() as cursor:
            ids = [(pk,) for pk in range(1, 5)]
            statement = "UPDATE outreach_lead SET amount = 1 WHERE id >= %s"
            cursor.executemany(statement, ids)
    assert leads.filter(amount=1).count() == 2


@on_postgresql
@in_earnest
def test_a_connection_that_served_a_request_keeps_nothing(two_outlets: Cast, as_: Any) -> None:
    client = as_(two_outlets.wang)
    assert client.get("/leads/").status_code == 200
    setting = f"SELECT current_setting('{wall.SETTING}', true)"
    assert raw(setting) in ([("",)], [(None,)])
    assert count("outreach_lead") == 0
    with transaction.atomic():
        seen_by_django()
    assert raw(setting) in ([("",)], [(None,)])


@pytest.mark.django_db
def test_a_request_reaches_what_its_user_does(cast: Cast, rf: Any) -> None:
    found = []

    def view(request: Any) -> StreamingHttpResponse:
        found.append(wall.reach_now())
        return StreamingHttpResponse(told() for told in [lambda: str(wall.reach_now()).encode()])

    request = rf.get("/")
    for user, reach in ((cast.wang, cast.wang.reach), (cast.feng, wall.WHOLE_BANK)):
        request.user = user
        response = within_their_branches(view)(request)
        assert found.pop() == reach
        assert b"".join(response) == str(reach).encode()  # while it is sent, too


@on_postgresql
@in_earnest
def test_strangers_reach_nothing(two_outlets: Cast) -> None:
    assert Client().get("/login/").status_code == 200
    with wall.within(wall.NOTHING):
        assert seen_by_django() == 0


@on_postgresql
@in_earnest
def test_a_system_reaches_its_subtree_once_its_token_is_known(two_outlets: Cast) -> None:
    _, token = SystemToken.issue(two_outlets.system, "test")
    answer = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/leads/")
    assert answer.json()["results"]
    assert {each["branch"] for each in answer.json()["results"]} == {two_outlets.outlet.code}


@on_postgresql
@in_earnest
def test_the_plan_asks_once_and_keeps_the_scopes_index(two_outlets: Cast) -> None:
    with wall.within(two_outlets.zhao.reach), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        scope = Lead.objects.visible_to(two_outlets.zhao).filter(tile_key__gt=0)
        plan = scope.order_by().explain()
    # Whichever of the indexes that begin so: the scope's own bounds lead into it.
    assert re.search(r"Index Cond: \(\(branch_number >= \d+\) AND .*tile_key > 0", plan), plan
    assert "InitPlan" in plan and "SubPlan" not in plan  # no row looks into another table


@on_postgresql
@in_earnest
@pytest.mark.parametrize(
    "statement",
    [
        "/* a report */ SELECT count(*) FROM outreach_lead",
        "-- a report\nSELECT count(*) FROM outreach_lead",
        "VALUES ((SELECT count(*) FROM outreach_lead))",
        f"{' ' * 120}SELECT count(*) FROM outreach_lead",
    ],
)
def test_no_statement_has_the_reach_of_the_one_before_it(two_outlets: Cast, statement: str) -> None:
    """In one transaction the setting stays: whatever follows, however it begins, says its own."""
    found = {}
    for reach in (wall.NOTHING, two_outlets.zhao.reach, wall.WHOLE_BANK):
        with transaction.atomic(), connection.cursor() as cursor:
            with wall.whole_bank("test"):
                cursor.execute("SELECT count(*) FROM outreach_lead")
            with wall.within(reach), transaction.atomic():
                cursor.execute(statement)
                found[reach] = cursor.fetchone()[0]
    assert list(found.values()) == [0, 2, 4]
