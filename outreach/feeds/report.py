"""The rows of a file that could not be used, as CSV: masked, so it needs no second person."""

import csv
from collections.abc import Iterator

from django.utils.translation import gettext as _

from outreach.feeds.sentences import sentence
from outreach.models import Feed
from whitelist.report import safe_cell


class _Line:
    """What a CSV writer writes to: it hands back each line."""

    def write(self, text: str) -> str:
        return text


def report_lines(feed: Feed) -> Iterator[str]:
    """The report line by line, however long; with a mark that spreadsheets know as UTF-8.

    Cells that a spreadsheet would run as a formula are escaped.
    """
    writer = csv.writer(_Line())
    headings = (_("行号"), _("列"), _("代码"), _("说明"), _("内容（已脱敏）"))
    yield "\ufeff" + writer.writerow(headings)
    rows = feed.problems.values_list("row_no", "column", "code", "shown")
    for row_no, column, code, shown in rows.iterator(chunk_size=5_000):
        cells = (column, code, sentence(code), shown)
        yield writer.writerow([row_no, *map(safe_cell, cells)])
