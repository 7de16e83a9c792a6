"""What was refused is one line in the log; what failed keeps its frames."""

import logging

import pytest

from marketing_map.log_lines import OneLineForWhatIsRefused


@pytest.mark.parametrize(
    ("status", "kept"), [(400, False), (404, False), (500, True), (None, True)]
)
def test_frames(status: int | None, kept: bool) -> None:
    frames = (ValueError, ValueError("x"), None)
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "said", (), frames)
    if status:
        record.status_code = status
    assert OneLineForWhatIsRefused().filter(record)
    assert bool(record.exc_info) is kept
