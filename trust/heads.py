"""Heads of the audit chain, written down outside the database.

Who can write to the database alone can cut the log's end and its links. They
cannot take back a line that was shipped elsewhere: each head goes to the file
AUDIT_HEADS and to the log, for the bank's log collection to carry away.
"""

import logging
import time
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from trust.chain import Head, head

logger = logging.getLogger(__name__)
EVERY = 600  # seconds between two lines


def note_head() -> bool:
    """Append the head, unless that was done a moment ago or nothing is new; whether it was."""
    path = Path(settings.AUDIT_HEADS)
    now = head()
    if path.exists() and time.time() - path.stat().st_mtime < EVERY:
        return False
    if not now.number or noted(path)[-1:] == [now]:
        return False
    line = f"{timezone.now().isoformat(timespec='seconds')} {now.number} {now.chain}"
    with path.open("a", encoding="ascii") as lines:
        lines.write(line + "\n")
    logger.info("audit head: %s", line)
    return True


def noted(path: Path) -> list[Head]:
    """The heads in a file of them, as they were written.

    Raises:
        ValueError: a line that is none.
        OSError: the file cannot be read.
    """
    heads = []
    if not path.exists():
        return []
    for at, line in enumerate(path.read_text(encoding="ascii").splitlines(), start=1):
        try:
            _when, number, chain = line.split()
            heads.append(Head(int(number), chain))
        except ValueError as error:
            raise ValueError(f"{path.name}, line {at} is no head of the audit chain") from error
    return heads
