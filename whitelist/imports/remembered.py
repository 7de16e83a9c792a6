"""What many rows say alike is worked out once.

A list of a million rows has a few dozen dates, a few thousand branches and
managers, ten thousand scores. Only answers are kept: what raises is asked again.
"""

from collections.abc import Callable
from typing import TypeVar

A = TypeVar("A")
LIMIT = 50_000  # answers; then it starts afresh, so that memory does not grow with the file


class Remembered(dict[str, A]):
    """The answers of a function by its one argument: ``answers[text]``, at a dictionary's pace."""

    def __init__(self, answer: Callable[[str], A], limit: int = LIMIT) -> None:
        super().__init__()
        self._answer = answer
        self._limit = limit

    def __missing__(self, text: str) -> A:
        found = self._answer(text)
        if len(self) >= self._limit:
            self.clear()
        self[text] = found
        return found
