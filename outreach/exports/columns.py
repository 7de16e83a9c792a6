"""The columns a file may have. ID numbers and 客户号 are none of them, masked or not."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Column:
    """One column. `personal`: masked unless the request names it to be in clear."""

    key: str
    label: str | Promise
    width: int  # characters, of a spreadsheet's column
    personal: bool = False


COLUMNS = (
    Column("name", _("姓名"), 10, personal=True),
    Column("phone", _("手机号"), 14, personal=True),
    Column("phone2", _("备用电话"), 14, personal=True),
    Column("address", _("地址"), 44, personal=True),
    Column("township", _("乡镇"), 12),
    Column("village", _("行政村"), 12),
    Column("amount", _("预审批额度（元）"), 16),
    Column("valid_to", _("失效日期"), 12),
    Column("stage", _("阶段"), 10),
    Column("holder", _("持有人"), 10),
    Column("segment", _("客群"), 12),
    Column("product", _("产品"), 12),
    Column("branch", _("管户机构"), 18),
)
BY_KEY = {column.key: column for column in COLUMNS}
ALWAYS = ("name", "address")  # whom, and where; the address also says which copy it is
USUAL = (*ALWAYS, "phone", "village", "amount", "stage", "holder")
CLEARABLE = tuple(column.key for column in COLUMNS if column.personal)


def in_order(keys: Iterable[str]) -> list[str]:
    """These columns and those every file has, in the order of the file."""
    wanted = {*keys, *ALWAYS}
    return [column.key for column in COLUMNS if column.key in wanted]


def labels(keys: Iterable[str]) -> list[str]:
    return [str(BY_KEY[key].label) for key in keys]
