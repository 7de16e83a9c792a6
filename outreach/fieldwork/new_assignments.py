"""New in somebody's hands: what was assigned to them and they have not been told of."""

from dataclasses import dataclass

from django.db.models import Count, F, Max, QuerySet

from branches.models import Staff
from outreach.models import Assignment, Lead
from whitelist.models import Place


@dataclass(frozen=True)
class News:
    """How many, the newest assignment among them, and the villages with the most of them.

    A village of None stands for customers whose village is not known.
    """

    count: int
    newest: int
    villages: list[tuple[Place | None, int]]

    @property
    def elsewhere(self) -> int:
        """Customers in villages that are not named."""
        return self.count - sum(n for _, n in self.villages)


NAMED = 4


def unseen(user: Staff) -> "QuerySet[Assignment]":
    """Open assignments of customers the user may work on, and was not told of."""
    workable = Lead.objects.visible_to(user).held_by(user).workable()
    return Assignment.objects.filter(holder=user, ended_at=None, seen_at=None, lead__in=workable)


def news_for(user: Staff) -> News | None:
    """What to announce, or None when there is nothing new."""
    told = unseen(user).aggregate(n=Count("pk"), newest=Max("pk"))
    if not told["n"]:
        return None
    by_village = (
        unseen(user)
        .values_list("lead__village")
        .annotate(n=Count("pk"))
        .order_by("-n", F("lead__village__sort_key").asc(nulls_last=True), "lead__village")
    )
    first = list(by_village[:NAMED])
    places = Place.objects.in_bulk([pk for pk, _ in first if pk is not None])
    villages = [(places[pk] if pk is not None else None, n) for pk, n in first]
    return News(count=told["n"], newest=told["newest"], villages=villages)
