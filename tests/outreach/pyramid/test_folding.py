"""Folding, rebuilding and the triggers: what they leave behind, and what they survive."""

import threading
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from outreach.apps import keep_leads_counted
from outreach.filters import LeadFilter
from outreach.models import BranchGrain, Lead, LeadCell, LeadChange, Stage
from outreach.pyramid import triggers
from outreach.pyramid.counting import counts_of
from outreach.pyramid.folding import differences, fold_changes, rebuild_pyramid
from outreach.pyramid.question import CellQuestion, question_of
from tests.cast import Cast, make_lead
from tests.database import as_table_owner


def leads() -> Any:
    return Lead.objects.unscoped("test")


def asked_by(cast: Cast) -> CellQuestion:
    cast.zhao.branch = cast.province
    question = question_of(cast.zhao, {})
    assert question is not None
    return question


def total(cast: Cast) -> int:
    return sum(counts_of(asked_by(cast)).values())


def test_a_change_counts_at_once_and_is_folded_later(cast: Cast) -> None:
    make_lead(cast, holder=cast.wang)
    assert fold_changes() > 0
    assert not LeadChange.objects.exists()
    lead = make_lead(cast, holder=cast.wang)
    assert total(cast) == 2 and LeadChange.objects.exists()
    fold_changes()
    assert total(cast) == 2
    leads().filter(pk=lead.pk).update(eligibility="refused")
    assert total(cast) == 1
    assert differences() == []


def test_nothing_is_written_down_where_nothing_changes(cast: Cast) -> None:
    make_lead(cast, holder=cast.wang)
    fold_changes()
    leads().update(amount=1, score=0.5, stage=Stage.TO_CONTACT, holder=cast.wang)
    assert not LeadChange.objects.exists()


def test_cells_that_became_empty_are_gone(cast: Cast) -> None:
    lead = make_lead(cast)
    fold_changes()
    before = LeadCell.objects.count()
    leads().filter(pk=lead.pk).update(stage=Stage.DRAWN)
    fold_changes()
    assert LeadCell.objects.count() == before
    leads().delete()
    fold_changes()
    assert not LeadCell.objects.exists()


def test_what_is_rolled_back_was_never_counted(cast: Cast) -> None:
    lead = make_lead(cast)
    fold_changes()
    with transaction.atomic():
        leads().filter(pk=lead.pk).update(stage=Stage.DRAWN)
        transaction.set_rollback(True)
    assert not LeadChange.objects.exists()


def test_rebuilding_mends_what_is_wrong(cast: Cast) -> None:
    make_lead(cast)
    fold_changes()
    LeadCell.objects.update(n=7)
    assert differences()
    with pytest.raises(CommandError, match="rebuild_pyramid"):
        call_command("verify_pyramid")
    call_command("rebuild_pyramid")
    call_command("verify_pyramid")
    assert total(cast) == 1


def test_a_journal_that_lacks_a_change_is_found(cast: Cast) -> None:
    make_lead(cast)
    LeadChange.objects.all().delete()
    assert differences()


@pytest.mark.django_db(transaction=True)
def test_without_triggers_they_come_back_and_all_is_counted(cast: Cast) -> None:
    """As after a migration that made SQLite's table anew."""
    make_lead(cast)
    fold_changes()
    with as_table_owner():
        with connection.cursor() as cursor:
            for event in ("insert", "update", "delete"):
                where = " ON outreach_lead" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER outreach_lead_counted_{event}{where}")
        leads().update(stage=Stage.DRAWN)  # nobody hears of it
        assert differences()
        keep_leads_counted()
    assert differences() == []
    assert triggers.install(using="default") is False


@pytest.mark.django_db(transaction=True)
def test_emptied_tables_leave_no_counts_behind(cast: Cast) -> None:
    make_lead(cast)
    fold_changes()
    call_command("flush", interactive=False, verbosity=0, reset_sequences=False)
    assert not LeadCell.objects.exists() and not LeadChange.objects.exists()
    assert not BranchGrain.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_readers_and_writers_see_exact_counts_while_it_is_folded(cast: Cast) -> None:
    """Three write, one folds, one rebuilds, one reads: the sum is that of the leads throughout."""
    made = [make_lead(cast, holder=cast.wang) for _ in range(12)]
    fold_changes()
    question, wrong, done = asked_by(cast), [], threading.Event()

    def write(part: int) -> None:
        for turn in range(15):
            stage = (Stage.CONTACTED, Stage.TO_CONTACT)[turn % 2]
            leads().filter(pk__in=[lead.pk for lead in made[part::3]]).update(stage=stage)

    def repeat(work: Any) -> None:
        while not done.wait(0.02):  # SQLite hands its one lock to whoever asks, not in turn
            work()

    def read() -> None:
        found = sum(counts_of(question).values())
        if found != len(made):
            wrong.append(found)

    def closing(work: Any, *args: Any) -> Any:
        def run() -> None:
            try:
                work(*args)
            except Exception as error:
                wrong.append(error)
            finally:
                connection.close()

        return run

    writers = [threading.Thread(target=closing(write, part)) for part in range(3)]
    others = [
        threading.Thread(target=closing(repeat, work))
        for work in (lambda: fold_changes(chunk=2), rebuild_pyramid, read)
    ]
    for thread in (*writers, *others):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in others:
        thread.join()
    assert wrong == []
    assert differences() == []


def test_the_lock_is_one_folders(cast: Cast) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    make_lead(cast)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(4112623)")
            assert fold_changes() == 0
            cursor.execute("SELECT pg_advisory_unlock(4112623)")
    finally:
        other.close()
    assert fold_changes() > 0


def test_a_filter_that_keeps_all_is_answered_by_the_cells(cast: Cast) -> None:
    """``due=0`` asks for nothing: counting every lead for it would take seconds."""
    make_lead(cast)
    fold_changes()
    leads_asked = LeadFilter({"due": "0"}, queryset=leads(), user=cast.zhao)
    assert leads_asked.is_valid()
    cast.zhao.branch = cast.province
    assert question_of(cast.zhao, leads_asked.form.cleaned_data) is not None
    assert question_of(cast.zhao, {"due": True}) is None  # control: cells do not know of that
