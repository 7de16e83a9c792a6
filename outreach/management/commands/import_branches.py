"""Branches from a CSV file. Here, not in `branches`: the leads must follow the tree."""

from branches.imports.command import ImportCommand
from outreach.actions.import_branches import import_branches


class Command(ImportCommand):
    help = "机构号,机构名称,层级,上级机构号[,经度,纬度,地址,电话] (points in WGS-84)"
    run = staticmethod(import_branches)
