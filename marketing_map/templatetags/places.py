"""Names of places in templates."""

from django import template

from marketing_map.place_names import shortened

register = template.Library()
register.filter("shortened", shortened)
