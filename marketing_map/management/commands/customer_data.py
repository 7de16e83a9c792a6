"""A customer's request for access or deletion, answered by one command."""

import json
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from branches.models import Staff
from marketing_map.audit_words import action_in_words
from outreach.actions.erase_customer import EraseRefused, erase_customer
from outreach.record.access import everything_about
from trust import audit
from trust.cipher import keyed_indexes
from trust.masking import tells_a_number
from trust.private_file import new_private_file
from whitelist.imports.values.identity import ID_CARD, id_number
from whitelist.imports.values.text import Invalid
from whitelist.models import Customer

STAYS = """保留的内容：
- 客户号（或证件号码的加密索引）和删除时间：作为标记，以后的名单、渠道不会再把资料带回来；
- 额度、阶段、触达结果、业务结果等编码和次数，以及谁在什么时候做了什么的审计记录：都不含姓名、电话、证件、地址和文字；
- 已封存的原始名单文件：{days} 天内自动删除（UPLOAD_KEEP_DAYS）；
- 数据库备份：按备份的保存期限到期删除。恢复备份后请重新执行本命令。"""


class Command(BaseCommand):
    help = (
        "--access FILE writes everything held about a customer as readable JSON, decrypted, to a "
        "new file that only its owner may read. --delete erases what is personal and closes the "
        "customer for every list and channel; it cannot be undone. Both are audited."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("customer_no", metavar="客户号", nargs="?", default="")
        parser.add_argument(
            "--by-id-number",
            action="store_true",
            help="for a customer without 客户号: asks for the ID number, which is not shown",
        )
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--access", type=Path, metavar="FILE", help="must not exist yet")
        what.add_argument("--delete", action="store_true")
        parser.add_argument("--reason", default="", help="the request a deletion answers")
        parser.add_argument("--yes", action="store_true", help="do not ask again")
        parser.add_argument("--by", metavar="STAFFNO", help="who answers the request")

    def handle(self, *args: Any, access: Path | None, delete: bool, **options: Any) -> None:
        by = _staff(options["by"])
        customer = _found(options["customer_no"], options["by_id_number"])
        if access:
            self._write(customer, access, by)
        else:
            self._delete(customer, by, options["reason"].strip(), options["yes"])

    def _write(self, customer: Customer, path: Path, by: Staff | None) -> None:
        told = everything_about(customer, in_words=action_in_words)
        try:
            file = new_private_file(path)
        except OSError as error:
            raise CommandError(f"不能写入 {path}：{error.strerror}。") from None
        audit.record("customer.access", by=by, target=f"customer:{customer.pk}")
        with file:
            json.dump(told, file, ensure_ascii=False, indent=1)
            file.write("\n")
        self.stdout.write(f"已写入 {path}（只有本机当前用户可读）。交给客户本人后请删除。")

    def _delete(self, customer: Customer, by: Staff | None, reason: str, is_sure: bool) -> None:
        if not reason or len(reason) > 120 or tells_a_number(reason):
            raise CommandError("请用 --reason 写明依据（120 字以内，不写电话和证件号码）。")
        if not is_sure:
            expected = customer.customer_no or "删除"
            if input(f"删除后不能恢复。请再输入一次“{expected}”确认：").strip() != expected:
                raise CommandError("没有确认，什么都没有删除。")
        try:
            counts = erase_customer(customer=customer, by=by, reason=reason)
        except EraseRefused as refusal:
            raise CommandError(str(refusal)) from None
        for model, count in counts.items():
            if count:
                self.stdout.write(f"已清除 {model}：{count} 条")
        self.stdout.write(STAYS.format(days=settings.UPLOAD_KEEP_DAYS))


def _found(number: str, by_id_number: bool) -> Customer:
    rows = Customer.objects.unscoped("who runs commands on the server answers for it")
    if by_id_number:
        try:
            card = id_number(getpass("证件号码（不显示）："), ID_CARD)
        except Invalid:
            raise CommandError("证件号码不对，请核对。") from None
        found = list(rows.filter(id_index__in=keyed_indexes("id", card), customer_no=None))
    else:
        found = list(rows.filter(customer_no=number)) if number else []
    if not found:
        raise CommandError("没有找到这位客户。")
    return found[0]


def _staff(number: str | None) -> Staff | None:
    if not number:
        return None
    staff = Staff.objects.filter(username=number, is_active=True).first()
    if staff is None:
        raise CommandError(f"没有工号 {number}。")
    return staff
