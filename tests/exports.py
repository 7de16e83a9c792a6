"""Exports on their way: asked for by 赵主管, agreed to by 冯复核, made."""

from collections.abc import Sequence
from typing import Any

from branches.models import Staff
from outreach.actions.export_files import make_export
from outreach.actions.exports import agree_to_export, ask_export, digest_of, ids_for
from outreach.models import Export
from tests.cast import Cast


def ask(
    by: Staff,
    *,
    question: str = "",
    columns: Sequence[str] = ("phone", "village", "amount"),
    clear: Sequence[str] = (),
) -> Export:
    return ask_export(
        question=question,
        shown=digest_of(question, ids_for(by, question)),
        columns=columns,
        clear=clear,
        purpose="visit",
        words="刘庄走访组用，本周五前销毁",
        by=by,
    )


def again(export: Export) -> Export:
    """As it is in the database now."""
    return Export.objects.unscoped("test").select_related("asked_by__branch").get(pk=export.pk)


def ready(cast: Cast, **asked: Any) -> Export:
    export = ask(cast.zhao, **asked)
    agree_to_export(export=export, by=cast.feng)
    assert make_export(export=again(export))
    return again(export)
