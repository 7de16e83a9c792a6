"""Staff from a CSV file."""

from branches.imports.command import ImportCommand
from branches.imports.people import import_staff


class Command(ImportCommand):
    help = "工号,姓名,角色,机构号[,工作电话]"
    run = staticmethod(import_staff)
