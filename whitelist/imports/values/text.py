"""Cleaning the text of a cell."""

import re

_INVISIBLE = dict.fromkeys([*range(0x20), 0x7F, 0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060], None) | {
    9: " ", 10: " ", 13: " ", 0xA0: " ", 0x3000: " ",
}  # fmt: skip
_HALF_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)}
_EMPTY = frozenset({"null", "none", "nan", "nil", "\\n", "-", "--", "—", "——", "/", "无", "n/a"})
_CELL_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#GETTING_DATA"}
)
_AS_TEXT = re.compile(r'^="?(.*?)"?$')


class Invalid(Exception):
    """A cell cannot be used: a code, and what its sentence needs (nothing personal)."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def clean(cell: str) -> str:
    """Without surrounding blanks, invisible characters and spreadsheet tricks; empty words empty.

    Raises:
        Invalid: ``cell_error``, a formula's error such as #N/A.
    """
    # What is not printable includes every blank but the plain one, and the invisible characters.
    text = (cell if cell.isprintable() else cell.translate(_INVISIBLE)).strip()
    if not text:
        return ""
    if text[0] in "'=#`":
        if text.upper() in _CELL_ERRORS:
            raise Invalid("cell_error")
        if text[0] == "=":
            match = _AS_TEXT.match(text)
            text = match[1].strip() if match else text
        else:
            text = text.lstrip("'`").strip()
    return "" if len(text) <= 4 and text.lower() in _EMPTY else text


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as ASCII."""
    return text if text.isascii() else text.translate(_HALF_WIDTH)


def compact(text: str) -> str:
    """Half-width and without any blanks: for numbers and codes."""
    if not text.isascii():
        text = text.translate(_HALF_WIDTH)
    return "".join(text.split()) if " " in text or not text.isprintable() else text


_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?E\+?\d{1,2}$", re.IGNORECASE)
_TRAILING_ZERO = re.compile(r"^(\d+)\.0+$")


def is_scientific(text: str) -> bool:
    """``4.11E+17``: a spreadsheet showed a long number and its last digits are gone."""
    return bool(_SCIENTIFIC.match(text))


def code(cell: str) -> str:
    """A code or number that identifies: compact, without a decimal's ``.0``.

    Raises:
        Invalid: ``digits_lost`` for 4.11E+17.
    """
    if cell.isdigit() and cell.isascii():
        return cell
    text = compact(cell)
    if "." in text:
        if is_scientific(text):
            raise Invalid("digits_lost")
        match = _TRAILING_ZERO.match(text)
        text = match[1] if match else text
    elif is_scientific(text):
        raise Invalid("digits_lost")
    return text
