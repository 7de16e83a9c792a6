"""Browser tests that are told: each step is a sentence, and a failure says at which one.

``pytest -s tests/browser/test_day_*.py`` reads like the day of the person it is about.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class Story:
    """One person's day. ``with story.step("…"):`` is one thing they do and see."""

    def __init__(self, title: str) -> None:
        self.told = 0
        print(f"\n{title}")

    @contextmanager
    def step(self, sentence: str) -> Iterator[None]:
        """Say the sentence, then do what it says; an error names it."""
        self.told += 1
        print(f"  {self.told}. {sentence}", flush=True)
        try:
            yield
        except BaseException as error:
            error.add_note(f"at step {self.told}: {sentence}")
            raise
