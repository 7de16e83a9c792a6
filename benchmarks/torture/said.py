"""How a trial tells what it found, and how the runner hears it."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

MARK = "FOUND "


@dataclass(frozen=True)
class Found:
    """The measured figure in words, and what came of the control."""

    figure: str
    control: str = ""


def say(figure: str, *, control: str = "") -> None:
    """The trial's last word."""
    print(MARK + json.dumps(asdict(Found(figure, control)), ensure_ascii=False), flush=True)


def heard(lines: Iterable[str]) -> Found:
    """What a trial said; of one that knows nothing of us, its last line."""
    last = ""
    for line in lines:
        if line.startswith(MARK):
            return Found(**json.loads(line.removeprefix(MARK)))
        last = line.strip() or last
    return Found(last[:300] or "said nothing")
