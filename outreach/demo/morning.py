"""The shown manager's morning: what is new, who is to be visited, what is done already."""

import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from branches.models import Staff
from outreach.demo.identities import full_name, phone_number
from outreach.demo.leads import at_hour
from outreach.models import (
    Assignment,
    AssignmentOperation,
    CallState,
    Channel,
    ContactLog,
    Eligibility,
    Lead,
    OperationKind,
    Outcome,
    PersonReached,
    Stage,
    VillageProfile,
)
from outreach.standing import restate_standing
from whitelist.models import Place

NEW, CAPPED = 6, 2
HELPERS_FROM = 9_000_000  # serial numbers of phones that no customer has
MARKET_DAYS = ("逢一、六", "逢二、七", "逢三、八", "逢四、九", "逢五、十")
NOTES = (
    "村委会在村北头，门口能停车。",
    "大棚户上午都在棚里，中午回家。",
    "年轻人多在城里上班，周末去人齐。",
    "进村走北边的水泥路，南边在修路。",
    "",
)
DONE: tuple[dict[str, Any], ...] = (
    {
        "channel": Channel.CALL,
        "call_state": CallState.CONNECTED,
        "person": PersonReached.SELF,
        "is_contact": True,
        "outcome": Outcome.INTERESTED,
        "note": "想先了解利率",
    },
    {"channel": Channel.CALL, "call_state": CallState.NO_ANSWER},
    {"channel": Channel.VISIT},
)


def make_morning(manager: Staff, supervisor: Staff, chance: random.Random) -> None:
    """Logs of today and before for some of the manager's untouched customers."""
    ours = Lead.objects.unscoped("seeding the demo").held_by(manager)
    fresh = ours.filter(stage=Stage.TO_CONTACT, eligibility=Eligibility.YES)
    fresh = fresh.exclude(contact_logs__staff=manager)
    untouched = list(fresh.order_by("pk"))
    done, rest = untouched[: len(DONE)], untouched[len(DONE) :]
    capped, new = rest[:CAPPED], _of_one_corner(rest[CAPPED:] or untouched)
    logs = [
        *_done(done, manager, chance),
        *_capped(capped, manager, chance),
    ]
    ContactLog.objects.bulk_create(logs)
    restate_standing(log.lead_id for log in logs)
    _announce(new, manager, supervisor)
    _profiles(manager, chance)


def _of_one_corner(leads: Sequence[Lead]) -> list[Lead]:
    """Three from the village with the most, then from the next: as a supervisor gives them."""
    villages: dict[int, list[Lead]] = {}
    for lead in leads:
        if lead.village_id:
            villages.setdefault(lead.village_id, []).append(lead)
    largest = sorted(villages.values(), key=len, reverse=True)
    return [lead for theirs in largest for lead in theirs[:3]][:NEW]


def _log(lead: Lead, at: datetime, chance: random.Random, **fields: Any) -> ContactLog:
    key = uuid.UUID(int=chance.getrandbits(128), version=4)
    return ContactLog(
        uuid=key, lead=lead, started_at=at, logged_at=at + timedelta(minutes=3), **fields
    )


def _done(leads: Sequence[Lead], manager: Staff, chance: random.Random) -> Iterator[ContactLog]:
    for place, (lead, said) in enumerate(zip(leads, DONE, strict=False)):
        at = timezone.now() - timedelta(minutes=12 + 9 * place)
        yield _log(lead, at, chance, staff=manager, **said)


def _capped(leads: Sequence[Lead], manager: Staff, chance: random.Random) -> Iterator[ContactLog]:
    """Called as often as the gate allows, and never reached."""
    for lead in leads:
        for day in range(settings.ATTEMPTS_PER_30_DAYS):
            at = at_hour(-2 - 3 * day, chance.choice((9, 12, 16, 19)), chance.randrange(60))
            said = {"channel": Channel.CALL, "call_state": CallState.NO_ANSWER}
            yield _log(lead, at, chance, staff=manager, **said)


def _announce(leads: Sequence[Lead], manager: Staff, supervisor: Staff) -> None:
    """These came this morning; of everything older its holder knows."""
    Assignment.objects.filter(seen_at=None).update(seen_at=timezone.now())
    at = timezone.now() - timedelta(minutes=40)
    operation = AssignmentOperation.objects.create(
        kind=OperationKind.TICKED, to=manager, by=supervisor, count=len(leads)
    )
    Assignment.objects.filter(lead__in=leads, ended_at=None).update(
        operation=operation, at=at, seen_at=None
    )


def _profiles(manager: Staff, chance: random.Random) -> None:
    mine = Lead.objects.unscoped("seeding the demo").held_by(manager)
    villages = Place.objects.filter(pk__in=mine.values("village")).order_by("code")
    for place, village in enumerate(villages):
        VillageProfile.objects.create(
            place=village,
            outlet=manager.branch,
            helper_name=full_name(chance)[0],
            helper_phone=phone_number(HELPERS_FROM + place),
            market_days=f"{chance.choice(MARKET_DAYS)}（农历）",
            note=chance.choice(NOTES),
            updated_by=manager,
        )
