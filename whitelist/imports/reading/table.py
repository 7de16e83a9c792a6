"""What both kinds of file share: which lines are rows, and which are not."""

from collections.abc import Iterable, Sequence

MAX_CELL = 32_767  # the most a spreadsheet cell can hold
MAX_COLUMNS = 300  # columns looked at for headings
PEEK_ROWS = 30  # a header is looked for in the first so many rows
BATCH_ROWS = 500

_TOTALS = frozenset(
    label + end
    for label in (
        "合计",
        "总计",
        "小计",
        "共计",
        "汇总",
        "合 计",
        "总 计",
        "小 计",
        "合　计",
        "总　计",
    )
    for end in ("", ":", "：")
)
_NOTE_STARTS = (
    "制表",
    "审核",
    "复核",
    "注：",
    "注:",
    "说明",
    "备注",
    "打印",
    "以下空白",
    "第",
    "共",
)

# What a line of the file is. Only rows are checked; the rest is counted.
ROW, BLANK, TOTALS, NOTE, HEADER = "row", "blank", "totals", "notes", "headers"


def kind_of(cells: Sequence[str], headings: Sequence[str]) -> str:
    """Tell a row from blank lines, 合计 lines, foot notes and repeated headers."""
    filled = [cell for cell in cells if cell and not cell.isspace()]
    if not filled:
        return BLANK
    few = len(filled) * 2 <= len(headings)
    if few and not _TOTALS.isdisjoint(cell.strip() for cell in filled):
        return TOTALS
    if len(headings) > 2 and len(filled) <= 2 and filled[0].strip().startswith(_NOTE_STARTS):
        return NOTE
    if cells[0] == headings[0] and _same(cells, headings):
        return HEADER
    return ROW


def _same(cells: Iterable[str], headings: Iterable[str]) -> bool:
    return [c.strip() for c in cells if c] == [h.strip() for h in headings if h]
