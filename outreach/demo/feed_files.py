"""Files of headquarters to try the import with: as ugly as lists arrive."""

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter
from django.utils import timezone

from branches.models import Branch
from outreach.models import Lead
from outreach.stages import Stage
from whitelist.models import Offer

CONTACT_HEADINGS = ("流水号", "客户号", "触达渠道", "触达时间", "触达结果", "意向等级", "备注")
RESULT_HEADINGS = ("客户号", "产品", "业务结果", "业务日期", "金额（万元）", "申请渠道", "拒绝原因")
HEARD = (
    ("已接通本人", "A"),
    ("已接通本人", "B"),
    ("已接通本人", "C"),
    ("无人接听", ""),
    ("拒接", ""),
)
Cells = list[object]


def write_contacts(path: Path, chance: random.Random) -> Path:
    """智能外呼 of yesterday in GB18030: times in every form, one row twice, five that cannot go in."""
    leads = _workable(chance, 60)
    day = timezone.localdate() - timedelta(days=1)
    rows = [_call(serial, lead, day.isoformat(), chance) for serial, lead in enumerate(leads, 1)]
    rows[2][3] = f"{day:%Y年%m月%d日}9时05分"
    rows[3][3] = f"{day:%Y%m%d}103000"
    rows[4][3] = f"{day:%Y/%m/%d} 15:20:08"
    rows[7][3] = "昨天下午"
    rows[9][4] = "待回访"
    rows[11][2] = "传真"
    rows[13][1] = "370799999999"  # on no list
    rows[15][3] = f"{day + timedelta(days=30)} 09:30"
    rows[17][4], rows[17][5] = "拒绝营销", ""
    rows.insert(20, list(rows[5]))
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(CONTACT_HEADINGS)
        writer.writerows(rows)
    return path


def _call(serial: int, lead: Lead, day: str, chance: random.Random) -> Cells:
    result, intention = chance.choice(HEARD)
    at = f"{day} {chance.randrange(9, 18):02d}:{chance.randrange(60):02d}"
    return [f"ZN{serial:06d}", lead.customer.customer_no, "智能外呼", at, result, intention, ""]


def write_results(path: Path, chance: random.Random) -> Path:
    """Results as a report: title row, 万元, spreadsheet dates; two rows that cannot go in."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("业务结果")
    as_day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.merge_range(0, 0, 0, len(RESULT_HEADINGS) - 1, "信贷业务结果周报（内部资料）")
    sheet.write_row(1, 0, RESULT_HEADINGS)
    rows = [row for lead in _workable(chance, 30) for row in _way(lead, chance)]
    rows[1][1] = "不存在的产品"
    rows[4][4] = "三十万左右"
    for place, row in enumerate(chance.sample(rows, len(rows)), 2):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(place, column, cell, as_day)
            else:
                sheet.write(place, column, cell)
    sheet.write(len(rows) + 3, 0, "合计")
    book.close()
    return path


def _way(lead: Lead, chance: random.Random) -> list[Cells]:
    """申请, then 授信 or 拒绝, for the customer's first offer."""
    offer = Offer.objects.unscoped("writing demo files").filter(customer=lead.customer_id).first()
    day = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    first = day - timedelta(days=chance.randrange(2, 6))
    head = [lead.customer.customer_no, offer.product.name if offer else ""]
    rows: list[Cells] = [[*head, "申请", first, "", "手机银行", ""]]
    answered = first + timedelta(days=1)
    if chance.random() < 0.7:
        amount = (offer.amount if offer else 0) / 10_000
        rows.append([*head, "授信", answered, amount, "手机银行", ""])
    else:
        rows.append([*head, "拒绝", answered, 0, "手机银行", "收入证明不足"])
    return rows


def _workable(chance: random.Random, how_many: int) -> list[Lead]:
    """Customers nobody has an application of; the demo's manager's among them."""
    branch = Branch.objects.get(code="13707")
    leads = (
        Lead.objects.unscoped("writing demo files").workable().in_branch(branch)
        .filter(stage__in=(Stage.TO_CONTACT, Stage.CONTACTED)).select_related("customer")
    )  # fmt: skip
    shown = list(leads.filter(holder__username="manager").order_by("pk")[: how_many // 3])
    others = list(leads.exclude(holder__username="manager").order_by("pk")[:2_000])
    found = shown + chance.sample(others, min(how_many - len(shown), len(others)))
    return chance.sample(found, len(found))
