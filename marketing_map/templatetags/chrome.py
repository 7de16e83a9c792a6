"""Tags of the frame: icons, state marks, money, the import map."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation.trans_real import DjangoTranslation

from marketing_map.weaving import WOVEN, in_order, script_of

register = template.Library()


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
def import_map(context: template.Context, page: str = "") -> SafeString:
    """The import map of our ES modules: ``map/tiles`` → its hashed static URL.

    For a page in `WOVEN` its modules are one script, which the browser is told to
    fetch at once; where static files are served as they are, they are not.
    """
    nonce = getattr(context.get("request"), "csp_nonce", "")
    text, script = _modules() if settings.DEBUG else _modules_of(page)
    early = format_html('<link rel="modulepreload" href="{}">', script) if script else ""
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>{}', nonce, mark_safe(text), early
    )


@cache
def _modules_of(page: str) -> tuple[str, str]:
    text, _ = _modules()
    script = _woven_script(page)
    if not script:
        return text, ""
    inside = in_order(WOVEN[page], _source)
    modules = json.loads(text)["imports"] | dict.fromkeys(inside, script)
    return json.dumps({"imports": modules}), script


def _woven_script(page: str) -> str:
    """Its URL; empty when the storage weaves none."""
    weaves = getattr(staticfiles_storage, "weaves", False)
    return static(script_of(page)) if weaves and page in WOVEN else ""


def _source(module: str) -> str:
    path = finders.find(f"js/{module}.js")
    return Path(str(path)).read_text("utf-8")


def _modules() -> tuple[str, str]:
    modules = {
        path.removeprefix("js/").removesuffix(".js"): static(path)
        for finder in finders.get_finders()
        for path, storage in finder.list([])
        if path.startswith("js/") and path.endswith(".js") and _is_ours(storage)
    }
    return json.dumps({"imports": dict(sorted(modules.items()))}), ""


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
