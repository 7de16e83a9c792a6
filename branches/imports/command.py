"""What `import_branches` and `import_staff` have in common as commands."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from branches.imports.table import Result, UnreadableFile


class ImportCommand(BaseCommand):
    """Reads one CSV file, prints what was done or each problem; exit 0, 1 or 2.

    0: done (or nothing to do); 1: problems, nothing changed; 2: not readable.
    """

    run: Callable[..., Result]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, file: Path, json: bool, **options: Any) -> None:
        try:
            result = type(self).run(data=file.read_bytes(), by=None)
        except OSError as reason:
            raise CommandError(f"{file}: {reason.strerror}", returncode=2) from None
        except UnreadableFile as reason:
            raise CommandError(str(reason), returncode=2) from None
        self.stdout.write(_as_json(result) if json else _as_text(result))
        if result.problems:
            raise CommandError("有问题的行见上；什么都没有改。", returncode=1)


def _as_json(result: Result) -> str:
    return json.dumps(result.as_dict(), ensure_ascii=False)


def _as_text(result: Result) -> str:
    lines = [f"第 {p.row} 行 {p.column}（{p.code}）：{p.message}" for p in result.problems]
    if not lines:
        lines = [f"新建 {result.created}，更新 {result.updated}，未变 {result.unchanged}。"]
    return "\n".join(lines)
