"""Which answers of the outcome sheet fit together."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from outreach.outcome_form import OutcomeForm, season_end

SHANGHAI = ZoneInfo("Asia/Shanghai")
BASE = datetime(2026, 11, 24, 15, 30, tzinfo=SHANGHAI)
SPOKE = {"call_state": "connected", "person": "self"}


def form(by_call: bool = True, **said: Any) -> OutcomeForm:
    return OutcomeForm(said, by_call=by_call, base=BASE)


def wrong(by_call: bool = True, **said: Any) -> set[str]:
    checked = form(by_call, **said)
    assert not checked.is_valid()
    return set(checked.errors)


@pytest.mark.parametrize(
    "state",
    ["no_answer", "busy", "declined", "off", "suspended", "no_such_number", "unreachable"],
)
def test_an_unanswered_call_needs_nothing_more(state: str) -> None:
    assert form(call_state=state).is_valid()


def test_a_connected_call_needs_person_and_outcome() -> None:
    assert wrong() == {"call_state"}
    assert wrong(call_state="connected") == {"person"}
    assert wrong(call_state="connected", person="nobody") == {"person"}
    assert wrong(**SPOKE) == {"outcome"}
    assert form(**SPOKE, outcome="interested").is_valid()


def test_no_outcome_without_a_conversation() -> None:
    assert wrong(call_state="no_answer", outcome="interested") == {"call_state"}
    assert wrong(call_state="no_answer", person="self") == {"call_state"}
    assert wrong(call_state="busy", need_amount_wan="20") == {"call_state"}


def test_others_who_answer_need_no_outcome_and_cannot_be_interested() -> None:
    for person in ("family", "wrong_person", "away"):
        assert form(call_state="connected", person=person).is_valid()
        assert form(call_state="connected", person=person, outcome="refused").is_valid()
        assert wrong(call_state="connected", person=person, outcome="interested") == {"outcome"}


def test_who_has_died_said_nothing_and_is_not_followed_up() -> None:
    assert form(call_state="connected", person="deceased").is_valid()
    assert wrong(call_state="connected", person="deceased", outcome="refused") == {"outcome"}
    assert "follow_up" in wrong(call_state="connected", person="deceased", follow_up="tomorrow")


def test_a_log_without_a_call_needs_channel_and_person() -> None:
    assert wrong(False) == {"channel"}
    assert wrong(False, channel="visit") == {"person"}
    assert wrong(False, channel="visit", person="self", call_state="connected") == {"call_state"}
    assert wrong(False, channel="hq_sms", person="self") == {"channel"}
    assert form(False, channel="visit", person="self", outcome="considering").is_valid()


def test_nobody_at_home_is_an_attempt() -> None:
    visit = form(False, channel="visit", person="nobody")
    assert visit.is_valid() and visit.answers().person == ""


def test_unknown_choices_are_refused() -> None:
    assert wrong(call_state="maybe") == {"call_state"}
    assert wrong(**SPOKE, outcome="rich") == {"outcome"}
    assert wrong(**SPOKE, outcome="interested", steps=["danced"]) == {"steps"}


@pytest.mark.parametrize(("wan", "yuan"), [("20", 200_000), ("8.5", 85_000), ("0.01", 100)])
def test_amounts_are_asked_in_wan_and_kept_in_yuan(wan: str, yuan: int) -> None:
    said = form(**SPOKE, outcome="interested", need_amount_wan=wan)
    assert said.is_valid() and said.answers().need_amount == yuan


@pytest.mark.parametrize("wan", ["-1", "0", "1000000", "NaN", "二十"])
def test_impossible_amounts_are_refused(wan: str) -> None:
    assert wrong(**SPOKE, outcome="interested", need_amount_wan=wan) == {"need_amount_wan"}


@pytest.mark.parametrize(
    ("preset", "day"),
    [
        ("tomorrow", (2026, 11, 25)),
        ("three_days", (2026, 11, 27)),
        ("after_season", (2027, 6, 20)),
    ],
)
def test_presets_are_a_day_at_the_opening_hour(preset: str, day: tuple[int, int, int]) -> None:
    said = form(call_state="no_answer", follow_up=preset)
    assert said.is_valid()
    assert said.answers().follow_up_at == datetime(*day, 8, 0, tzinfo=SHANGHAI)


def test_a_chosen_day_lies_ahead_within_a_year() -> None:
    def on(day: str) -> dict[str, str]:
        return {"call_state": "no_answer", "follow_up": "on_day", "follow_up_on": day}

    said = form(**on("2026-12-31"))
    assert said.is_valid()
    assert said.answers().follow_up_at == datetime(2026, 12, 31, 8, 0, tzinfo=SHANGHAI)
    for day in ("", "2026-11-24", "2026-11-23", "2028-01-01"):
        assert wrong(**on(day)) == {"follow_up_on"}


@pytest.mark.parametrize("outcome", ["refused", "not_interested"])
def test_no_follow_up_after_a_no(outcome: str) -> None:
    assert wrong(**SPOKE, outcome=outcome, follow_up="tomorrow") == {"follow_up"}


def test_the_season_ends_after_the_day_asked() -> None:
    def end(month: int, day: int) -> date:
        return season_end(datetime(2026, month, day, 9, tzinfo=SHANGHAI)).date()

    assert end(6, 19) == date(2026, 6, 20)
    assert end(6, 20) == date(2026, 10, 20)
    assert end(10, 20) == date(2027, 6, 20)
