"""What `import_contacts`, `import_results` and `import_refusals` have in common as commands."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from branches.models import Branch, Staff
from jobs.queue import finish_here
from outreach.actions.feeds import receive_feed
from outreach.feeds.applying import TOTALS
from outreach.feeds.sentences import file_sentence, sentence
from outreach.models import Feed, FeedState
from whitelist.imports.reading.problems import FileProblem

UNREADABLE = 2


class FeedCommand(BaseCommand):
    """Imports one file by the worker's own code and prints the numbers and each problem.

    Exit 0: every row went in or was known; 1: some rows could not be used, the
    rest went in; 2: the file could not be read (to its end). A killed command
    leaves the rest to the workers.
    """

    kind: str

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--branch", metavar="CODE", help="whose customers; the root of the tree when left out"
        )
        parser.add_argument("--by", metavar="STAFFNO", help="who hands the file in")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        feed = self._received(file, options["branch"], options["by"])
        finish_here(feed.job)
        feed = Feed.objects.unscoped("the command's own file").select_related("job").get(pk=feed.pk)
        self.stdout.write(_as_json(feed) if options["json"] else "\n".join(_as_lines(feed)))
        if feed.state != FeedState.DONE:
            self._stop(feed.failure or (feed.job.error if feed.job else ""))
        if feed.totals["unknown"] or feed.totals["rejected"]:
            raise CommandError("有问题的行见上；其余的已经导入。", returncode=1)

    def _received(self, file: Path, code: str | None, username: str | None) -> Feed:
        branches = Branch.objects.order_by("number")
        branch = branches.filter(code=code).first() if code else branches.first()
        if branch is None:
            self._stop(f"没有机构号为 {code} 的机构。" if code else "还没有机构，请先导入机构。")
        by = Staff.objects.filter(username=username, is_active=True).first() if username else None
        if username and by is None:
            self._stop(f"没有工号为 {username} 的在岗员工。")
        try:
            with file.open("rb") as opened:
                return receive_feed(
                    file=opened, kind=self.kind, branch=branch, by=by, file_name=file.name
                )
        except OSError as reason:
            self._stop(f"打不开文件：{reason.strerror}。")
        except FileProblem as problem:
            self._stop(file_sentence(problem.code, problem.params))

    def _stop(self, said: str) -> NoReturn:
        raise CommandError(said, returncode=UNREADABLE)


def _as_json(feed: Feed) -> str:
    numbers = {name: feed.totals.get(name, 0) for name in TOTALS}
    whole = {**numbers, "state": feed.state, "problems": list(_problems(feed))}
    return json.dumps(whole, ensure_ascii=False)


def _as_lines(feed: Feed) -> Iterator[str]:
    for name in TOTALS:
        yield f"{name:10} {feed.totals.get(name, 0):>10}"
    for each in _problems(feed):
        yield f"{each['row']}\t{each['column']}\t{each['code']}\t{each['shown']}\t{each['message']}"


def _problems(feed: Feed) -> Iterator[dict[str, Any]]:
    for problem in feed.problems.iterator():
        yield {
            "row": problem.row_no,
            "column": problem.column,
            "code": problem.code,
            "shown": problem.shown,
            "message": sentence(problem.code),
        }
