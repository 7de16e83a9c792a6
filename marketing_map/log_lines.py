"""What goes to the log: a line for what was refused, the frames for what failed."""

import logging


class OneLineForWhatIsRefused(logging.Filter):
    """Answers 400 to 499 are somebody's mistake: 25 lines each would let anybody fill the disk."""

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info = record.exc_text = None
        return True
