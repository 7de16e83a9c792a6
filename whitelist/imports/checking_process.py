"""A process that checks rows: ``python -m whitelist.imports.checking_process``.

Standard input has the task once and then batches; for each an answer goes to
standard output. It opens no database; the keys come with the settings. It ends
when its input does, so it never outlives whoever started it.
"""

import os
import pickle
import sys
import traceback
from typing import BinaryIO

import django

from whitelist.imports.reading import wire

MAX_TASK = 1024 * 1024 * 1024  # bytes: the places of the whole country are 60 MB


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Check batches until there are no more."""
    from whitelist.geocoding.ladder import Ladder
    from whitelist.imports.checkers import check_batch
    from whitelist.imports.checking import RowChecker

    first = wire.read_frame(asked, limit=MAX_TASK)
    if first is None:
        return
    task = pickle.loads(first)  # noqa: S301 (from our own parent)
    checker = RowChecker(task["plan"], Ladder(task["places"]))
    for_copy = bool(task["for_copy"])
    del first, task
    while (body := wire.read_frame(asked)) is not None:
        try:
            answer: object = tuple(check_batch(checker, body, for_copy=for_copy))
        except Exception as error:
            # The frames without the message: a message may quote personal data.
            frames = [f"{f.filename}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
            answer = " ".join([type(error).__name__, *frames[-5:]])
        wire.write_frame(answers, pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")
    django.setup()
    serve(sys.stdin.buffer, sys.stdout.buffer)
