"""What goes to the log: a line for what was refused, the frames for what failed."""

import json
import logging
from datetime import UTC, datetime


class OneLineForWhatIsRefused(logging.Filter):
    """Answers 400 to 499 are somebody's mistake: 25 lines each would let anybody fill the disk."""

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info = record.exc_text = None
        return True


class JsonLines(logging.Formatter):
    """One JSON object a line, for a log collection: what anybody sent cannot begin a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["frames"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)
