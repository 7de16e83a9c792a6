"""The whole demo, in one transaction."""

import random

from django.db import transaction

from branches.models import Branch
from outreach.demo.branch_day import make_branch_day
from outreach.demo.chains import make_chains
from outreach.demo.corrections import make_corrections
from outreach.demo.exports import make_exports
from outreach.demo.headquarters import make_feeds
from outreach.demo.history import make_history
from outreach.demo.leads import make_leads, set_expired_and_withdrawn
from outreach.demo.lists import put_in_force
from outreach.demo.morning import make_morning
from outreach.demo.organisation import Organisation, make_organisation
from outreach.demo.people import invent
from outreach.demo.places import load_places
from outreach.demo.refusals import make_refusals
from outreach.demo.shares import make_shares, make_texts
from outreach.demo.waiting_lists import make_waiting_lists
from trust import audit

LOGINS = ("manager", "supervisor", "admin", "reviewer", "auditor")


def is_seeded() -> bool:
    """Whether there is anything here that the demo would get in the way of."""
    return Branch.objects.exists()


@transaction.atomic
def seed_demo(*, customers: int, seed: int, password: str) -> Organisation:
    """Fill an empty installation; everything follows from `customers` and `seed`."""
    chance = random.Random(seed)
    load_places()
    org = make_organisation(password)
    people = invent(org, customers, chance)
    listed, offers = put_in_force(org, people, chance)
    leads = make_leads(people, listed, offers, chance)
    make_history(leads, offers, org.logins["manager"].pk, chance)
    make_corrections(org, leads, chance)
    set_expired_and_withdrawn(leads, chance)
    make_feeds(org, chance)
    make_branch_day(org, leads, seed)
    make_waiting_lists(org, first_serial=customers + 1, chance=chance)
    make_texts(org)
    make_shares(leads, org.logins["manager"].pk, chance)
    make_refusals(org, leads, chance)
    make_chains(org, leads)
    make_exports(org)
    make_morning(org.logins["manager"], org.logins["supervisor"], chance)
    audit.record("demo.seeded", by=None, customers=customers, seed=seed)
    return org
