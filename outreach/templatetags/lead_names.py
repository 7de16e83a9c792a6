"""Looking names up in a list of leads."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def of_lead(names: Mapping[int, str], pk: int) -> str:
    """The name `outreach.disclosure.names_for` gave for this lead."""
    return names.get(pk, "")
