"""Each kind of end a declaration can name, and what is said when one is missing."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from branches.models import RememberedDevice
from tests.cast import Cast, make_lead
from tests.retention import keep_no_longer
from trust import checks, retention_page
from trust.models import AuditEvent
from trust.retention import Kept, Then, declared
from whitelist.models import Customer, GeocodeAnswer

PAGE = Path(__file__).resolve().parents[2] / "docs" / "retention.md"
pytestmark = pytest.mark.django_db


def answers(count: int, days: int) -> None:
    for number in range(count):
        GeocodeAnswer.objects.create(address_index=bytes([number]) * 16, precision=0)
    GeocodeAnswer.objects.update(answered_at=timezone.now() - timedelta(days=days))


def test_what_is_due_goes_in_chunks_each_recorded(settings) -> None:
    settings.RETAIN_GEOCODE_DAYS = 10
    answers(5, days=11)
    assert keep_no_longer(chunk=2) == 5
    assert not GeocodeAnswer.objects.exists()
    events = AuditEvent.objects.filter(action="retention.carry_out")
    assert [event.detail["rows"] for event in events.order_by("pk")] == [2, 2, 1]
    assert {event.target for event in events} == {"table:whitelist.GeocodeAnswer"}
    assert keep_no_longer() == 0


def test_what_is_not_due_stays(settings, cast: Cast) -> None:
    settings.RETAIN_GEOCODE_DAYS = 10
    answers(1, days=9)
    RememberedDevice.remember(cast.wang, label="x", until=timezone.now())
    assert keep_no_longer() == 0


def test_the_command_shows_and_changes_nothing_until_it_is_told_to(settings) -> None:
    settings.RETAIN_GEOCODE_DAYS = 10
    answers(3, days=11)
    out = StringIO()
    call_command("retention", stdout=out)
    assert "10 days after the answer: row deleted; 3 due" in out.getvalue()
    assert GeocodeAnswer.objects.count() == 3
    call_command("retention", apply=True, stdout=out)
    assert "Carried out for 3 rows" in out.getvalue()
    assert not GeocodeAnswer.objects.exists()


def test_everything_is_declared() -> None:
    assert checks.personal_fields_declare_how_long(None) == []
    assert checks.declarations_can_be_carried_out(None) == []


def test_a_sealed_column_without_a_time_is_an_error(monkeypatch) -> None:
    monkeypatch.setattr(Customer, "retention", (Kept(("name",), Then.KEPT, "for ever"),))
    found = checks.personal_fields_declare_how_long(None)
    assert {problem.id for problem in found} == {"trust.E002"}
    assert "whitelist.Customer.phone declares no retention." in [each.msg for each in found]
    assert "whitelist.Customer.name declares no retention." not in [each.msg for each in found]


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (Kept(("nome",), Then.KEPT, "x"), "there is no field nome"),
        (Kept(("name",), Then.EMPTIED, "x", days="RETAIN_X", since="created_at"), "RETAIN_X must"),
        (Kept(("name",), Then.EMPTIED, "x", days="RETAIN_ROWS_DAYS"), "count from nothing"),
        (Kept(("name",), Then.EMPTIED, "x", days="RETAIN_ROWS_DAYS", by="magic"), "no rule magic"),
    ],
)
def test_a_declaration_nobody_can_carry_out_is_an_error(monkeypatch, kept: Kept, said: str) -> None:
    monkeypatch.setattr(Customer, "retention", (kept,))
    assert said in " ".join(each.msg for each in checks.declarations_can_be_carried_out(None))


def test_the_page_says_what_the_models_declare() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == retention_page.written_into(page), "manage.py retention --page docs/retention.md"
    assert all(each.name in page for each in declared())


def test_every_clock_is_asked_of_the_database(cast: Cast) -> None:
    """Each question can be put on both engines."""
    make_lead(cast)
    for each in declared():
        if each.has_a_clock:
            assert each.due(timezone.now()).count() == 0
