"""推送: addresses and QR codes of pages, and what is new about them."""

from datetime import timedelta
from urllib.parse import urljoin

import segno
from django.conf import settings
from django.db.models import F, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from branches.models import Staff
from outreach import worklist
from outreach.models import Lead, Share
from outreach.querysets import LeadQuerySet

NEWS_SHOWN, NEWS_LAST = 5, timedelta(days=7)
HISTORY_LENGTH = 10


def address_of(share: Share, request: HttpRequest, name: str = "shared_page") -> str:
    """The whole address as a customer opens it: of the page, or of its 去申请."""
    path = reverse(name, args=[share.code])
    base = settings.SHARE_URL
    return urljoin(base, path) if base else request.build_absolute_uri(path)


def qr_of(text: str) -> str:
    """A QR code as a ``data:`` address for ``<img>``: black on white, whatever the theme."""
    code = segno.make_qr(text, error="m")
    address: str = code.svg_data_uri(scale=4, border=3, light="#fff", omitsize=True)
    return address


def sent_to(lead: Lead) -> list[Share]:
    """The pages sent to a customer, the newest first."""
    shares = Share.objects.unscoped("of a lead that was fetched in scope").filter(lead=lead)
    return list(shares.select_related("staff", "product")[:HISTORY_LENGTH])


def news_for(user: Staff) -> list[worklist.Task]:
    """Held customers who opened their page or went to apply, and were not spoken to since.

    Who went to apply comes first, then the latest.
    """
    mine = Lead.objects.visible_to(user).held_by(user).workable()
    newest = _latest_answers(user, mine)
    leads = worklist.tasks(mine.filter(pk__in=[share.lead_id for share in newest]), NEWS_SHOWN)
    by_lead = {task.lead.pk: task.lead for task in leads}
    return [
        worklist.Task(by_lead[share.lead_id], share.in_words())
        for share in newest
        if share.lead_id in by_lead
    ]


def _latest_answers(user: Staff, leads: LeadQuerySet) -> list[Share]:
    """One share a customer, of those with an answer newer than the last conversation."""
    spoken, since = F("lead__last_contact_at"), timezone.now() - NEWS_LAST
    unheard = Q(lead__last_contact_at=None) | Q(last_opened_at__gt=spoken)
    unheard |= Q(clicked_at__gt=spoken)
    lately = Q(last_opened_at__gt=since) | Q(clicked_at__gt=since)
    shares = Share.objects.visible_to(user).filter(unheard, lately, lead__in=leads)
    order = (F("clicked_at").desc(nulls_last=True), F("last_opened_at").desc(nulls_last=True))
    found: dict[int, Share] = {}
    for share in shares.order_by(*order, "-pk")[: NEWS_SHOWN * 3]:
        found.setdefault(share.lead_id, share)
    return list(found.values())[:NEWS_SHOWN]
