"""Figures of list files as people read them."""

from django import template

register = template.Library()


@register.filter
def thousands(number: int | None) -> str:
    """1234567 → 1,234,567; nothing known → a dash."""
    return "—" if number is None else f"{int(number):,}"


@register.filter
def megabytes(size: int) -> str:
    """Bytes as people say them: 1.2 MB, 340 KB."""
    if size >= 1024 * 1024:
        return f"{size / (1024 * 1024):.1f} MB"
    return f"{max(1, round(size / 1024))} KB"
