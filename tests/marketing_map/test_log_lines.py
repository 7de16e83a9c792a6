"""What was refused is one line in the log; what failed keeps its frames."""

import json
import logging

import pytest

from marketing_map.log_lines import JsonLines, OneLineForWhatIsRefused


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


def test_json_is_one_line_whatever_was_sent() -> None:
    frames = (ValueError, ValueError("x\ny"), None)
    sent = "/x\n2026-01-01 ERROR forged"
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "at %s", (sent,), frames)
    line = JsonLines().format(record)
    assert "\n" not in line
    said = json.loads(line)
    assert said["message"] == f"at {sent}"
    assert (said["level"], said["logger"]) == ("ERROR", "django.request")
    assert said["frames"].startswith("ValueError: x")
