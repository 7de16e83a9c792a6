"""Tags of the frame: icons, state marks, money, the import map."""

import json
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.templatetags.static import static
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation.trans_real import DjangoTranslation

register = template.Library()
_import_map: str = ""


@register.simple_tag
def icon(name: str) -> SafeString:
    """One glyph of static/img/icons.svg, hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def state_mark(state: str) -> SafeString:
    """The mark of a stage, or of ``unassigned``: colour and shape, see static/img/marks.svg."""
    return format_html(
        '<svg class="mark" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("img/marks.svg"),
        state,
    )


@register.filter
def wan(amount: int | None) -> str:
    """元 as people say it: 500000 → 50万, 85000 → 8.5万, 8500 → 8,500元; ¥500,000 in English."""
    if amount is None:
        return "—"
    if not _in_chinese():
        return f"¥{amount:,}"
    if amount < 10_000:
        return f"{amount:,}元"
    return f"{amount / 10_000:.2f}".rstrip("0").rstrip(".") + "万"


@register.filter
def figure(count: int) -> str:
    """A count with its thousands marked: 5792 → 5,792."""
    return f"{count:,}"


@register.filter
def share(part: int, whole: int) -> str:
    """A share with nothing hidden: ``12/40 (30%)``; no percentage of nothing."""
    return f"{part:,}/{whole:,} ({part * 100 / whole:.0f}%)" if whole else f"{part:,}/0"


@register.simple_tag(takes_context=True)
def import_map(context: template.Context) -> SafeString:
    """The import map of our ES modules: ``map/tiles`` → its hashed static URL."""
    global _import_map
    if not _import_map or settings.DEBUG:
        modules = {
            path.removeprefix("js/").removesuffix(".js"): static(path)
            for finder in get_finders()
            for path, storage in finder.list([])
            if path.startswith("js/") and path.endswith(".js") and _is_ours(storage)
        }
        _import_map = json.dumps({"imports": dict(sorted(modules.items()))})
    nonce = getattr(context.get("request"), "csp_nonce", "")
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>', nonce, mark_safe(_import_map)
    )


@register.simple_tag
def module_texts() -> SafeString:
    """What ``gettext`` in our ES modules says in another language; nothing in Chinese."""
    if _in_chinese():
        return mark_safe("")
    return json_script(_module_texts(get_language() or settings.LANGUAGE_CODE), "texts")


def _in_chinese() -> bool:
    return (get_language() or settings.LANGUAGE_CODE).startswith("zh")


@cache
def _module_texts(language: str) -> dict[str, str]:
    catalogue = DjangoTranslation(
        language, domain="djangojs", localedirs=[str(each) for each in settings.LOCALE_PATHS]
    )
    texts = (catalogue._catalog or {}).items()  # type: ignore[attr-defined]
    return {key: text for key, text in texts if isinstance(key, str) and key and text}


def _is_ours(storage: Any) -> bool:
    return str(getattr(storage, "location", "")) == str(settings.STATICFILES_DIRS[0])
