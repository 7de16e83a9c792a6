"""Why a customer is closed, on their card."""

from django import template

from outreach.actions.reopen import is_for_good
from outreach.models import Lead, Refusal

register = template.Library()


@register.inclusion_tag("leads/why_closed.html")
def why_closed(lead: Lead) -> dict[str, object]:
    """The open refusal of a lead that is refused, and whether 复核 may end it."""
    refusal = None
    if lead.eligibility == "refused":
        open_one = Refusal.objects.filter(customer_id=lead.customer_id, ended_at=None)
        refusal = open_one.select_related("contact_log").first()
    return {"refusal": refusal, "for_good": refusal is not None and is_for_good(refusal)}
