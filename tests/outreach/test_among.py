"""Many keys in one condition: the same rows as `__in`, whatever the number."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.among import Among
from outreach.models import Assignment, Lead
from tests.cast import Cast, make_lead


def test_the_same_rows_as_in(cast: Cast) -> None:
    wanted = [make_lead(cast, holder=cast.wang).pk for _ in range(3)]
    make_lead(cast, holder=cast.wang)
    leads = Lead.objects.unscoped("test")
    asked = [*wanted, *range(10**6, 10**6 + 40_000), 2**62]
    with CaptureQueriesContext(
        connection,
    ) as said:
        found = leads.filter(Among("pk", asked), holder=cast.wang).order_by("pk")
        assert list(found.values_list("pk", flat=True)) == wanted
    assert len(said) == 1
    assert Assignment.objects.filter(Among("lead_id", asked)).count() == 3
    assert leads.exclude(Among("pk", asked)).count() == 1
    assert not leads.filter(Among("pk", [])).exists()


def test_an_update_takes_it(cast: Cast) -> None:
    lead, other = make_lead(cast), make_lead(cast)
    leads = Lead.objects.unscoped("test")
    assert leads.filter(Among("pk", [lead.pk])).update(segment="种植") == 1
    assert leads.get(pk=other.pk).segment != "种植"


def test_a_key_is_a_whole_number() -> None:
    with pytest.raises(ValueError):
        Among("pk", ["1) OR (1=1"])  # type: ignore[list-item]
