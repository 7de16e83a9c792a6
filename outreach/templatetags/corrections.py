"""What became of my corrections, on whatever page has room for it."""

from typing import Any

from django import template
from django.template import Context

from outreach.corrections_shown import decided_lately

register = template.Library()


@register.inclusion_tag("leads/decided_corrections.html", takes_context=True)
def decided_corrections(context: Context) -> dict[str, Any]:
    """A section with the decisions of the last days; nothing when there are none."""
    return {"decisions": decided_lately(context["user"])}
