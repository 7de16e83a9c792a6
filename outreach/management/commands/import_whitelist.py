"""A list file from the command line: the same actions and the same worker code as on screen."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from branches.models import Branch, Role, Staff
from jobs.queue import finish_here
from outreach.actions.list_decisions import DecisionRefused, approve_list, submit_list
from whitelist.actions.uploads import receive
from whitelist.imports.reading.problems import FileProblem
from whitelist.imports.sentences import file_sentence, sentence
from whitelist.models import Mode, Programme, UploadState, WhitelistUpload

NUMBERS = (
    "rows",
    "accepted",
    "rejected",
    "warned",
    "new",
    "kept",
    "amount_changed",
    "details_changed",
    "withdrawn",
)
UNREADABLE = 2


class Command(BaseCommand):
    help = (
        "Check a list file and print the report; with --commit, put it in force. "
        "Exit 0: the file could be read. 2: it could not. A --commit that is held back "
        "for confirmation also exits 0, with a sentence on stderr and `committed` false. "
        "--commit submits and approves as the system, without a second person: "
        "who may run commands on the server answers for it, and the audit log says so."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--programme", required=True, metavar="CODE")
        parser.add_argument("--scope", required=True, metavar="BRANCH", help="branch code")
        parser.add_argument("--mode", choices=Mode.values, default=Mode.FULL.value)
        parser.add_argument("--commit", action="store_true", help="put the list in force")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--by", metavar="STAFFNO", help="who hands the file in")
        parser.add_argument("--approval-no", default="CLI")
        parser.add_argument("--model-version", default="CLI")
        parser.add_argument(
            "--confirm",
            action="append",
            default=[],
            choices=["withdrawals", "unmatched"],
            help="confirm what the check asks about; may be given twice",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        upload = self._checked(options)
        committed, held_back = False, ""
        if options["commit"]:
            try:
                committed = self._commit(upload, options)
            except DecisionRefused as refusal:
                held_back = str(refusal)
            upload.refresh_from_db()
            if not committed and not held_back:
                held_back = upload.failure or "名单没有生效，请看后台任务的错误。"
        self._report(upload, committed=committed, as_json=options["json"])
        if held_back:
            self.stderr.write(f"未生效：{held_back}（需要确认时用 --confirm）")

    def _checked(self, options: dict[str, Any]) -> WhitelistUpload:
        """Received and checked; ends the command when the file cannot be used."""
        programme = Programme.objects.filter(code=options["programme"]).first()
        scope = Branch.objects.filter(code=options["scope"]).first()
        if programme is None:
            self._stop(f"没有代码为 {options['programme']} 的名单项目。")
        if scope is None:
            self._stop(f"没有机构号为 {options['scope']} 的机构。")
        try:
            with options["file"].open("rb") as file:
                upload = receive(
                    file=file,
                    programme=programme,
                    scope=scope,
                    mode=options["mode"],
                    by=self._who(options["by"]),
                    file_name=options["file"].name,
                )
        except OSError as error:
            self._stop(f"打不开文件：{error.strerror}。")
        except FileProblem as problem:
            self._stop(file_sentence(problem.code, problem.params))
        finish_here(upload.job)
        upload = WhitelistUpload.objects.unscoped("our own upload").get(pk=upload.pk)
        if upload.state == UploadState.MAPPING:
            self._stop("列名对应不明确，请先在“名单文件”页面确认一次，之后会记住。")
        if upload.state != UploadState.CHECKED:
            reason = upload.failure or (upload.job.error if upload.job else "")
            self._stop(reason or f"文件状态为“{upload.get_state_display()}”。")
        return upload

    def _commit(self, upload: WhitelistUpload, options: dict[str, Any]) -> bool:
        submit_list(
            upload=upload,
            by=upload.uploaded_by,
            approval_no=options["approval_no"],
            model_version=options["model_version"],
            confirm_withdrawals="withdrawals" in options["confirm"],
            confirm_unmatched="unmatched" in options["confirm"],
        )
        approve_list(upload=upload, by=None)
        finish_here(upload.job)
        upload.refresh_from_db()
        return upload.state == UploadState.IN_FORCE

    def _report(self, upload: WhitelistUpload, *, committed: bool, as_json: bool) -> None:
        numbers = {name: upload.totals.get(name, 0) for name in NUMBERS}
        problems = (
            {
                "row": problem.row_no,
                "column": problem.column,
                "code": problem.code,
                "message": sentence(problem.code, problem.params),
            }
            for problem in upload.problems.iterator()
        )
        if as_json:
            whole = {
                **numbers,
                "committed": committed,
                "needs": upload.diff.get("needs", []),
                "problems": list(problems),
            }
            self.stdout.write(json.dumps(whole, ensure_ascii=False))
            return
        for name, number in numbers.items():
            self.stdout.write(f"{name:16} {number:>10}")
        for problem in problems:
            self.stdout.write(
                f"{problem['row']}\t{problem['column']}\t{problem['code']}\t{problem['message']}"
            )
        if committed:
            self.stdout.write("已生效")

    def _who(self, username: str | None) -> Staff:
        if username is None:
            return system_staff()
        staff = Staff.objects.filter(username=username, is_active=True).first()
        if staff is None:
            self._stop(f"没有工号为 {username} 的在岗员工。")
        return staff

    def _stop(self, said: str) -> NoReturn:
        raise CommandError(said, returncode=UNREADABLE)

    def execute(self, *args: Any, **options: Any) -> Any:
        """The same, but a refusal is one plain sentence on stderr, also when called from code."""
        if getattr(self, "_called_from_command_line", False):
            try:
                return super().execute(*args, **options)
            except CommandError as error:
                self.stderr.write(str(error), self.style.ERROR)
                sys.exit(error.returncode)
        return super().execute(*args, **options)


def system_staff() -> Staff:
    """The system itself as a member of staff at the root of the tree; cannot log in."""
    root = Branch.objects.filter(parent=None).order_by("number").first()
    if root is None:
        raise CommandError("还没有机构，请先导入机构。", returncode=UNREADABLE)
    staff, is_new = Staff.objects.get_or_create(
        username="system", defaults={"name": "系统", "role": Role.SYSTEM, "branch": root}
    )
    if is_new:
        staff.set_unusable_password()
        staff.save()
    return staff
