"""A list takes effect: offers, customers, places, leads, holders."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from outreach.actions.put_list_in_force import ListHasMoved, put_list_in_force
from outreach.models import Assignment, AssignmentOperation, EndReason, Lead, Refusal
from outreach.tilekey import key_of
from tests.cast import SHOUGUANG, Cast, make_lead
from tests.lists import LAST_DAY, approved, compared, numbers, put
from trust.models import AuditEvent
from whitelist.imports.newcomers import is_drawn
from whitelist.models import (
    BatchChange,
    Customer,
    Location,
    LocationSource,
    Mode,
    Offer,
    OutletPlace,
    Precision,
    Product,
    Programme,
    UploadState,
    WhitelistBatch,
)

ELSEWHERE = (118.81, 36.87)


@pytest.fixture(autouse=True)
def no_control_group(settings: Any) -> None:
    settings.CONTROL_GROUP_PERCENT = 0


def lead_of(number: str) -> Lead:
    return Lead.objects.unscoped("test").get(customer__customer_no=number)


def offers() -> dict[str, tuple[int, bool]]:
    rows = Offer.objects.unscoped("test").select_related("customer")
    return {offer.customer.customer_no: (offer.amount, offer.is_in_force) for offer in rows}


def test_a_new_customer_becomes_a_lead(cast: Cast) -> None:
    batch = put(cast, [{"no": "A", "amount": 300_000, "segment": "种植", "score": "0.75"}])
    lead = lead_of("A")
    assert lead.customer.name == "吕建国"
    assert (lead.branch, lead.branch_number) == (cast.outlet, cast.outlet.number)
    assert (lead.amount, lead.amount_band, lead.segment) == (300_000, 20, "种植")
    assert (lead.valid_to, float(lead.score)) == (LAST_DAY, 0.75)
    assert (lead.stage, lead.eligibility, lead.holder) == ("to_contact", "yes", None)
    assert (lead.tile_key, lead.precision) == (key_of(*SHOUGUANG), Precision.VILLAGE)
    assert lead.village == cast.village
    assert lead in Lead.objects.visible_to(cast.wang).workable()
    assert batch.upload.state == UploadState.IN_FORCE
    assert batch.counts["new"] == 1
    assert (batch.approval_no, batch.model_version, batch.in_force_by) == ("SP-1", "M1", cast.feng)
    location = Location.objects.get(customer=lead.customer)
    assert (location.lon, location.lat) == SHOUGUANG
    event = AuditEvent.objects.get(action="list.in_force")
    assert event.detail["counts"] == batch.counts


def test_an_unlocated_customer_has_a_reason_and_no_point(cast: Cast) -> None:
    put(cast, [{"no": "A", "point": None}])
    assert lead_of("A").tile_key is None
    assert Location.objects.get().precision == Precision.UNLOCATED


def test_the_same_list_again_changes_nothing(cast: Cast) -> None:
    rows = [{"no": "A", "manager": cast.wang}, {"no": "B", "score": "0.1234"}]
    put(cast, rows)
    before = [
        list(model.objects.order_by("pk").values())
        for model in (BatchChange, Location, Assignment, Refusal, AssignmentOperation)
    ] + [
        list(model.objects.unscoped("test").order_by("pk").values())
        for model in (Customer, Offer, Lead)
    ]
    again = put(cast, rows)
    after = [
        list(model.objects.order_by("pk").values())
        for model in (BatchChange, Location, Assignment, Refusal, AssignmentOperation)
    ] + [
        list(model.objects.unscoped("test").order_by("pk").values())
        for model in (Customer, Offer, Lead)
    ]
    assert before == after
    assert again.counts["kept"] == 2


def test_changes_reach_offer_customer_and_lead(cast: Cast) -> None:
    put(cast, [{"no": "A"}, {"no": "B"}])
    put(
        cast,
        [
            {"no": "A", "amount": 200_000, "phone": "16900009999"},
            {"no": "B", "valid_to": date(2098, 1, 1)},
        ],
    )
    lead = lead_of("A")
    assert (lead.amount, lead.customer.phone) == (200_000, "16900009999")
    assert lead_of("B").valid_to == date(2098, 1, 1)


def test_withdrawn_customers_leave_and_their_assignment_ends(cast: Cast) -> None:
    put(cast, [{"no": "A", "manager": cast.wang}, {"no": "B", "manager": cast.wang}])
    Lead.objects.unscoped("test").filter(customer__customer_no="B").update(stage="applied")
    put(cast, [{"no": "C"}])
    gone, served = lead_of("A"), lead_of("B")
    assert (gone.eligibility, gone.holder) == ("withdrawn", None)
    ended = Assignment.objects.get(lead=gone)
    assert ended.ended_at and ended.end_reason == EndReason.WITHDRAWN
    # Business in process stays with its holder, for service.
    assert (served.eligibility, served.holder) == ("withdrawn", cast.wang)
    assert served in Lead.objects.unscoped("test").served_by(cast.wang)
    assert not Lead.objects.visible_to(cast.zhao).workable().filter(pk__in=[gone.pk, served.pk])


def test_a_customer_kept_by_another_programme_stays(cast: Cast) -> None:
    other = Programme.objects.create(code="P2", name="另一项目", owner=cast.hq)
    put(cast, [{"no": "A", "amount": 100_000, "manager": cast.wang}, {"no": "B"}])
    put(cast, [{"no": "A", "amount": 900_000, "valid_to": date(2100, 1, 1)}], programme=other)
    assert lead_of("A").amount == 100_000  # the offer that ends first
    put(cast, [{"no": "B"}])
    lead = lead_of("A")
    assert (lead.eligibility, lead.amount, lead.holder) == ("yes", 900_000, cast.wang)


def test_kept_leads_keep_their_holder_whatever_the_file_says(cast: Cast) -> None:
    put(cast, [{"no": "A", "manager": cast.wang}])
    put(cast, [{"no": "A", "manager": cast.li, "amount": 1}])
    assert lead_of("A").holder == cast.wang


def test_first_assignment(cast: Cast) -> None:
    OutletPlace.objects.create(place_code="370783104", outlet=cast.sister_outlet)
    put(
        cast,
        [
            {"no": "1", "manager": cast.wang},
            {"no": "2", "branch": cast.county, "manager": cast.wang},
            {"no": "3", "manager": cast.sun},
            {"no": "4", "branch": cast.county},
            {"no": "5", "branch": cast.county, "point": None},
        ],
    )
    assert [(lead_of(n).branch, lead_of(n).holder) for n in "12345"] == [
        (cast.outlet, cast.wang),
        (cast.outlet, cast.wang),
        (cast.outlet, None),
        (cast.sister_outlet, None),
        (cast.county, None),
    ]
    operation = AssignmentOperation.objects.get()
    assert (operation.kind, operation.to, operation.by, operation.count) == (
        "list",
        cast.wang,
        None,
        2,
    )
    assert operation.assignments.count() == 2


@pytest.mark.parametrize("worked", [False, True])
def test_a_changed_branch_moves_untouched_leads_and_flags_worked_ones(
    cast: Cast, worked: bool
) -> None:
    put(cast, [{"no": "A", "manager": cast.wang}])
    if worked:
        Lead.objects.unscoped("test").update(last_attempt_at=timezone.now())
    put(cast, [{"no": "A", "branch": cast.sister_outlet}])
    lead = lead_of("A")
    if worked:
        assert (lead.branch, lead.holder, lead.branch_change_flagged) == (
            cast.outlet,
            cast.wang,
            True,
        )
        assert Assignment.objects.get().ended_at is None
    else:
        assert (lead.branch, lead.holder, lead.branch_change_flagged) == (
            cast.sister_outlet,
            None,
            False,
        )
        assert lead.branch_number == cast.sister_outlet.number
        assert Assignment.objects.get().end_reason == EndReason.MOVED


def test_a_moved_lead_goes_to_the_manager_the_file_names(cast: Cast) -> None:
    put(cast, [{"no": "A", "manager": cast.wang}])
    put(
        cast,
        [{"no": "A", "branch": cast.far_outlet, "manager": cast.sun}],
        scope=cast.other_province,
    )
    assert lead_of("A").holder == cast.sun
    assert Assignment.objects.filter(ended_at=None).get().holder == cast.sun
    # And the province it left does not withdraw it any more.
    put(cast, [{"no": "B"}])
    assert lead_of("A").eligibility == "yes"


def test_do_not_contact_is_a_refusal(cast: Cast) -> None:
    put(cast, [{"no": "A", "do_not_contact": True, "manager": cast.wang}])
    lead = lead_of("A")
    assert (lead.eligibility, lead.holder) == ("refused", None)
    refusal = Refusal.objects.get()
    assert (refusal.source, refusal.ended_at) == ("list", None)
    put(cast, [{"no": "A", "amount": 5}])  # the flag is gone, the refusal stands
    assert lead_of("A").eligibility == "refused"


def test_positions_set_by_hand_survive(cast: Cast) -> None:
    put(cast, [{"no": n} for n in "ABC"])
    for number, source in (("A", LocationSource.ON_SITE), ("B", LocationSource.BY_HAND)):
        customer = Customer.objects.unscoped("test").get(customer_no=number)
        Location.objects.filter(customer=customer).update(
            source=source, precision=Precision.HOUSE, lon=118.5, lat=36.5
        )
        Lead.objects.unscoped("test").filter(customer=customer).update(
            tile_key=key_of(118.5, 36.5), precision=Precision.HOUSE
        )
    moved = {"point": ELSEWHERE, "place": cast.next_village, "address": "王家庄村"}
    put(cast, [{"no": n, **moved} for n in "ABC"])
    assert lead_of("A").tile_key == lead_of("B").tile_key == key_of(118.5, 36.5)
    assert (lead_of("C").tile_key, lead_of("C").village) == (key_of(*ELSEWHERE), cast.next_village)
    assert Location.objects.filter(customer__customer_no="C").count() == 2
    assert Location.objects.filter(customer__customer_no="A").count() == 1


def test_a_new_amount_leaves_an_online_position_alone(cast: Cast) -> None:
    put(cast, [{"no": "A"}])
    Location.objects.update(source=LocationSource.BAIDU, precision=Precision.HOUSE, lon=118.5)
    put(cast, [{"no": "A", "amount": 7}])
    assert Location.objects.get().source == LocationSource.BAIDU


def test_a_mangled_id_number_does_not_erase_the_known_one(cast: Cast) -> None:
    put(cast, [{"no": "A", "id_number": "379901198001010010"}])
    put(cast, [{"no": "A", "name": "吕建"}])
    customer = Customer.objects.unscoped("test").get()
    assert (customer.name, customer.id_number) == ("吕建", "379901198001010010")
    assert customer.id_index is not None


def test_a_customer_known_by_id_gets_their_customer_no(cast: Cast) -> None:
    put(cast, [{"id_number": "379901198001010010"}])
    put(cast, [{"no": "Z", "id_number": "379901198001010010", "name": "吕建"}])
    assert Customer.objects.unscoped("test").get().customer_no == "Z"


def test_a_withdrawn_customer_can_come_back(cast: Cast) -> None:
    put(cast, [{"no": "A", "manager": cast.wang}])
    put(cast, [{"no": "B"}])
    put(cast, [{"no": "A", "manager": cast.li}, {"no": "B"}])
    lead = lead_of("A")
    assert (lead.eligibility, lead.holder) == ("yes", cast.li)
    assert offers()["A"] == (100_000, True)


def test_two_products_make_one_lead_of_the_offer_that_ends_first(cast: Cast) -> None:
    second = Product.objects.create(code="P2", name="兴农贷")
    sooner = date(2098, 1, 1)
    put(cast, [{"no": "A"}, {"no": "A", "product": second, "valid_to": sooner, "amount": 5}])
    lead = Lead.objects.unscoped("test").get()
    assert (lead.product, lead.valid_to, lead.amount) == (second, sooner, 5)
    assert Offer.objects.unscoped("test").count() == 2


def test_an_expired_offer_gives_way_to_one_that_runs(cast: Cast) -> None:
    second = Product.objects.create(code="P2", name="兴农贷")
    over = timezone.localdate() - timedelta(days=1)
    put(
        cast,
        [
            {"no": "A", "valid_to": over},
            {"no": "A", "product": second},
            {"no": "B", "valid_to": over},
        ],
    )
    assert (lead_of("A").product, lead_of("A").eligibility) == (second, "yes")
    assert lead_of("B").eligibility == "expired"


def test_an_added_and_a_withdrawing_list(cast: Cast) -> None:
    put(cast, [{"no": "A"}])
    put(cast, [{"no": "B"}], mode=Mode.ADD)
    put(cast, [{"no": "A"}], mode=Mode.WITHDRAW)
    assert offers() == {"A": (100_000, False), "B": (100_000, True)}
    assert lead_of("A").eligibility == "withdrawn"


def test_a_list_meets_leads_that_stand_on_no_row(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    number = lead.customer.customer_no
    put(cast, [{"no": number, "amount": 70_000}])
    lead.refresh_from_db()
    assert (lead.amount, lead.holder) == (70_000, cast.wang)
    put(cast, [{"no": "B"}])
    lead.refresh_from_db()
    assert lead.eligibility == "withdrawn"


def test_the_control_group_is_drawn_once_and_seen_nowhere(cast: Cast) -> None:
    cast.programme.control_percent = 50
    cast.programme.save()
    people = [f"K{n}" for n in range(40)]
    put(cast, [{"no": n, "manager": cast.wang} for n in people])
    drawn = {n for n in people if is_drawn(cast.programme, n, 50)}
    assert 0 < len(drawn) < 40
    found = Lead.objects.unscoped("test").filter(eligibility="control")
    assert {lead.customer.customer_no for lead in found} == drawn
    assert not any(lead.holder_id for lead in found)
    assert not Lead.objects.visible_to(cast.zhao).workable().filter(pk__in=[x.pk for x in found])
    # It cannot be added to later, nor drawn again.
    cast.programme.control_percent = 0
    cast.programme.save()
    put(cast, [{"no": n, "amount": 7} for n in people])
    assert found.count() == len(drawn)
    second = Product.objects.create(code="P2", name="兴农贷")
    put(cast, [{"no": n, "product": second} for n in people], mode=Mode.ADD)
    control = Offer.objects.unscoped("test").filter(product=second, is_control=True)
    assert {offer.customer.customer_no for offer in control.select_related("customer")} == drawn


def test_a_list_that_took_effect_meanwhile_sends_this_one_back(cast: Cast) -> None:
    put(cast, [{"no": "A"}])
    waiting = approved(cast, compared(cast, [{"no": "A"}, {"no": "B"}]))
    put(cast, [{"no": "B"}], mode=Mode.ADD)
    with pytest.raises(ListHasMoved):
        put_list_in_force(upload=waiting, by=cast.feng)
    waiting.refresh_from_db()
    assert waiting.state == UploadState.CHECKED
    assert "重新比对" in waiting.failure
    assert numbers(waiting) == {"kept": 2}
    assert WhitelistBatch.objects.count() == 2


def test_putting_in_force_twice_is_once(cast: Cast) -> None:
    batch = put(cast, [{"no": "A"}])
    assert put_list_in_force(upload=batch.upload, by=cast.feng) == batch
    assert WhitelistBatch.objects.count() == 1


def test_only_an_approved_list_takes_effect(cast: Cast) -> None:
    with pytest.raises(ValueError, match="not approved"):
        put_list_in_force(upload=compared(cast, [{"no": "A"}]), by=cast.feng)


def test_new_customers_of_a_list_that_is_not_yet_in_force_are_seen_by_nobody(cast: Cast) -> None:
    from whitelist.imports.newcomers import stage_customers

    upload = approved(cast, compared(cast, [{"no": "A"}]))
    for _ in range(2):  # and again after a crash
        stage_customers(upload, timezone.now(), lambda *args: None)
    assert Customer.objects.unscoped("test").count() == 1
    assert not Customer.objects.visible_to(cast.zhao).exists()
    assert not Lead.objects.unscoped("test").exists()
