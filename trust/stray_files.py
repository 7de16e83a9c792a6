"""Sealed files no row names any more: whoever kept or deleted them died in between.

A file is written before the row that names it, and some rows forget theirs before it is
deleted. Neither retention nor a deletion on request finds what is left then.
"""

from datetime import timedelta

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone

from trust import audit

FOLDER = "uploads"  # where `stored_as` of every model points to
NAMED_WITHIN = timedelta(days=1)  # a file younger than this may be somebody's about to name it


def delete_stray_files() -> int:
    """Delete them; how many. Reads the rows of the whole bank."""
    old = _old_ones()  # before the rows are read: what was named meanwhile is seen there
    strays = sorted(set(old) - _named()) if old else []
    for name in strays:
        default_storage.delete(name)
    if strays:
        audit.record(
            "retention.carry_out", by=None, target="files:stray", then="file deleted",
            fields=["stored_as"], days=NAMED_WITHIN.days, rows=len(strays),
        )  # fmt: skip
    return len(strays)


def _old_ones() -> list[str]:
    if not default_storage.exists(FOLDER):
        return []
    before = timezone.now() - NAMED_WITHIN
    names = [f"{FOLDER}/{each}" for each in default_storage.listdir(FOLDER)[1]]
    return [name for name in names if default_storage.get_modified_time(name) < before]


def _named() -> set[str]:
    holders = [model for model in apps.get_models() if _has_a_file(model)]
    return {name for each in holders for name in _names_in(each)}


def _has_a_file(model: type[models.Model]) -> bool:
    return any(field.name == "stored_as" for field in model._meta.concrete_fields)


def _names_in(model: type[models.Model]) -> set[str]:
    return set(model._base_manager.exclude(stored_as="").values_list("stored_as", flat=True))
