"""Leads as rows of a list: who, how much, until when, where, how far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Staff
from outreach.disclosure import names_for, record_daily_view, with_personal_data
from outreach.distance import Point, in_words, metres_between
from outreach.gates import may_work
from outreach.models import Lead, Stage
from whitelist.models import Location


@dataclass(frozen=True)
class Row:
    """One lead as its viewer may see it. `point` is (lon, lat) in WGS-84."""

    lead: Lead
    name: str
    state: str
    point: Point | None
    metres: float | None
    days_left: int
    is_due: bool
    may_call: bool
    vague_place: str = ""  # the township or county, where nothing finer is known

    @property
    def expires(self) -> bool:
        return self.days_left <= settings.EXPIRING_DAYS and not self.lead.is_off_the_list

    @property
    def expiry(self) -> str:
        """When the offer ends, in words; who left the list is only served."""
        if self.lead.is_off_the_list:
            return _("只做服务")
        if self.days_left <= 0:
            return _("今天到期")
        return _("%(days)s天后到期") % {"days": self.days_left}

    @property
    def village(self) -> str:
        return self.lead.village.short_name if self.lead.village else ""

    @property
    def away(self) -> str:
        """How far it is, where that is known: a township's point is no distance to a customer."""
        known = self.metres is not None and self.lead.is_placed
        return in_words(self.metres) if known and self.metres is not None else ""

    @property
    def whereabouts(self) -> str:
        """What is said of who stands on the map, but is known to the township or county only."""
        if self.point is None or self.lead.is_placed:
            return ""
        if self.vague_place:
            return _("在%(place)s，位置不详") % {"place": self.vague_place}
        return _("位置不详（%(precision)s级）") % {"precision": self.lead.get_precision_display()}


def rows_of(
    ids: Iterable[int],
    *,
    viewer: Staff,
    origin: Point | None = None,
    metres: Mapping[int, float] | None = None,
) -> list[Row]:
    """Rows of these leads in this order, and the daily record that they were shown.

    Distances are those given, else measured from `origin`.
    """
    wanted = list(ids)
    scoped = Lead.objects.visible_to(viewer).filter(pk__in=wanted)
    leads = {lead.pk: lead for lead in with_personal_data(scoped)}
    names = names_for(viewer, leads.values())
    record_daily_view(viewer, leads.values())
    vague = _vague_places(leads.values())
    today, now = timezone.localdate(), timezone.now()
    rows = []
    for lead in (leads[pk] for pk in wanted if pk in leads):
        point = lead.point
        away = (metres or {}).get(lead.pk)
        if away is None and origin and point:
            away = metres_between(origin, point)
        in_pool = lead.holder_id is None and lead.stage == Stage.TO_CONTACT
        rows.append(
            Row(
                lead=lead,
                name=names[lead.pk],
                state="unassigned" if in_pool else lead.stage,
                point=point,
                metres=away,
                days_left=(lead.valid_to - today).days if lead.valid_to else 0,
                is_due=lead.follow_up_at is not None and lead.follow_up_at <= now,
                may_call=may_work(viewer, lead),
                vague_place=vague.get(lead.pk, ""),
            )
        )
    return rows


def _vague_places(leads: Iterable[Lead]) -> dict[int, str]:
    """The township or county of those who are known no finer, by lead."""
    vague = [lead.pk for lead in leads if lead.tile_key is not None and not lead.is_placed]
    if not vague:
        return {}
    located = Location.objects.filter(
        is_current=True, customer__lead__in=vague, place__isnull=False
    )
    return dict(located.values_list("customer__lead", "place__name"))
