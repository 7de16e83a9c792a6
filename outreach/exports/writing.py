"""A copy as CSV or XLSX, with the visible watermark: a last column, and the margins of paper."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.exports.columns import BY_KEY, labels
from outreach.exports.rows import Cell, Row
from outreach.exports.seeding import address_in, place_in_order
from whitelist.report import safe_cell, workbook

BOM = "\ufeff"


@dataclass(frozen=True)
class Sheet:
    """What is to be written: the rows of one copy, under its columns, with its watermark."""

    columns: Sequence[str]
    rows: Sequence[Row]
    secret: str
    watermark: str

    def lines(self) -> Iterator[list[Cell]]:
        """The heading and each row, in the copy's own order, the watermark last."""
        yield [*labels(self.columns), _("水印")]
        for row in sorted(self.rows, key=lambda row: place_in_order(self.secret, row)):
            cells = row.cells | {"address": address_in(self.secret, row)}
            yield [*(cells.get(key, "") for key in self.columns), self.watermark]


def watermark(*, mark: str, username: str, name: str, purpose: str, at: datetime) -> str:
    """Who took it, when, which copy it is, and what alone it is for."""
    said = _("导出 %(mark)s · %(no)s %(name)s · %(at)s · 仅限%(purpose)s使用")
    when = timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
    return said % {"mark": mark, "no": username, "name": name, "at": when, "purpose": purpose}


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with BOM; one heading and nothing above it, so that programs can read it."""
    text = io.StringIO()
    text.write(BOM)
    writer = csv.writer(text)
    for line in sheet.lines():
        writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in line])
    return text.getvalue().encode()


def as_xlsx(sheet: Sheet) -> bytes:
    """A sheet to print: landscape, the heading on each page, the watermark above and below."""
    file = io.BytesIO()
    book = workbook(file)
    book.set_properties({"title": sheet.watermark, "comments": sheet.watermark})
    page = book.add_worksheet(_("名单"))
    _for_paper(page, sheet)
    heading = book.add_format({"bold": True, "bg_color": "#E6F0EB"})
    faint = book.add_format({"font_color": "#7B8580", "font_size": 8})
    for at, line in enumerate(sheet.lines()):
        for column, cell in enumerate(line):
            is_mark = column == len(sheet.columns)
            style = heading if at == 0 else faint if is_mark else None
            if isinstance(cell, str):
                page.write_string(at, column, safe_cell(cell), style)
            else:
                page.write_number(at, column, cell, style)
    book.close()
    return file.getvalue()


def _for_paper(page: "xlsxwriter.worksheet.Worksheet", sheet: Sheet) -> None:
    for column, key in enumerate(sheet.columns):
        page.set_column(column, column, BY_KEY[key].width)
    page.set_column(len(sheet.columns), len(sheet.columns), 24)
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    mark = sheet.watermark.replace("&", "&&")
    page.set_header(f"&C&9{mark}")
    page.set_footer(f"&L&9{mark}&R&9&P / &N")
