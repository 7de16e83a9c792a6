"""Lists of several scopes, programmes and modes, and undoing them, against a naive model."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.actions.list_decisions import DecisionRefused
from outreach.actions.undo_list import compensate, undo_list
from outreach.models import Assignment, Lead
from tests.cast import Cast
from tests.lists import compared, numbers, put
from whitelist.models import Mode, Offer, Programme, WhitelistBatch

CUSTOMERS = "ABCDE"
# Scope → the outlets below it. "county" holds two of the province's outlets.
OUTLETS = {"county": ("near", "sister"), "province": ("near", "sister"), "other": ("far",)}
ENDS = {"P1": date(2098, 1, 1), "P2": date(2099, 1, 1)}


@dataclass(frozen=True)
class Row:
    customer: str
    outlet: str
    amount: int
    phone: str


@dataclass(frozen=True)
class ListStep:
    programme: str
    scope: str
    mode: Mode
    rows: tuple[Row, ...]
    broken: tuple[str, ...]  # customers whose rows are invalid


@dataclass(frozen=True)
class UndoStep:
    which: int


@dataclass
class Listed:
    row: Row
    in_force: bool
    batch: int


@dataclass
class Model:
    """What ought to be in force: the rules of the issue in a page of plain Python."""

    offers: dict[tuple[str, str], Listed] = field(default_factory=dict)
    batches: list[dict[str, Any]] = field(default_factory=list)

    def diff(self, step: ListStep) -> dict[str, int]:
        found = dict.fromkeys(("new", "kept", "amount_changed", "details_changed", "withdrawn"), 0)
        for row in step.rows:
            if step.mode != Mode.WITHDRAW:
                found[self._change(step, row)] += 1
        found["withdrawn"] = len(self._withdrawn(step))
        return {name: count for name, count in found.items() if count}

    def _standing(self, step: ListStep, customer: str) -> Listed | None:
        listed = self.offers.get((step.programme, customer))
        inside = listed and listed.in_force and listed.row.outlet in OUTLETS[step.scope]
        return listed if inside else None

    def _change(self, step: ListStep, row: Row) -> str:
        listed = self._standing(step, row.customer)
        if listed is None:
            return "new"
        if listed.row.amount != row.amount:
            return "amount_changed"
        return "kept" if listed.row == row else "details_changed"

    def _withdrawn(self, step: ListStep) -> list[str]:
        named = {row.customer for row in step.rows}
        standing = [c for c in CUSTOMERS if self._standing(step, c)]
        if step.mode == Mode.WITHDRAW:
            return [c for c in standing if c in named]
        if step.mode == Mode.ADD:
            return []
        return [c for c in standing if c not in named | set(step.broken)]

    def apply(self, step: ListStep) -> None:
        number = len(self.batches)
        withdrawn = self._withdrawn(step)
        changed = [
            row
            for row in step.rows
            if step.mode != Mode.WITHDRAW and self._change(step, row) != "kept"
        ]
        touched = [*withdrawn, *(row.customer for row in changed)]
        before = {c: replace_of(self.offers.get((step.programme, c))) for c in touched}
        for customer in withdrawn:
            listed = self.offers[step.programme, customer]
            self.offers[step.programme, customer] = Listed(listed.row, False, number)
        for row in changed:
            self.offers[step.programme, row.customer] = Listed(row, True, number)
        self.batches.append({"step": step, "before": before, "undone": False})

    def can_undo(self, number: int) -> bool:
        batch = self.batches[number]
        later = [b for b in self.batches[number + 1 :] if not b["undone"]]
        overlapping = [
            b
            for b in later
            if b["step"].programme == batch["step"].programme
            and set(OUTLETS[b["step"].scope]) & set(OUTLETS[batch["step"].scope])
        ]
        return not batch["undone"] and not overlapping

    def undo(self, number: int) -> None:
        batch = self.batches[number]
        batch["undone"] = True
        for customer, before in batch["before"].items():
            key = (batch["step"].programme, customer)
            if self.offers[key].batch != number:
                continue  # another list has had its say since
            if before is None:
                self.offers[key] = Listed(self.offers[key].row, False, -1)
            else:
                self.offers[key] = Listed(before.row, before.in_force, -1)


def replace_of(listed: Listed | None) -> Listed | None:
    return None if listed is None else replace(listed)


@st.composite
def list_steps(draw: st.DrawFn) -> ListStep:
    scope = draw(st.sampled_from(sorted(OUTLETS)))
    named = draw(st.lists(st.sampled_from(CUSTOMERS), unique=True, max_size=5))
    outlet, amount = st.sampled_from(OUTLETS[scope]), st.sampled_from([1, 2])
    phone = st.sampled_from(["16900000001", "16900000002"])
    rows = tuple(Row(c, draw(outlet), draw(amount), draw(phone)) for c in named)
    rest = sorted(set(CUSTOMERS) - set(named))
    broken = draw(st.lists(st.sampled_from(rest), unique=True, max_size=2)) if rest else []
    return ListStep(
        draw(st.sampled_from(sorted(ENDS))),
        scope,
        draw(st.sampled_from([Mode.FULL, Mode.FULL, Mode.ADD, Mode.WITHDRAW])),
        rows,
        tuple(broken),
    )


STEPS = st.lists(
    st.one_of(list_steps(), list_steps(), st.builds(UndoStep, st.integers(0, 5))),
    min_size=1,
    max_size=7,
)


class Undone(Exception):
    """Rolls an example back."""


@pytest.mark.slow
@given(STEPS)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_lists_do_what_the_rules_say(cast: Cast, steps: list[ListStep | UndoStep]) -> None:
    try:
        with transaction.atomic():
            play(cast, steps)
            raise Undone
    except Undone:
        pass


def play(cast: Cast, steps: list[ListStep | UndoStep]) -> None:
    programmes = {"P1": cast.programme}
    programmes["P2"] = Programme.objects.create(
        code="P2", name="另一项目", owner=cast.hq, control_percent=0
    )
    Programme.objects.update(control_percent=0)
    cast.programme.refresh_from_db()
    model, batches = Model(), []
    for step in steps:
        if isinstance(step, UndoStep):
            undo(cast, model, batches, step)
        else:
            options = as_options(cast, programmes, step)
            assert numbers(compared(cast, **options)) == model.diff(step)
            batches.append(put(cast, **options))
            model.apply(step)
        agree(model, programmes)


def undo(cast: Cast, model: Model, batches: list[WhitelistBatch], step: UndoStep) -> None:
    if step.which >= len(batches):
        return
    batch = batches[step.which]
    batch.refresh_from_db()
    if model.can_undo(step.which):
        undo_list(batch=batch, by=cast.feng)
        compensate(batch=batch, by=cast.feng)
        model.undo(step.which)
    else:
        with pytest.raises(DecisionRefused):
            undo_list(batch=batch, by=cast.feng)


def as_options(cast: Cast, programmes: dict[str, Programme], step: ListStep) -> dict[str, Any]:
    outlets = {"near": cast.outlet, "sister": cast.sister_outlet, "far": cast.far_outlet}
    scopes = {"county": cast.county, "province": cast.province, "other": cast.other_province}
    managers = {"near": cast.wang, "far": cast.sun, "sister": None}
    return {
        "rows": [
            {
                "no": row.customer,
                "branch": outlets[row.outlet],
                "manager": managers[row.outlet],
                "amount": row.amount,
                "phone": row.phone,
                "valid_to": ENDS[step.programme],
            }
            for row in step.rows
        ],
        "broken": [{"no": customer} for customer in step.broken],
        "scope": scopes[step.scope],
        "mode": step.mode,
        "programme": programmes[step.programme],
    }


CODES = {"H37078301": "near", "H37078302": "sister", "H41010101": "far"}


def agree(model: Model, programmes: dict[str, Programme]) -> None:
    """Offers and leads are what the model says, and every holder has one assignment."""
    names = {programme.pk: name for name, programme in programmes.items()}
    real = {
        (names[offer.programme_id], offer.customer.customer_no): (
            offer.amount,
            CODES[offer.branch.code],
        )
        for offer in Offer.objects.unscoped("test").in_force().select_related("customer", "branch")
    }
    expected = {
        key: (listed.row.amount, listed.row.outlet)
        for key, listed in model.offers.items()
        if listed.in_force
    }
    assert real == expected
    leads = {
        lead.customer.customer_no: lead
        for lead in Lead.objects.unscoped("test").select_related("customer", "branch")
    }
    assert set(leads) == {customer for _, customer in model.offers}
    for customer, lead in leads.items():
        standing = [p for p in sorted(ENDS) if (p, customer) in expected]
        assert lead.eligibility == ("yes" if standing else "withdrawn")
        assert lead.branch_number == lead.branch.number
        if standing:
            assert lead.amount == expected[standing[0], customer][0]
            assert lead.valid_to == ENDS[standing[0]]
        else:
            assert lead.holder_id is None
    open_ones = dict(Assignment.objects.filter(ended_at=None).values_list("lead_id", "holder_id"))
    held = {lead.pk: lead.holder_id for lead in leads.values() if lead.holder_id}
    assert open_ones == held
