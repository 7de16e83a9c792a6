"""Who has held a customer."""

from django import template

from branches.models import Staff
from outreach.models import Assignment, Lead

register = template.Library()
MOST = 20


@register.simple_tag
def holders_of(lead: Lead, viewer: Staff) -> list[Assignment]:
    """The hands a customer has been in, the latest first; for the head of the branch alone."""
    if not viewer.is_supervisor:
        return []
    held = Assignment.objects.filter(lead=lead).select_related("holder", "operation__by")
    return list(held.order_by("-at", "-pk")[:MOST])
