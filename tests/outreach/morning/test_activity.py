"""What was done on which days: counts against a slow count by hand, on random logs."""

import random
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from branches.models import Staff
from outreach.filters import LeadFilter
from outreach.models import Assignment, AssignmentOperation, ContactLog, Lead, OperationKind
from outreach.morning.activity import (
    CONFIRMED,
    REPORTED,
    Activity,
    Days,
    counts_by,
    customers_by_staff,
    customers_with,
)
from tests.cast import Cast, make_lead
from whitelist.models import LoanResult, Offer

TODAY = date(2026, 11, 20)


def at(day: date, hour: int = 10) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def log(lead: Lead, staff: Staff | None, day: date, **fields: Any) -> ContactLog:
    started = fields.pop("started_at", at(day))
    fields.setdefault("logged_at", started)
    return ContactLog.objects.create(
        uuid=uuid.uuid4(),
        lead=lead,
        staff=staff,
        started_at=started,
        **{"channel": "call"} | fields,
    )


def result(lead: Lead, step: str, day: date) -> LoanResult:
    offer = Offer.objects.unscoped("test").get(customer=lead.customer_id)
    return LoanResult.objects.create(key=uuid.uuid4().hex, offer=offer, step=step, on=day)


def everywhere() -> Any:
    return Lead.objects.unscoped("test")


def holder_then(lead: Lead, day: date) -> int | None:
    """By hand: whose assignment covers the end of the day."""
    end = at(day + timedelta(days=1), 0)
    for each in Assignment.objects.filter(lead=lead):
        if each.at < end and (each.ended_at is None or each.ended_at >= end):
            return each.holder_id
    return None


def by_hand(activity: Activity, days: Days, lead: Lead) -> set[int | None]:
    """Who did this with the lead within the days, one row at a time."""
    if activity in CONFIRMED:
        results = LoanResult.objects.unscoped("test").filter(offer__customer=lead.customer_id)
        return {
            holder_then(lead, each.on)
            for each in results
            if each.step == CONFIRMED[activity] and days.first <= each.on <= days.last
        }
    fits = {
        Activity.ATTEMPTED: lambda each: True,
        Activity.REACHED: lambda each: each.is_contact,
        Activity.INTERESTED: lambda each: each.is_contact and each.outcome == "interested",
        Activity.REFUSED: lambda each: each.outcome == "refused",
        Activity.UNLOGGED: lambda each: each.logged_at is None,
    }[activity]
    return {
        each.staff_id
        for each in ContactLog.objects.unscoped("test").filter(lead=lead)
        if each.staff_id is not None
        and days.first <= timezone.localdate(each.started_at) <= days.last
        and fits(each)
    }


def hands(lead: Lead, staff: list[Staff], chance: random.Random) -> None:
    """A random chain of holders, without gaps or with."""
    begin = at(TODAY - timedelta(days=9), chance.randrange(24))
    for _ in range(chance.randrange(3)):
        end = begin + timedelta(hours=chance.randrange(1, 90))
        holder = chance.choice(staff)
        operation = AssignmentOperation.objects.create(kind=OperationKind.LASSO, to=holder)
        Assignment.objects.create(
            lead=lead,
            holder=holder,
            operation=operation,
            at=begin,
            ended_at=end,
            end_reason="moved",
        )
        begin = end + timedelta(hours=chance.choice((0, 0, 30)))


@pytest.fixture
def random_world(cast: Cast) -> list[Lead]:
    chance = random.Random(7)
    staff = [cast.wang, cast.li, cast.sun]
    leads = []
    for _ in range(24):
        lead = make_lead(
            cast,
            branch=chance.choice((cast.outlet, cast.sister_outlet, cast.far_outlet)),
            eligibility=chance.choice(("yes", "yes", "refused", "control")),
        )
        leads.append(lead)
        hands(lead, staff, chance)
        for _ in range(chance.randrange(5)):
            day = TODAY - timedelta(days=chance.randrange(6))
            moment = at(day, chance.choice((0, 9, 23)))
            log(
                lead,
                chance.choice([*staff, None]),
                day,
                started_at=moment,
                logged_at=chance.choice((None, moment)),
                is_contact=chance.random() < 0.5,
                outcome=chance.choice(("", "interested", "refused", "considering")),
            )
        for _ in range(chance.randrange(3)):
            step = chance.choice(("applied", "approved", "drawn", "refused"))
            result(lead, step, TODAY - timedelta(days=chance.randrange(6)))
    return leads


PERIODS = [Days.only(TODAY), Days.only(TODAY - timedelta(days=1)), Days(date(2026, 11, 16), TODAY)]


@pytest.mark.parametrize("days", PERIODS, ids=str)
def test_counts_and_rows_are_what_counting_by_hand_finds(
    random_world: list[Lead], days: Days
) -> None:
    counted = [each for each in random_world if each.eligibility != "control"]
    by_branch = counts_by("branch", days, leads=everywhere())
    by_staff = counts_by("staff", days, leads=everywhere())
    seen = 0
    for activity in Activity:
        who = {lead.pk: by_hand(activity, days, lead) for lead in counted}
        rows = set(customers_with(everywhere(), activity, days).values_list("pk", flat=True))
        assert rows == {pk for pk, people in who.items() if people}
        for number in {lead.branch_number for lead in counted}:
            here = {lead.pk for lead in counted if lead.branch_number == number}
            assert by_branch.get(number, {}).get(activity, 0) == len(rows & here)
        for person in Staff.objects.filter(username__in=("wang", "li", "sun")):
            theirs = {pk for pk, people in who.items() if person.pk in people}
            asked = customers_with(everywhere(), activity, days, by=person.pk)
            assert set(asked.values_list("pk", flat=True)) == theirs
            assert by_staff.get(person.pk, {}).get(activity, 0) == len(theirs)
            if activity in REPORTED:
                alone = customers_by_staff(everywhere(), activity, days)
                assert alone.get(person.pk, 0) == len(theirs)
        seen += len(rows)
    assert seen > 5


def test_days_begin_and_end_at_midnight_of_the_branch(cast: Cast) -> None:
    lead = make_lead(cast)
    midnight = at(TODAY, 0)
    log(lead, cast.wang, TODAY, started_at=midnight - timedelta(microseconds=1))
    assert not customers_with(everywhere(), Activity.ATTEMPTED, Days.only(TODAY)).exists()
    log(lead, cast.wang, TODAY, started_at=midnight)
    assert customers_with(everywhere(), Activity.ATTEMPTED, Days.only(TODAY)).exists()


def test_two_calls_are_one_customer_and_two_times(cast: Cast) -> None:
    lead = make_lead(cast)
    for _ in range(2):
        log(lead, cast.wang, TODAY)
    counts = counts_by("staff", Days.only(TODAY), leads=everywhere())[cast.wang.pk]
    assert (counts[Activity.ATTEMPTED], counts["times"]) == (1, 2)


def test_headquarters_own_channels_do_not_count(cast: Cast) -> None:
    log(make_lead(cast), None, TODAY, channel="hq_call", is_contact=True)
    assert counts_by("branch", Days.only(TODAY), leads=everywhere()) == {}


def test_a_result_is_of_who_held_the_customer_at_the_end_of_that_day(cast: Cast) -> None:
    lead = make_lead(cast)
    for holder, first, last in ((cast.li, 10, 15), (cast.wang, 15, None)):
        operation = AssignmentOperation.objects.create(kind=OperationKind.LASSO, to=holder)
        Assignment.objects.create(
            lead=lead,
            holder=holder,
            operation=operation,
            at=at(date(2026, 11, first)),
            ended_at=at(date(2026, 11, last)) if last else None,
            end_reason="reassigned" if last else "",
        )
    days = Days(date(2026, 11, 1), TODAY)
    for day, holder in ((14, cast.li), (15, cast.wang), (5, None)):
        drawn = result(lead, "drawn", date(2026, 11, day))
        found = counts_by("staff", days, leads=everywhere())
        assert set(found) == {holder.pk if holder else None}
        drawn.delete()


def asked(cast: Cast, **parameters: Any) -> LeadFilter:
    leads = Lead.objects.visible_to(cast.zhao)
    return LeadFilter(parameters, queryset=leads, user=cast.zhao)


def test_the_filter_asks_the_same(cast: Cast) -> None:
    reached, called = make_lead(cast), make_lead(cast)
    log(reached, cast.wang, TODAY, is_contact=True)
    log(called, cast.li, TODAY - timedelta(days=1))
    assert list(asked(cast, happened="reached", since="2026-11-20").qs) == [reached]
    assert set(asked(cast, happened="attempted").qs) == {reached, called}
    assert list(asked(cast, happened="attempted", until="2026-11-19").qs) == [called]
    assert list(asked(cast, happened="attempted", by=cast.li.pk).qs) == [called]


def test_overdue_and_due(cast: Cast) -> None:
    now = timezone.now()
    late = make_lead(cast, follow_up_at=now - timedelta(days=1))
    today = make_lead(cast, follow_up_at=now)
    make_lead(cast)
    for yes in ("1", "true"):
        assert list(asked(cast, overdue=yes).qs) == [late]
        assert set(asked(cast, due=yes).qs) == {late, today}
    assert asked(cast, overdue="0").qs.count() == 3


@pytest.mark.parametrize(
    "parameters",
    [
        {"happened": "danced"},
        {"since": "2026-11-20"},
        {"by": "7"},
        {"happened": "reached", "since": "yesterday"},
        {"happened": "reached", "since": "9999-12-31"},
        {"happened": "reached", "until": "0001-01-01"},
        {"happened": "reached", "by": "1e9999"},
        {"happened": "reached", "by": "99999999999999999999"},
        {"happened": "reached", "by": "wang"},
    ],
)
def test_what_makes_no_sense_finds_nothing(
    cast: Cast, as_: Any, parameters: dict[str, str]
) -> None:
    make_lead(cast)
    assert not asked(cast, **parameters).is_valid()
    page = as_(cast.zhao).get("/leads/", parameters)
    assert page.status_code == 200 and "筛选条件有误" in page.content.decode()
