"""What was chained cannot be changed, cut or added to without `faults` saying so."""

import random
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.audit_attacks import ATTACKS, attack_all, write_events
from tests.database import as_table_owner
from trust import audit, chain
from trust.archive import NotArchived, archive_before, faults_of_file
from trust.chain import Head, faults, head, seal_new, unsealed
from trust.heads import note_head, noted
from trust.models import AuditArchive, AuditEvent, AuditLink

anywhere = pytest.mark.django_db
for_real = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def heads_of_the_test(settings, tmp_path):
    settings.AUDIT_HEADS = str(tmp_path / "heads.txt")


def kinds(heads=()) -> set[str]:
    return {fault.kind for fault in faults(heads)}


@anywhere
def test_events_are_chained_once_in_the_order_they_were_written() -> None:
    write_events(random.Random(1), 7)
    assert (seal_new(chunk=3), seal_new()) == (7, 0)
    links = AuditLink.objects.order_by("number").values_list("number", "event_id")
    events = AuditEvent.objects.order_by("pk").values_list("pk", flat=True)
    assert list(links) == list(enumerate(events, start=1))
    write_events(random.Random(2), 2)
    assert (seal_new(), head().number, kinds([head()])) == (2, 9, set())


@anywhere
def test_an_event_that_shows_late_is_chained_behind_newer_ones() -> None:
    late = audit.record("slow.act", by=None)
    early = AuditEvent.objects.filter(pk=late.pk)
    kept = early.get()
    write_events(random.Random(1), 2)
    linked_without = AuditEvent.objects.exclude(pk=late.pk)
    number, before = 0, chain.BEGINNING
    for event in linked_without.order_by("pk"):
        number, before = number + 1, chain._next(before, number + 1, event.pk, event.mac, 1)
        AuditLink.objects.create(number=number, event_id=event.pk, chain=before)
    assert (seal_new(), AuditLink.objects.get(number=3).event_id) == (1, kept.pk)
    assert kinds() == set()


@for_real
def test_every_way_to_falsify_it_is_found() -> None:
    write_events(random.Random(1), 60)
    seal_new()
    with as_table_owner():
        found, missed = attack_all(6 * len(ATTACKS), random.Random(7))
    assert missed == []
    assert set(found) == {attack.__name__ for attack in ATTACKS}
    assert kinds([head()]) == set()  # control: nothing was left behind, and nothing is wrong


@for_real
def test_two_that_chain_at_once_do_it_once() -> None:
    write_events(random.Random(1), 40)
    failed = []

    def seal() -> None:
        try:
            for _ in range(5):
                seal_new(chunk=5)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=seal) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal_new()
    assert (failed, head().number, kinds()) == ([], 40, set())


@anywhere
def test_what_is_not_chained_yet_is_proven_by_its_mac() -> None:
    event = audit.record("lead.call", by=None)
    assert (unsealed().count(), kinds()) == (1, set())
    forged = AuditEvent(at=event.at, action="lead.call", mac="0" * 64)
    forged.save()
    assert kinds() == {"changed"}


@anywhere
def test_an_old_event_slipped_in_is_found() -> None:
    write_events(random.Random(1), 2)
    seal_new()
    copied = AuditEvent.objects.order_by("pk").first()
    copied.pk = None
    copied.at = timezone.now() - timedelta(days=3)
    copied.mac = audit.mac_of(copied)  # even with the key
    copied.save()
    assert (seal_new(), kinds()) == (0, {"unsealed"})


@anywhere
def test_a_head_is_noted_when_there_is_news(settings, caplog) -> None:
    caplog.set_level("INFO", logger="trust.heads")
    assert not note_head()  # nothing was chained yet
    write_events(random.Random(1), 2)
    seal_new()
    assert note_head()
    assert not note_head()  # a moment ago
    path = settings.AUDIT_HEADS
    from pathlib import Path

    assert noted(Path(path)) == [head()]
    assert f"2 {head().chain}" in caplog.text


@anywhere
def test_the_command_says_what_it_found(tmp_path) -> None:
    write_events(random.Random(1), 3)
    seal_new()
    note_head()
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "3 events chained here" in out.getvalue()
    assert "as it was written" in out.getvalue()
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text(f"2026-11-01T00:00:00+00:00 9 {'a' * 64}\n")
    err = StringIO()
    with pytest.raises(CommandError, match="1 faults"):
        call_command("verify_audit", heads=elsewhere, stdout=out, stderr=err)
    assert "once reached link 9" in err.getvalue()
    elsewhere.write_text("nonsense\n")
    with pytest.raises(CommandError, match="line 1 is no head"):
        call_command("verify_audit", heads=elsewhere, stdout=out)
    with pytest.raises(CommandError, match="There is no file"):
        call_command("verify_audit", heads=tmp_path / "none.txt", stdout=out)


# --- another key ------------------------------------------------------------------------


def another_key(settings) -> None:
    settings.AUDIT_KEYS = f"2:{'ab' * 32},{settings.AUDIT_KEYS}"


@anywhere
def test_the_log_goes_on_under_a_new_key_and_is_verified_under_both(settings) -> None:
    write_events(random.Random(1), 3)
    seal_new()
    another_key(settings)
    write_events(random.Random(2), 2)
    assert (seal_new(), kinds([head()])) == (2, set())
    keys = AuditLink.objects.order_by("number").values_list("key_id", flat=True)
    assert list(keys) == [1, 1, 1, 2, 2]
    assert list(AuditEvent.objects.order_by("pk").values_list("key_id", flat=True)) == list(keys)
    settings.AUDIT_KEYS = settings.AUDIT_KEYS.split(",")[0]
    assert kinds() == {"unknown_key"}


@anywhere
def test_who_has_come_by_a_former_key_writes_no_history_with_it(settings) -> None:
    write_events(random.Random(1), 1)
    seal_new()
    former = settings.AUDIT_KEYS
    another_key(settings)
    write_events(random.Random(2), 1)
    seal_new()
    forged = AuditEvent(at=timezone.now() + timedelta(hours=7), action="lead.call", key_id=1)
    forged.mac = audit.mac_of(forged)
    forged.save()
    seal_new()
    assert "old_key" in kinds()
    settings.AUDIT_KEYS = former
    with pytest.raises(audit.UnknownKey):  # a worker that was not restarted chains nothing
        seal_new()


# --- moving old events to files -------------------------------------------------------


def _aged(count: int, days: int) -> None:
    """Events as they would have been written so many days ago."""
    write_events(random.Random(days), count)
    for event in unsealed():
        event.at = timezone.now() - timedelta(days=days)
        event.mac = audit.mac_of(event)
        event.save(force_update=True)
    seal_new()


@pytest.fixture
def two_years() -> None:
    with as_table_owner():
        for days in (700, 400, 100):
            _aged(3, days)


def _days_ago(days: int):
    return timezone.now() - timedelta(days=days)


@for_real
@pytest.mark.usefixtures("two_years")
def test_old_events_move_to_files_and_the_chain_goes_on(tmp_path) -> None:
    before = head()
    with as_table_owner():
        first = archive_before(_days_ago(500), tmp_path)
        second = archive_before(_days_ago(200), tmp_path)
        assert archive_before(_days_ago(200), tmp_path) is None
    assert [(a.first, a.last) for a in (first, second)] == [(1, 3), (4, 6)]
    assert AuditLink.objects.order_by("number").first().number == 7
    seal_new()
    assert kinds([before, Head(6, second.chain)]) == set()
    assert not [*faults_of_file(first, tmp_path), *faults_of_file(second, tmp_path)]
    out = StringIO()
    call_command("verify_audit", archives=tmp_path, stdout=out)
    assert "6 in archives" in out.getvalue()


@for_real
@pytest.mark.usefixtures("two_years")
def test_a_changed_or_missing_archive_is_found(tmp_path) -> None:
    with as_table_owner():
        made = archive_before(_days_ago(500), tmp_path)
    path = tmp_path / made.file_name
    good = path.read_bytes()
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    assert [fault.kind for fault in faults_of_file(made, tmp_path)] == ["file_changed"]
    path.unlink()
    assert [fault.kind for fault in faults_of_file(made, tmp_path)] == ["file_missing"]


@for_real
@pytest.mark.usefixtures("two_years")
def test_what_is_young_or_not_whole_is_not_moved(tmp_path) -> None:
    with as_table_owner():
        with pytest.raises(NotArchived, match="180 days"):
            archive_before(_days_ago(100), tmp_path)
        with transaction.atomic():
            AuditEvent.objects.filter(pk=AuditLink.objects.get(number=2).event_id).delete()
            with pytest.raises(NotArchived, match="Link 2"):
                archive_before(_days_ago(500), tmp_path)
            transaction.set_rollback(True)
    assert not list(tmp_path.glob("*.gz"))
    assert AuditArchive.objects.count() == 0
    with pytest.raises(CommandError, match="must be a day"):
        call_command("archive_audit", before="yesterday", into=tmp_path)
    out = StringIO()
    call_command("archive_audit", before="2001-01-01", into=tmp_path, stdout=out)
    assert "Nothing to move" in out.getvalue()
