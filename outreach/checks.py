"""What the deletion knows to be personal must say how long it is kept."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from outreach.record.personal_data import DELETED, EMPTIED
from trust.retention import kept_of


@register()
def what_is_deleted_on_request_has_a_retention(
    app_configs: Any, **kwargs: Any
) -> list[CheckMessage]:
    """Every column of `personal_data.EMPTIED`, every table of `DELETED`."""
    columns = [(held.model, name) for held in EMPTIED for name in held.columns]
    undeclared = [
        f"{model}.{name}"
        for model, name in columns
        if not any(name in kept.fields for kept in kept_of(apps.get_model(model)))
    ]
    undeclared += [held.model for held in DELETED if not kept_of(apps.get_model(held.model))]
    return [Error(f"{name} declares no retention.", id="outreach.E001") for name in undeclared]


@register()
def who_is_forgotten_is_in_no_list_to_go_back_to(
    app_configs: Any, **kwargs: Any
) -> list[CheckMessage]:
    """Undoing a list puts former rows back: not those of customers who were forgotten."""
    if settings.RETAIN_CUSTOMER_DAYS >= settings.RETAIN_ROWS_DAYS:
        return []
    return [
        Error("RETAIN_CUSTOMER_DAYS must not be less than RETAIN_ROWS_DAYS.", id="outreach.E002")
    ]
