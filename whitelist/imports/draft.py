"""One row on its way through the checks."""

from typing import Any

from whitelist.imports.catalogue import BranchEntry
from whitelist.models import ProblemLevel

ERROR, WARNING = ProblemLevel.ERROR.value, ProblemLevel.WARNING.value


class Cells(dict[str, str]):
    """The filled cells by field; every other is empty."""

    __slots__ = ()

    def __missing__(self, field: str) -> str:
        return ""


class Draft:
    """One row while it is being checked: its cells, what they mean, what is wrong."""

    __slots__ = (
        "branch",
        "cells",
        "customer_no",
        "failed",
        "id_number",
        "id_type",
        "problems",
        "product",
        "row_no",
        "ruined",
    )

    def __init__(self, row_no: int) -> None:
        self.row_no = row_no
        self.cells = Cells()
        self.problems: list[tuple[str, str, str, dict[str, Any], str]] = []
        self.failed = False
        self.customer_no = self.id_number = self.id_type = ""
        self.branch: BranchEntry | None = None
        self.product: int | None = None
        self.ruined: set[str] = set()  # fields whose cell is a formula's error

    def get(self, field: str) -> str:
        return self.cells[field]

    def error(self, code: str, field: str, **params: Any) -> None:
        if field in self.ruined:
            return  # said already; that it is missing is only the echo
        self.problems.append((code, ERROR, field, params, self.cells.get(field, "")))
        self.failed = True

    def warn(self, code: str, field: str, **params: Any) -> None:
        if field in self.ruined:
            return
        self.problems.append((code, WARNING, field, params, self.cells.get(field, "")))
