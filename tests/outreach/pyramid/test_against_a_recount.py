"""Whatever is written, folded or moved: the cells say what a recount in plain Python says.

Random trees, leads, writes through every door, and questions. The recount knows
nothing of cells, journal or layers: it looks at each lead.
"""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.models import Branch, BranchLevel, Role, Staff
from marketing_map.map_answers import tiles
from marketing_map.map_answers.asking import Asked
from outreach import tilekey
from outreach.actions.move_branch_numbers import move_branch_numbers
from outreach.filters import LeadFilter
from outreach.models import AmountBand, Eligibility, Lead, Stage, StageBasis
from outreach.pyramid.counting import cells_of, counts_of
from outreach.pyramid.folding import differences, fold_changes, rebuild_pyramid
from outreach.pyramid.layers import FINEST, STAGES
from outreach.pyramid.question import question_of
from whitelist.models import Customer, Product

SEGMENTS = ("种植", "养殖", "")
DAYS = (-1, 0, 3, 7, 8, 40)


class World:
    """A made-up bank that chance has built, and what may happen in it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.serial = 0
        self.today = timezone.localdate()
        Lead.objects.unscoped("each example begins empty").delete()
        Staff.objects.filter(username__startswith="pyramid").delete()
        old = Branch.objects.filter(code__startswith="P")
        old._raw_delete(old.db)  # they protect one another
        self.products = [
            Product.objects.get_or_create(code=code, defaults={"name": code})[0]
            for code in ("P1", "P2")
        ]
        root = self.branch(None)
        self.branches = [root]
        for _ in range(self.chance.randint(0, 12)):
            self.branches.append(self.branch(self.chance.choice(self.branches)))
        move_branch_numbers(by=None)
        for branch in self.branches:
            branch.refresh_from_db()
        self.holder = Staff.objects.create(
            username="pyramid-manager", name="甲", role=Role.MANAGER, branch=root
        )

    def branch(self, parent: Branch | None) -> Branch:
        self.serial += 1
        return Branch.objects.create(
            code=f"P{self.serial:03d}", name=f"机构{self.serial}", parent=parent,
            level=BranchLevel.OUTLET,
        )  # fmt: skip

    def grow(self, count: int = 9) -> None:
        """Leads in a few clumps, so that cells hold several."""
        customers = Customer.objects.bulk_create(Customer() for _ in range(count))
        numbers = dict(Branch.objects.values_list("pk", "number"))
        leads = []
        for customer in customers:
            branch = self.chance.choice(self.branches)
            key = self.key() if self.chance.random() < 0.9 else None
            leads.append(
                Lead(
                    customer=customer, branch=branch, branch_number=numbers[branch.pk],
                    tile_key=key, precision=self.chance.randint(1, 6) if key else 0,
                    holder=self.chance.choice([None, self.holder]),
                    **{name: value() for name, value in self.choices().items()},
                )
            )  # fmt: skip
        Lead.objects.unscoped("the world").bulk_create(leads)

    def key(self) -> int:
        lon, lat = self.chance.choice([(113.0, 33.0), (113.4, 33.1), (118.0, 36.0), (87.0, 43.0)])
        spread = self.chance.choice([0.001, 0.2, 2])
        return tilekey.key_of(
            lon + self.chance.uniform(-spread, spread), lat + self.chance.uniform(-spread, spread)
        )

    def choices(self) -> dict[str, Callable[[], Any]]:
        pick = self.chance.choice
        return {
            "stage": lambda: pick(STAGES),
            "stage_basis": lambda: pick(StageBasis.values),
            "eligibility": lambda: pick([Eligibility.YES] * 6 + list(Eligibility)),
            "product_id": lambda: pick([None, *(product.pk for product in self.products)]),
            "segment": lambda: pick(SEGMENTS),
            "amount_band": lambda: pick(AmountBand.values),
            "valid_to": lambda: pick([None, *(self.today + timedelta(days=d) for d in DAYS)]),
        }

    def some_leads(self) -> Any:
        """A random handful, as a queryset that may be written through."""
        ids = list(Lead.objects.unscoped("the world").values_list("pk", flat=True))
        chosen = self.chance.sample(ids, self.chance.randint(0, len(ids)))
        return Lead.objects.unscoped("the world").filter(pk__in=chosen)

    def happen(self) -> None:
        """One thing that changes leads, the tree, or where the counts stand."""
        name = self.chance.choice(
            ["update", "update", "raw", "one", "grow", "remove", "move", "hold",
             "tree", "upside_down", "fold", "fold", "rebuild"]
        )  # fmt: skip
        getattr(self, name)()

    def update(self) -> None:
        column, value = self.chance.choice(list(self.choices().items()))
        self.some_leads().update(**{column: value()})

    def raw(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE outreach_lead SET segment = %s, holder_id = NULL WHERE id %% 3 = %s",
                [self.chance.choice(SEGMENTS), self.chance.randint(0, 2)],
            )

    def one(self) -> None:
        lead = self.some_leads().first()
        if lead is not None:
            lead.stage, lead.amount = self.chance.choice(STAGES), 7
            lead.save()

    def hold(self) -> None:
        self.some_leads().update(holder=self.chance.choice([None, self.holder]))

    def move(self) -> None:
        self.some_leads().exclude(tile_key=None).update(tile_key=self.key(), precision=2)

    def remove(self) -> None:
        self.some_leads().filter(stage=self.chance.choice(STAGES)).delete()

    def tree(self) -> None:
        """A branch more: the numbers move."""
        self.branches.append(self.branch(self.chance.choice(self.branches)))
        move_branch_numbers(by=None)

    def upside_down(self) -> None:
        """A branch goes elsewhere with everything below it."""
        moving = self.chance.choice(self.branches)
        goal = self.chance.choice(self.branches)
        for branch in (moving, goal):
            branch.refresh_from_db()
        if moving.parent_id and not moving.contains(goal):
            Branch.objects.filter(pk=moving.pk).update(parent=goal)
            move_branch_numbers(by=None)

    def fold(self) -> None:
        fold_changes(chunk=self.chance.choice([1, 5, 1000]))

    def rebuild(self) -> None:
        rebuild_pyramid()

    # --- questions ------------------------------------------------------------
    def ask(self) -> str:
        """A query string, often of nothing."""
        pick, parts = self.chance.choice, []
        if self.chance.random() < 0.3:
            parts += [f"stage={stage}" for stage in self.chance.sample(STAGES, 2)]
        for text in (f"basis={pick(StageBasis.values)}", "holder=none",
                     f"branch={pick(self.branches).code}"):  # fmt: skip
            parts += [text] if self.chance.random() < 0.2 else []
        told = pick(["", "", "expiring", "offer", "precision", "both"])
        if told in {"expiring", "both"}:
            parts.append(f"expiring={pick([0, 3, 7, 30])}")
        if told in {"offer", "both"}:
            parts += [f"segment={pick(SEGMENTS[:2])}", f"band={pick(AmountBand.values)}"]
            parts += [f"product={pick(self.products).code}"] if self.chance.random() < 0.5 else []
        if told == "precision":
            parts.append(f"precision={self.chance.randint(1, 6)}")
        return "&".join(parts)

    def recount(self, staff: Staff, query: QueryDict) -> list[Any]:
        """The leads that the question means, looked at one by one."""
        asked = query.get("branch")
        scopes = [staff.branch] + ([Branch.objects.get(code=asked)] if asked else [])
        soon = query.get("expiring")

        def means(lead: Lead) -> bool:
            return (
                lead.eligibility == "yes"
                and lead.tile_key is not None
                and lead.valid_to is not None
                and lead.valid_to >= self.today
                and all(first <= lead.branch_number <= last
                        for first, last in (scope.number_range for scope in scopes))
                and (not query.getlist("stage") or lead.stage in query.getlist("stage"))
                and query.get("basis") in (None, lead.stage_basis)
                and not ("holder" in query and lead.holder_id)
                and query.get("segment") in (None, lead.segment)
                and query.get("band") in (None, str(lead.amount_band))
                and query.get("product") in (None, lead.product and lead.product.code)
                and query.get("precision") in (None, str(lead.precision))
                and (soon is None or lead.valid_to <= self.today + timedelta(days=int(soon)))
            )  # fmt: skip

        leads = Lead.objects.unscoped("the recount looks at each").select_related("product")
        return [lead for lead in leads if means(lead)]


def in_cells(found: dict[int, tiles.CellOfTile]) -> dict[int, list[int]]:
    return {at: cell.states for at, cell in found.items()}


def place_of(lead: Lead) -> int:
    state = (
        "unassigned" if lead.holder_id is None and lead.stage == Stage.TO_CONTACT else lead.stage
    )
    return tiles.STATES.index(state)


def check(world: World) -> bool:
    """One question of one supervisor, three ways; returns whether the cells answered it."""
    branch = world.chance.choice(world.branches)
    branch.refresh_from_db()
    staff = Staff(username="x", role=Role.SUPERVISOR, branch=branch)
    query = QueryDict(world.ask())
    leads = Lead.objects.visible_to(staff).worked_on_by(staff)
    narrowed = LeadFilter(query, queryset=leads, user=staff)
    assert narrowed.is_valid()
    question = question_of(staff, narrowed.form.cleaned_data)
    meant = world.recount(staff, query)
    asked = Asked(staff, narrowed.qs, question)

    z = world.chance.randint(0, 10)
    x, y = tilekey.tile_of_key(world.key(), z)
    first, last = tilekey.tile_range(z, x, y)
    expected: dict[int, list[int]] = {}
    for lead in meant:
        if first <= lead.tile_key <= last:
            at = lead.tile_key >> 2 * (tilekey.ZOOM - z - tiles.CELL_DEPTH)
            expected.setdefault(at, [0] * len(tiles.STATES))[place_of(lead)] += 1
    grouped = tiles.grouped_cells(asked, z, x, y)
    assert in_cells(grouped) == expected, query
    if question is None:
        return False
    assert sum(counts_of(question).values()) == len(meant), query
    counted = tiles.counted_cells(asked, z, x, y)
    if counted is None:
        return False
    assert in_cells(counted) == expected, query
    for at, cell in counted.items():
        n = sum(cell.states)
        # The cells' middle is as fine as that from the keys, or finer: within half a part.
        assert abs(cell.sum_x - grouped[at].sum_x) <= n * 16.001
        assert abs(cell.sum_y - grouped[at].sum_y) <= n * 16.001
    return True


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 1_000_000))
def test_cells_say_what_a_recount_says(db: None, seed: int) -> None:
    world = World(seed)
    world.grow(40)
    for _ in range(8):
        world.happen()
        check(world)
    assert differences() == []


def test_the_cells_answer_most_of_what_is_asked(db: None) -> None:
    """Else the test above would hold of a pyramid that never answers."""
    world = World(1)
    world.grow(30)
    rebuild_pyramid()
    assert sum(check(world) for _ in range(40)) > 20


def test_the_recount_finds_a_wrong_cell(db: None) -> None:
    world = World(2)
    world.grow(40)
    rebuild_pyramid()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outreach_leadcell SET n = n + 1 WHERE layer = 0")
    assert [name for name, _ in differences()] == ["zoom 7 plain"]
    with pytest.raises(AssertionError):
        for _ in range(60):
            check(world)


def test_days_end_at_midnight_without_the_clock(db: None) -> None:
    """Offers that end today count today; tomorrow they do not, marked or not."""
    world = World(3)
    world.grow(60)
    fold_changes()
    staff = Staff(username="x", role=Role.SUPERVISOR, branch=world.branches[0])
    for days in range(4):
        world.today = timezone.localdate() + timedelta(days=days)
        question = question_of(staff, {})
        assert question is not None
        on_that_day = type(question)(**{**question.__dict__, "day": world.today})
        counted = Counter(counts_of(on_that_day))
        assert sum(counted.values()) == len(world.recount(staff, QueryDict("")))
        assert date.fromisoformat(str(on_that_day.day)) == world.today


def test_finer_than_the_finest_is_not_answered(db: None) -> None:
    world = World(4)
    fold_changes()
    world.grow(5)
    fold_changes()
    staff = Staff(username="x", role=Role.SUPERVISOR, branch=world.branches[0])
    question = question_of(staff, {})
    assert question is not None
    assert cells_of(question, FINEST) is not None
    assert cells_of(question, FINEST + 1) is None
