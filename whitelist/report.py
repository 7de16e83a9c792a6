"""The pre-check report as a spreadsheet, masked: it needs no second person and no watermark.

Written in constant memory, so a report of a million problems costs no more
than one of ten. Cells that a spreadsheet would run as a formula are escaped.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _

from whitelist.imports.sentences import sentence
from whitelist.models import ProblemLevel, UploadProblem, WhitelistUpload
from whitelist.story import batch_of
from whitelist.wording import DIFF_KEYS, diff_labels, held_back_of

SHEET_ROWS = 1_000_000  # a sheet holds 1,048,576; the rest goes to a further one
SENTENCES_KEPT = 10_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(text: str) -> str:
    """Text that no spreadsheet program takes for a formula, full-width or behind blanks."""
    return "'" + text if text.lstrip(" \u3000").startswith(FORMULA_STARTS) else text


def workbook(file: IO[bytes]) -> xlsxwriter.Workbook:
    """A workbook written row by row, in which text stays text."""
    options = {
        "constant_memory": True,
        "tmpdir": str(settings.FILE_UPLOAD_TEMP_DIR),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    return xlsxwriter.Workbook(file, options)


def write_report(upload: WhitelistUpload) -> IO[bytes]:
    """A temporary file, at its beginning, that is gone when it is closed.

    Sheets: the summary, the problems in the order of the file, the five numbers
    by branch.
    """
    file = tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, suffix=".xlsx")  # noqa: SIM115
    book = workbook(file)
    _sheet(book, _("概要"), (_("项目"), _("内容")), _summary(upload), (24, 60))
    _problem_sheets(book, upload)
    labels = diff_labels()
    headings = (_("机构号"), _("机构"), *(labels[key] for key in DIFF_KEYS))
    branches = (
        (branch["code"], branch["name"], *(branch.get(key, 0) for key in DIFF_KEYS))
        for branch in upload.diff.get("by_branch", [])
    )
    _sheet(book, _("按机构"), headings, branches, (16, 28, 10, 10, 10, 10, 10))
    book.close()
    file.seek(0)
    return file


def _summary(upload: WhitelistUpload) -> Iterable[Sequence[Any]]:
    totals, labels = upload.totals, diff_labels()
    yield _("文件"), upload.file_name
    yield _("名单项目"), upload.programme.name
    yield _("名单范围"), upload.scope.name
    yield _("方式"), upload.get_mode_display()
    yield _("读取行数"), totals.get("rows", 0)
    yield _("可用"), totals.get("accepted", 0)
    yield _("校验不通过"), totals.get("rejected", 0)
    yield _("提醒"), totals.get("warned", 0)
    for key in DIFF_KEYS:
        yield labels[key], totals.get(key, 0)
        said = held_back_of(upload, batch_of(upload)) if key == "new" else ""
        if said:
            yield "", said


def _problem_sheets(book: xlsxwriter.Workbook, upload: WhitelistUpload) -> None:
    headings = (
        _("行号"),
        _("客户号"),
        _("列"),
        _("级别"),
        _("代码"),
        _("说明"),
        _("内容（已脱敏）"),
    )
    rows = _problem_rows(upload)
    number = 0
    while True:
        number += 1
        name = _("校验问题") if number == 1 else _("校验问题 %(n)d") % {"n": number}
        if _sheet(book, name, headings, rows, (8, 18, 16, 12, 20, 60, 30)) < SHEET_ROWS:
            return


def _problem_rows(upload: WhitelistUpload) -> Iterator[Sequence[Any]]:
    """The problems as rows. There may be a million: no model instances, each sentence made once."""
    levels = {value: str(label) for value, label in ProblemLevel.choices}
    sentences: dict[tuple[str, str], str] = {}
    found = UploadProblem.objects.filter(upload=upload).values_list(
        "row_no", "customer_no", "column", "level", "code", "params", "shown"
    )
    for row_no, customer_no, column, level, code, params, shown in found.iterator(chunk_size=5000):
        key = (code, repr(params))
        if key not in sentences:
            if len(sentences) > SENTENCES_KEPT:
                sentences.clear()
            sentences[key] = sentence(code, params)
        yield row_no, customer_no, column, levels[level], code, sentences[key], shown


def _sheet(
    book: xlsxwriter.Workbook,
    name: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    widths: Sequence[int],
) -> int:
    """Write one sheet with a frozen heading; how many rows it took, SHEET_ROWS at most."""
    sheet = book.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True, "bg_color": "#E6F0EB"})
    sheet.write_row(0, 0, headings, bold)
    written = 0
    for row in rows:
        written += 1
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(written, column, safe_cell(cell))
            else:
                sheet.write_number(written, column, cell)
        if written == SHEET_ROWS:
            break
    return written
