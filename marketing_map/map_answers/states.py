"""The states drawn on the map: the stages, and 待分配 for who is to be contacted and held by nobody."""

from outreach.models import Stage

STATES = ("unassigned", *Stage.values)  # in the order of every payload
_PLACE = {state: place for place, state in enumerate(STATES)}


def place_of(stage: str, *, held: bool) -> int:
    """Where in `STATES` a lead of this stage stands."""
    return 0 if stage == Stage.TO_CONTACT and not held else _PLACE[stage]


def trimmed(counts: list[int]) -> list[int]:
    """Counts by state without the zeros at the end."""
    last = max((place for place, n in enumerate(counts) if n), default=-1)
    return counts[: last + 1]
