"""推送: addresses of pages, and what is new about them."""

from datetime import timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import F, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from outreach.models import Lead, Share
from outreach.querysets import LeadQuerySet

NEWS_LAST = timedelta(days=7)
HISTORY_LENGTH = 10


def address_of(share: Share, request: HttpRequest, name: str = "shared_page") -> str:
    """The whole address as a customer opens it: of the page, or of its 去申请."""
    path = reverse(name, args=[share.code])
    base = settings.SHARE_URL
    return urljoin(base, path) if base else request.build_absolute_uri(path)


def sent_to(lead: Lead) -> list[Share]:
    """The pages sent to a customer, the newest first."""
    shares = Share.objects.unscoped("of a lead that was fetched in scope").filter(lead=lead)
    return list(shares.select_related("staff", "product")[:HISTORY_LENGTH])


def unanswered_clicks(leads: LeadQuerySet) -> dict[int, Share]:
    """By lead id: who went to apply from their page in the last days, and was not spoken to since.

    An opening alone is no news: WeChat opens pages for its previews.
    """
    unanswered = Q(lead__last_contact_at=None) | Q(clicked_at__gt=F("lead__last_contact_at"))
    shares = Share.objects.unscoped("of leads that were fetched in scope").filter(
        unanswered, clicked_at__gt=timezone.now() - NEWS_LAST, lead__in=leads
    )
    return {share.lead_id: share for share in shares.order_by("clicked_at", "pk")}
