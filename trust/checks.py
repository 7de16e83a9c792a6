"""Personal data without a time to live is said at start-up."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist

from trust.fields import EncryptedTextField, KeyedIndexField
from trust.retention import Declared, declared, kept_of, knows_rule


@register()
def personal_fields_declare_how_long(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Each sealed and each indexed column of a model is in one of its `retention`."""
    return [
        Error(f"{model._meta.label}.{field.name} declares no retention.", id="trust.E002")
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField | KeyedIndexField)
        and not any(field.name in kept.fields for kept in kept_of(model))
    ]


@register()
def declarations_can_be_carried_out(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Fields, days and rules of every declaration exist."""
    return [
        Error(f"{each.name}, retention of {each.kept.fields}: {wrong}.", id="trust.E003")
        for each in declared()
        for wrong in _wrong(each)
    ]


def _wrong(each: Declared) -> list[str]:
    kept = each.kept
    missing = [f"there is no field {name}" for name in kept.fields if not _has(each, name)]
    if kept.days and not (isinstance(days := getattr(settings, kept.days, None), int) and days > 0):
        missing.append(f"{kept.days} must be a number of days")
    if kept.by and not knows_rule(kept.by):
        missing.append(f"there is no rule {kept.by}")
    if kept.days and not kept.by and not kept.since:
        missing.append("the days count from nothing")
    return missing


def _has(each: Declared, name: str) -> bool:
    try:
        each.model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
