"""An answer is worked out once, an error each time, and memory is bounded."""

import pytest

from whitelist.imports.remembered import Remembered


def test_an_answer_is_worked_out_once() -> None:
    asked = []
    answers = Remembered(lambda text: asked.append(text) or len(text))  # type: ignore[func-returns-value]
    assert [answers["刘庄"], answers["刘庄"], answers["李庄子"]] == [2, 2, 3]
    assert asked == ["刘庄", "李庄子"]


def test_what_raises_is_asked_again() -> None:
    answers = Remembered(int)
    for _ in range(2):
        with pytest.raises(ValueError, match="x"):
            answers["x"]
    assert not answers


def test_it_starts_afresh_when_full() -> None:
    answers = Remembered(int, limit=3)
    assert [answers[str(n)] for n in range(7)] == list(range(7))
    assert len(answers) <= 3
