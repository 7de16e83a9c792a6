"""The product with one wall taken down, in a server of a control's own. No setting does this.

``WALL=guard`` assigns and claims without asking whether the customer is still as
it was seen; ``WALL=uuid`` gives every log a UUID of its own, as if the phone's
were not looked at.
"""

import os
import uuid
from typing import Any

from marketing_map.wsgi import application

__all__ = ["application"]


def _without_guard() -> None:
    from outreach.actions import assign

    assign._still_held_by = lambda leads, holder_id: leads


def _without_uuid() -> None:
    from outreach.views.field import logs

    real = logs.log_outcome

    def forgetful(*, log_uuid: uuid.UUID, **given: Any) -> Any:
        return real(log_uuid=uuid.uuid4(), **given)

    def found_nothing(request: Any, log_uuid: uuid.UUID) -> Any:
        return logs._save(request, log_uuid, None)

    found_nothing.__dict__.update(logs.outcome.__dict__)
    logs.log_outcome = forgetful


WALLS = {"guard": _without_guard, "uuid": _without_uuid}
WALLS[os.environ["WALL"]]()
