"""Targets from a CSV file."""

from branches.imports.command import ImportCommand
from outreach.actions.import_targets import import_targets


class Command(ImportCommand):
    help = "机构号,工号(可空),指标,开始,结束,目标"
    run = staticmethod(import_targets)
