"""Bars of the funnel, drawn on the server: they print, and need no script."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from outreach.funnel import Line

register = template.Library()
WIDTH = 1000  # units of the drawing; the page stretches it


@register.simple_tag
def funnel_step(reported: int, confirmed: int, whole: int, stage: str) -> SafeString:
    """One step: the confirmed part in full tone, the reported part lighter, against the whole."""
    sure = _part(confirmed, whole)
    return format_html(
        '<svg class="step-bar stage-{}" viewBox="0 0 {} 20" preserveAspectRatio="none"'
        ' aria-hidden="true"><rect class="ground" width="{}" height="20"/>'
        '<rect class="confirmed" width="{}" height="20"/>'
        '<rect class="reported" x="{}" width="{}" height="20"/></svg>',
        stage,
        WIDTH,
        WIDTH,
        sure,
        sure,
        _part(reported, whole),
    )


@register.simple_tag
def stage_bar(line: Line) -> SafeString:
    """Where a line's customers stand, stage beside stage."""
    whole = line.total.count
    parts, x = [], 0
    for cell in line.cells:
        width = _part(cell.all.count, whole)
        parts.append((cell.stage.value, x, width))
        x += width
    return format_html(
        '<svg class="stage-bar" viewBox="0 0 {} 8" preserveAspectRatio="none"'
        ' aria-hidden="true">{}</svg>',
        WIDTH,
        format_html_join(
            "", '<rect class="stage-{}" x="{}" width="{}" height="8"/>', (p for p in parts if p[2])
        ),
    )


def _part(count: int, whole: int) -> int:
    return count * WIDTH // whole if whole else 0
