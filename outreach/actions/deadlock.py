"""Two bulk actions may meet in different orders; the database then ends one of them."""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db import OperationalError, connection

TRIES = 5
Result = TypeVar("Result")


def again_on_deadlock(action: Callable[..., Result]) -> Callable[..., Result]:
    """Run an action again when PostgreSQL chose it as a deadlock's victim.

    Only outermost: inside somebody else's transaction that transaction is lost,
    and its owner must begin again.
    """

    @wraps(action)
    def tried(*args: Any, **kwargs: Any) -> Result:
        for attempt in range(1, TRIES + 1):
            try:
                return action(*args, **kwargs)
            except OperationalError as error:
                is_deadlock = getattr(error.__cause__, "sqlstate", "") == "40P01"
                if not is_deadlock or connection.in_atomic_block or attempt == TRIES:
                    raise
                time.sleep(random.uniform(0.005, 0.03) * attempt)  # so that they do not meet again
        raise AssertionError("unreachable")

    return tried
