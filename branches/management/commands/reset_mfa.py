"""A lost second factor, when nobody is left who could reset it in the admin."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from branches.actions.second_factor import reset_second_factor
from branches.models import Staff


class Command(BaseCommand):
    help = "reset_mfa 工号: 重置手机验证器和通行密钥（最后一位管理员丢了手机时用），记入审计日志"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="工号")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        staff = Staff.objects.filter(username=username).first()
        if staff is None:
            raise CommandError(f"没有工号 {username}。")
        if not staff.has_second_factor:
            raise CommandError(f"{username} 没有启用第二道验证。")
        reset_second_factor(staff=staff, by=None)
        self.stdout.write(
            f"{username} 的第二道验证已重置，登录状态全部结束；下次用密码登录后重新设置。"
        )
