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
    """Held customers who went to apply from their page, and were not spoken to since.

    An opening alone is no news: WeChat opens pages for its previews.
    """
    mine = Lead.objects.visible_to(user).held_by(user).workable()
    clicked = _latest_clicks(user, mine)
    tasks = worklist.tasks(mine.filter(pk__in=clicked), NEWS_SHOWN)
    by_lead = {task.lead.pk: task.lead for task in tasks}
    return [worklist.Task(by_lead[pk], share.in_words()) for pk, share in clicked.items()]


def _latest_clicks(user: Staff, leads: LeadQuerySet) -> dict[int, Share]:
    """By lead id, the newest first: first clicks of the last days nobody has answered yet."""
    unanswered = Q(lead__last_contact_at=None) | Q(clicked_at__gt=F("lead__last_contact_at"))
    shares = (
        Share.objects.visible_to(user)
        .filter(unanswered, clicked_at__gt=timezone.now() - NEWS_LAST, lead__in=leads)
        .order_by("-clicked_at", "-pk")
    )
    found: dict[int, Share] = {}
    for share in shares[: NEWS_SHOWN * 3]:
        if len(found) < NEWS_SHOWN:
            found.setdefault(share.lead_id, share)
    return found
