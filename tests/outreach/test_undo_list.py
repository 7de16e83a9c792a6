"""Undoing a list: what stood before stands again; what people did stays."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from outreach.actions.assign import assign_leads
from outreach.actions.list_decisions import DecisionRefused
from outreach.actions.undo_list import compensate, undo_list
from outreach.models import Assignment, ContactLog, Lead, OperationKind
from tests.cast import Cast, make_lead
from tests.lists import put, undo
from whitelist.models import Customer, Location, Mode, Offer, UploadState, WhitelistBatch

ELSEWHERE = (118.81, 36.87)


@pytest.fixture(autouse=True)
def no_control_group(settings: Any) -> None:
    settings.CONTROL_GROUP_PERCENT = 0


def picture() -> dict[str, Any]:
    """What is visible: offers in force, and leads with holder."""
    offers = Offer.objects.unscoped("test").in_force().order_by("pk")
    leads = Lead.objects.unscoped("test").filter(eligibility="yes").order_by("pk")
    return {
        "offers": list(
            offers.values("customer", "product", "branch", "amount", "valid_to", "score", "row")
        ),
        "leads": list(
            leads.values(
                "customer",
                "branch_number",
                "holder",
                "amount",
                "valid_to",
                "score",
                "tile_key",
                "village",
                "segment",
            )
        ),
        "phones": sorted(
            c.phone for c in Customer.objects.unscoped("test").filter(offers__is_in_force=True)
        ),
    }


def test_everything_is_as_before(cast: Cast) -> None:
    mine = {"manager": cast.wang}
    put(cast, [{"no": n, **mine} for n in "ABCDE"])
    before = picture()
    batch = put(
        cast,
        [
            {"no": "A", **mine},
            {"no": "B", "amount": 1, **mine},
            {"no": "C", "phone": "16900009999", "point": ELSEWHERE, "place": cast.next_village},
            {"no": "D", "branch": cast.sister_outlet},
            {"no": "F", **mine},
            {"no": "G"},
        ],
    )
    assert picture() != before
    undone = undo(cast, batch)
    assert picture() == before
    assert undone.counts == {"restored": 6, "not_restored": 0}
    assert undone.undoes == batch
    batch.upload.refresh_from_db()
    assert batch.upload.state == UploadState.UNDONE
    gone = Lead.objects.unscoped("test").get(customer__customer_no="F")
    assert (gone.eligibility, gone.holder) == ("withdrawn", None)
    assert not Assignment.objects.filter(ended_at=None, lead=gone).exists()


def test_the_first_list_undone_leaves_nobody(cast: Cast) -> None:
    undo(cast, put(cast, [{"no": "A", "manager": cast.wang}]))
    assert picture() == {"offers": [], "leads": [], "phones": []}


def test_dates_of_kept_customers_go_back(cast: Cast) -> None:
    day = timezone.localdate() + timedelta(days=10)
    put(cast, [{"no": "A", "valid_to": day, "score": "0.1"}])
    before = picture()
    undo(cast, put(cast, [{"no": "A", "score": "0.9"}]))
    assert picture() == before


def test_offers_that_stood_on_no_row_come_back(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    undo(cast, put(cast, [{"no": "A"}]))
    lead.refresh_from_db()
    assert (lead.eligibility, lead.holder, lead.branch) == ("yes", cast.wang, cast.outlet)


def test_a_moved_customer_returns_to_who_held_them(cast: Cast) -> None:
    put(cast, [{"no": "A"}])
    lead = Lead.objects.unscoped("test").get()
    assign_leads(leads={lead.pk: None}, to=cast.li, kind=OperationKind.TICKED, by=cast.zhao)
    before = picture()
    undo(cast, put(cast, [{"no": "A", "branch": cast.sister_outlet}]))
    assert picture() == before


def test_logs_and_corrections_stay(cast: Cast) -> None:
    put(cast, [{"no": "A", "manager": cast.wang}])
    batch = put(cast, [{"no": "A", "amount": 9, "manager": cast.wang}])
    lead = Lead.objects.unscoped("test").get()
    ContactLog.objects.create(
        uuid=uuid4(), lead=lead, staff=cast.wang, channel="call", started_at=timezone.now()
    )
    Lead.objects.unscoped("test").update(stage="interested")
    Location.objects.update(source="on_site", precision=6, lon=118.5)
    undo(cast, batch)
    lead.refresh_from_db()
    assert (lead.stage, lead.amount, lead.holder) == ("interested", 100_000, cast.wang)
    assert ContactLog.objects.unscoped("test").filter(lead=lead).count() == 1
    assert Location.objects.get(is_current=True).lon == 118.5


def test_a_list_with_a_later_one_on_top_is_not_undone(cast: Cast) -> None:
    first = put(cast, [{"no": "A"}])
    second = put(cast, [{"no": "A"}, {"no": "B"}])
    put(cast, [{"no": "X", "branch": cast.far_outlet}], scope=cast.other_province)
    with pytest.raises(DecisionRefused, match="先撤销"):
        undo_list(batch=first, by=cast.feng)
    undo(cast, second)
    undo(cast, first)  # one after the other is possible
    assert not Offer.objects.unscoped("test").in_force().filter(branch=cast.outlet).exists()


def test_offers_another_list_took_over_are_left_alone(cast: Cast) -> None:
    batch = put(cast, [{"no": "A"}, {"no": "B"}])
    put(cast, [{"no": "A", "branch": cast.far_outlet}], scope=cast.other_province, mode=Mode.ADD)
    undone = undo(cast, batch)
    assert undone.counts == {"restored": 1, "not_restored": 1}
    assert Offer.objects.unscoped("test").in_force().get().branch == cast.far_outlet
    assert Lead.objects.unscoped("test").get(eligibility="yes").branch == cast.far_outlet


def test_an_undone_list_is_not_undone_again(cast: Cast) -> None:
    batch = put(cast, [{"no": "A"}])
    compensation = undo(cast, batch)
    with pytest.raises(DecisionRefused):
        undo_list(batch=batch, by=cast.feng)
    with pytest.raises(DecisionRefused):
        undo_list(batch=compensation, by=cast.feng)
    assert compensate(batch=batch, by=cast.feng) == compensation
    assert WhitelistBatch.objects.count() == 2


def test_the_same_list_can_take_effect_after_its_undo(cast: Cast) -> None:
    rows = [{"no": "A", "manager": cast.wang}]
    undo(cast, put(cast, rows))
    put(cast, rows)
    lead = Lead.objects.unscoped("test").get()
    assert (lead.eligibility, lead.holder) == ("yes", cast.wang)
