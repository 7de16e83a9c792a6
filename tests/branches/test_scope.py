"""Reading a scoped model without saying on whose behalf is refused."""

import pytest

from branches.scope import ScopeMissing
from outreach.models import Lead
from tests.cast import Cast, make_lead

READS = {
    "list": lambda rows: list(rows),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "first": lambda rows: rows.first(),
    "get": lambda rows: rows.get(pk=1),
    "values": lambda rows: list(rows.values("pk")),
    "iterator": lambda rows: list(rows.iterator()),
    "aggregate": lambda rows: rows.aggregate(),
    "update": lambda rows: rows.update(segment=""),
    "delete": lambda rows: rows.delete(),
    "in_bulk": lambda rows: rows.in_bulk([1]),
    "contains": lambda rows: rows.contains(Lead(pk=1)),
    "subquery": lambda rows: list(Lead.objects.unscoped("test").filter(pk__in=rows)),
    "union": lambda rows: list(rows.union(rows)),
}


@pytest.mark.django_db
@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_every_read_without_a_scope_raises(read) -> None:
    with pytest.raises(ScopeMissing):
        read(Lead.objects.all())


def test_a_manager_sees_own_leads_and_the_pool_of_the_outlet(cast: Cast) -> None:
    mine = make_lead(cast, holder=cast.wang)
    pool = make_lead(cast)
    make_lead(cast, holder=cast.li)
    make_lead(cast, branch=cast.sister_outlet)
    make_lead(cast, holder=cast.sun)
    assert set(Lead.objects.visible_to(cast.wang)) == {mine, pool}


def test_a_supervisor_sees_the_subtree_and_nothing_beside_it(cast: Cast) -> None:
    inside = {make_lead(cast, holder=cast.wang), make_lead(cast, branch=cast.sister_outlet)}
    make_lead(cast, holder=cast.sun)
    assert set(Lead.objects.visible_to(cast.zhao)) == inside


def test_an_auditor_sees_no_customer(cast: Cast) -> None:
    make_lead(cast)
    assert not Lead.objects.visible_to(cast.zhou).exists()
