"""A request as people read it: what is to leave, under which filter, what was asked before."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Staff
from outreach.exports.columns import BY_KEY
from outreach.filters import LeadFilter
from outreach.models import Export, ExportedLead, ExportState

RECENT = timedelta(days=30)
MOST_BRANCHES = 12


@dataclass(frozen=True)
class Told:
    """One column of a file, and whether it is in clear."""

    label: str
    is_personal: bool
    is_clear: bool


def columns_told(export: Export) -> list[Told]:
    known = [BY_KEY[key] for key in export.columns if key in BY_KEY]
    return [Told(str(each.label), each.personal, each.key in export.clear) for each in known]


def question_in_words(question: str, user: Staff) -> list[str]:
    """The filter, parameter by parameter: ``阶段：待触达``. One that says nothing is left out."""
    data = QueryDict(question)
    found = LeadFilter(data, user=user)
    words = []
    for name, each in found.filters.items():
        values = [value for value in data.getlist(name) if value]
        if values:
            words.append(f"{each.label}{_('：')}{_('、').join(_valued(each, values, user))}")
    return words


def _valued(each: object, values: list[str], user: Staff) -> list[str]:
    choices = getattr(getattr(each, "field", None), "choices", None) or []
    model = getattr(getattr(each, "queryset", None), "model", None)
    labels = {} if model else {str(key): str(label) for key, label in choices}
    if model:
        found = model.objects.filter(code__in=values)
        labels = {place.code: getattr(place, "short_name", place.name) for place in found}
    elif getattr(each, "method", None) == "_holder":
        labels = {"none": _("待分配"), "me": _("本人")} | _names(values, user)
    return [labels.get(value, value) for value in values]


def _names(values: list[str], user: Staff) -> dict[str, str]:
    ids = [int(value) for value in values if value.isascii() and value.isdecimal()]
    return {str(each.pk): each.name for each in Staff.objects.visible_to(user).filter(pk__in=ids)}


def by_branch(export: Export) -> list[tuple[str, int]]:
    """How many of each outlet are in it, the most first."""
    rows = ExportedLead.objects.filter(export=export).values_list("lead__branch__name")
    counted = rows.annotate(n=Count("pk")).order_by("-n", "lead__branch__name")
    return list(counted[:MOST_BRANCHES])


def asked_lately(export: Export) -> "QuerySet[Export]":
    """What the same person asked for in the thirty days before, the latest first."""
    exports = Export.objects.unscoped("of the same asker, for whoever decides on them")
    since = timezone.now() - RECENT
    others = exports.filter(asked_by=export.asked_by_id, asked_at__gte=since)
    return others.exclude(pk=export.pk).exclude(state=ExportState.TAKEN_BACK)
