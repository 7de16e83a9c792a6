"""The clock asks online providers about coarsely located customers, and never twice."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import Job, JobState
from jobs.queue import claim_next, run
from outreach.actions.locate_online import locate_online
from outreach.geocode_online import EVERY, KIND, ask_when_due
from outreach.models import Eligibility, Lead
from outreach.tilekey import key_of
from tests.cast import SHOUGUANG, Cast, make_lead
from tests.whitelist.geocoding.fake_provider import FakeProvider
from trust.models import AuditEvent
from whitelist.geocoding import online
from whitelist.geocoding.asking import Answer
from whitelist.models import GeocodeAnswer, Location, LocationSource, Precision

NEAR = (118.80, 36.865)
FAR = (116.40, 39.90)


@pytest.fixture
def fake(settings) -> Iterator[FakeProvider]:
    server = FakeProvider()
    settings.GEOCODERS, settings.NOMINATIM_URL = ["nominatim"], server.url
    hit = {"lon": str(NEAR[0]), "lat": str(NEAR[1]), "addresstype": "village", "display_name": "x"}
    server.body = [hit]
    yield server
    server.close()


@pytest.fixture(autouse=True)
def closed_breakers() -> None:
    """Each test begins with providers nobody has had trouble with."""
    online._online.cache_clear()


def answer(precision: Precision = Precision.VILLAGE, point: tuple[float, float] = NEAR) -> Answer:
    return Answer(*point, precision, LocationSource.NOMINATIM, "wgs84")


def fresh(lead: Lead) -> Lead:
    return Lead.objects.unscoped("test").get(pk=lead.pk)


def run_job() -> Job:
    ask_when_due()
    lease = claim_next()
    assert lease is not None
    run(lease)
    return Job.objects.get(pk=lease.job.pk)


# --- the action -----------------------------------------------------------------------


def test_a_finer_answer_is_taken_and_the_former_position_kept(cast: Cast) -> None:
    lead = make_lead(cast, precision=Precision.TOWNSHIP)
    assert locate_online(lead=lead, answer=answer())
    lead = fresh(lead)
    assert (lead.tile_key, lead.precision) == (key_of(*NEAR), Precision.VILLAGE)
    now = Location.objects.get(customer=lead.customer, is_current=True)
    assert (now.source, now.lon, now.lat) == (LocationSource.NOMINATIM, *NEAR)
    assert Location.objects.filter(customer=lead.customer, is_current=False).count() == 1
    assert AuditEvent.objects.filter(action="lead.locate_online", actor_id=None).count() == 1


def test_an_unlocated_lead_gets_the_nearest_village(cast: Cast) -> None:
    lead = make_lead(cast, point=None)
    assert locate_online(lead=lead, answer=answer())
    assert fresh(lead).village is not None


@pytest.mark.parametrize("precision", [Precision.VILLAGE, Precision.HOUSE, Precision.ON_SITE])
def test_a_position_that_is_fine_stays(cast: Cast, precision: Precision) -> None:
    lead = make_lead(cast, precision=precision)
    assert not locate_online(lead=lead, answer=answer(Precision.HOUSE))
    assert fresh(lead).tile_key == key_of(*SHOUGUANG)


def test_no_finer_is_not_taken(cast: Cast) -> None:
    lead = make_lead(cast, precision=Precision.TOWNSHIP)
    assert not locate_online(lead=lead, answer=answer(Precision.TOWNSHIP))


def test_an_answer_in_another_part_of_the_country_is_not_taken(cast: Cast) -> None:
    lead = make_lead(cast, precision=Precision.TOWNSHIP)
    assert not locate_online(lead=lead, answer=answer(point=FAR))


def test_who_was_located_meanwhile_stays(cast: Cast) -> None:
    lead = make_lead(cast, precision=Precision.TOWNSHIP)
    Lead.objects.unscoped("test").filter(pk=lead.pk).update(precision=Precision.ON_SITE)
    assert not locate_online(lead=lead, answer=answer())
    assert Location.objects.filter(customer=lead.customer).count() == 1


# --- the job ----------------------------------------------------------------------------


def test_nothing_is_queued_unless_configured(cast: Cast, settings) -> None:
    settings.GEOCODERS = []
    make_lead(cast, point=None)
    ask_when_due()
    assert not Job.objects.exists()


def test_nothing_is_queued_when_nobody_is_coarse(cast: Cast, fake: FakeProvider) -> None:
    make_lead(cast)
    make_lead(cast, point=None, eligibility=Eligibility.WITHDRAWN)
    ask_when_due()
    assert not Job.objects.exists()


def test_one_job_an_hour(cast: Cast, fake: FakeProvider) -> None:
    make_lead(cast, point=None)
    ask_when_due()
    ask_when_due()
    assert Job.objects.filter(kind=KIND).count() == 1
    Job.objects.update(
        state=JobState.DONE, created_at=timezone.now() - EVERY - timedelta(minutes=1)
    )
    ask_when_due()
    assert Job.objects.filter(kind=KIND).count() == 2


def test_the_job_locates(cast: Cast, fake: FakeProvider) -> None:
    lead = make_lead(cast, point=None)
    assert run_job().state == JobState.DONE
    assert fresh(lead).precision == Precision.VILLAGE
    assert Job.objects.get().payload == {}


def test_no_address_is_paid_for_twice(cast: Cast, fake: FakeProvider) -> None:
    lead = make_lead(cast, point=None)
    same = make_lead(cast, point=None)
    same.customer.home_address = lead.customer.home_address
    same.customer.save()
    run_job()
    assert len(fake.asked) == 1
    assert fresh(same).precision == Precision.VILLAGE


def test_nor_after_a_change_of_keys(cast: Cast, fake: FakeProvider, settings) -> None:
    first, same = make_lead(cast, point=None), make_lead(cast, point=None)
    same.customer.home_address = first.customer.home_address
    same.customer.save()
    run_job()
    Location.objects.filter(customer=same.customer).delete()
    Lead.objects.unscoped("t").filter(pk=same.pk).update(precision=0, tile_key=None, village=None)
    settings.INDEX_KEYS = f"2:{'ab' * 32},{settings.INDEX_KEYS}"
    Job.objects.all().delete()
    run_job()
    assert (len(fake.asked), GeocodeAnswer.objects.count()) == (1, 1)


def test_what_nobody_knows_is_not_asked_again(cast: Cast, fake: FakeProvider) -> None:
    fake.body = []
    make_lead(cast, point=None)
    run_job()
    Job.objects.all().delete()
    run_job()
    assert len(fake.asked) == 1
    assert GeocodeAnswer.objects.get().precision == Precision.UNLOCATED


def test_a_sick_provider_is_asked_again_another_time(cast: Cast, fake: FakeProvider) -> None:
    fake.mode = "too_many"
    leads = [make_lead(cast, point=None) for _ in range(5)]
    assert run_job().state == JobState.DONE
    assert len(fake.asked) == 1  # the breaker opened
    assert not GeocodeAnswer.objects.exists()
    fake.mode = "answers"
    Job.objects.all().delete()
    run_job()
    assert len(fake.asked) == 1  # the breaker stays open from one job to the next
    online._online.cache_clear()  # until its time is over
    Job.objects.all().delete()
    run_job()
    assert all(fresh(lead).precision == Precision.VILLAGE for lead in leads)


def test_the_address_is_not_kept(cast: Cast, fake: FakeProvider) -> None:
    lead = make_lead(cast, point=None)
    run_job()
    kept = GeocodeAnswer.objects.values().get()
    assert lead.customer.home_address not in str(kept)
