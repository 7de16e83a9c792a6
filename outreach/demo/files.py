"""Whitelist files to try the upload with: ugly as they really arrive, and one clean next month."""

import csv
import random
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import xlsxwriter
from django.utils import timezone

from branches.models import Branch, Staff
from outreach.demo.feed_files import write_contacts, write_results
from outreach.demo.identities import full_name, id_number, phone_number
from whitelist.models import Offer, Place, Programme

HEADINGS = (
    *("客户号", "姓名", "证件类型", "证件号码", "手机号", "居住地址", "区划代码", "管户机构号"),
    *(
        "客户经理工号",
        "产品代码",
        "预授信额度(元)",
        "生效日期",
        "失效日期",
        "客群",
        "收单标识",
        "响应评分",
    ),
)
NEW_PERCENT, WITHDRAWN_PERCENT, CHANGED_PERCENT = 10, 10, 5
FIRST_SERIAL = 5_000_000  # far from the seeded customers' numbers
Cells = list[object]


def write_demo_files(folder: Path, *, seed: int = 1) -> list[tuple[Path, str]]:
    """Write the files; answers each with the sentence that says what to do with it."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    prefecture = Branch.objects.get(code="13707")
    told = [
        (
            _next_month(folder / "潍坊三农白名单_次月.csv", prefecture, chance),
            "潍坊分行 · 全量：次月名单，约 10% 新增、10% 移出、5% 额度变更",
        ),
        (
            _ugly_csv(folder / "寿光大棚户_GB18030.csv", chance),
            "寿光支行 · 增量：GB18030，证件号被截成科学计数，重复行，全角数字，各式日期",
        ),
        (
            _ugly_xlsx(folder / "青州商户_有标题行和合计.xlsx", chance),
            "青州支行 · 增量：标题行、合并单元格、万元、合计行、多张工作表",
        ),
    ]
    scan = folder / "昌乐名单_其实是扫描件.xlsx"
    scan.write_bytes(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    return [
        *told,
        (scan, "任意机构：不是电子表格，应当被一句话拒绝"),
        (
            write_contacts(folder / "总行智能外呼_昨日.csv", chance),
            "总行数据 · 总行触达：GB18030，各式时间，一行重复，五行不能用",
        ),
        (
            write_results(folder / "信贷业务结果_本周.xlsx", chance),
            "总行数据 · 业务结果：标题行、万元、日期格式的单元格，两行不能用",
        ),
    ]


def new_row(outlet: Branch, serial: int, chance: random.Random) -> Cells:
    """A customer nobody has listed yet, in a village of the outlet's township."""
    name, is_woman = full_name(chance)
    villages = Place.objects.villages().filter(code__startswith=outlet.division_code[:9])
    village = chance.choice(list(villages.select_related("parent__parent")))
    town = village.parent
    county = town.parent if town else None
    today = timezone.localdate()
    return [
        *(f"3707{serial:08d}", name, "身份证", id_number(chance, serial, is_woman)),
        phone_number(serial),
        f"山东省潍坊市{county}{town}{village}{chance.randrange(1, 9)}组",
        *(village.code, outlet.code, "", "HND"),
        chance.choice((50_000, 80_000, 100_000, 200_000, 300_000)),
        *(today.isoformat(), (today + timedelta(days=180)).isoformat()),
        *("蔬菜种植", "否", f"{chance.betavariate(2, 3):.4f}"),
    ]


def _next_month(path: Path, scope: Branch, chance: random.Random) -> Path:
    """The list in force with some gone, some new, some amounts changed; nothing else differs."""
    programme = Programme.objects.get(code="SN2026")
    offers = list(
        Offer.objects.unscoped("the demo's own list, written out again")
        .in_force()
        .filter(programme=programme, branch__number__range=scope.number_range)
        .select_related("customer", "branch", "product", "row__manager")
        .order_by("pk")
    )
    stay = chance.sample(offers, len(offers) - len(offers) * WITHDRAWN_PERCENT // 100)
    changed = set(range(len(offers) * CHANGED_PERCENT // 100))
    rows = [_row_of(offer, 20_000 * (place in changed)) for place, offer in enumerate(stay)]
    outlets = list(Branch.objects.within(scope).outlets())
    for serial in range(len(offers) * NEW_PERCENT // 100):
        rows.append(new_row(chance.choice(outlets), FIRST_SERIAL + serial, chance))
    chance.shuffle(rows)
    return _write_csv(path, rows, "utf-8-sig", ",")


def _row_of(offer: Offer, more: int) -> Cells:
    customer = offer.customer
    said = offer.row or customer  # headquarters does not know what the field corrected
    manager: Staff | None = offer.row.manager if offer.row else None
    ends = max(offer.valid_to, timezone.localdate() + timedelta(days=90))
    return [
        *(customer.customer_no, customer.name, customer.id_type, customer.id_number),
        *(said.phone, said.home_address, customer.division_code, offer.branch.code),
        *(manager.username if manager else "", offer.product.code, offer.amount + more),
        *(offer.valid_from.isoformat(), ends.isoformat(), offer.segment),
        *("是" if offer.row and offer.row.is_merchant else "否", offer.score),
    ]


def _write_csv(path: Path, rows: Iterable[Cells], encoding: str, delimiter: str) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(HEADINGS)
        writer.writerows(rows)
    return path


def _ugly_csv(path: Path, chance: random.Random) -> Path:
    outlets = list(Branch.objects.outlets().filter(parent__code="370783"))
    first = FIRST_SERIAL + 500_000
    rows = [new_row(chance.choice(outlets), first + serial, chance) for serial in range(200)]
    at = {heading: place for place, heading in enumerate(HEADINGS)}
    rows[3][at["姓名"]] = "龚䶮"  # needs GB18030
    rows[5][at["客户号"]], rows[5][at["证件号码"]] = "", "3.7991E+17"  # spoilt by a spreadsheet
    rows[8][at["手机号"]] = "１６９" + str(rows[8][at["手机号"]])[3:]  # full-width digits
    rows[11][at["预授信额度(元)"]] = "五万左右"
    rows[14][at["失效日期"]] = f"{timezone.localdate().year + 1}年6月30日"
    rows[15][at["失效日期"]] = f"{timezone.localdate().year + 1}.06.30"
    rows[16][at["失效日期"]] = f"{timezone.localdate().year + 1}0630"
    rows[20][at["管户机构号"]] = "37078399"  # no such branch
    rows[23][at["手机号"]] = rows[24][at["手机号"]] = rows[25][at["手机号"]]  # a family's phone
    right = str(rows[30][at["证件号码"]])
    rows[30][at["证件号码"]] = right[:17] + ("1" if right[17] != "1" else "2")  # check digit
    rows[33][at["姓名"]] = ""
    rows[36][at["手机号"]] = ""
    rows[40][at["居住地址"]] = rows[40][at["区划代码"]] = ""
    rows.insert(60, list(rows[50]))  # the same customer twice
    return _write_csv(path, rows, "gb18030", "\t")


def _ugly_xlsx(path: Path, chance: random.Random) -> Path:
    """A report more than a table: title, merged cells, 万元, a total, a second sheet."""
    outlets = list(Branch.objects.outlets().filter(parent__code="370781"))
    first = FIRST_SERIAL + 600_000
    rows = [new_row(chance.choice(outlets), first + serial, chance) for serial in range(80)]
    amount = HEADINGS.index("预授信额度(元)")
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("名单")
    last = len(HEADINGS) - 1
    sheet.merge_range(0, 0, 0, last, "青州支行三农主动授信白名单（内部资料）")
    sheet.merge_range(1, 0, 1, last, f"导出日期：{timezone.localdate():%Y年%m月%d日}")
    sheet.write_row(2, 0, [name.replace("(元)", "（万元）") for name in HEADINGS])
    for place, row in enumerate(rows, 3):
        sheet.write_row(place, 0, _in_wan(row, amount))
    sheet.write(len(rows) + 4, 0, "合计")
    sheet.write(len(rows) + 4, amount, sum(_wan(row[amount]) for row in rows))
    book.add_worksheet("填表说明").write(0, 0, "本表由系统导出，请勿修改。")
    book.close()
    return path


def _in_wan(row: Sequence[object], amount: int) -> Cells:
    return [_wan(cell) if place == amount else cell for place, cell in enumerate(row)]


def _wan(amount: object) -> float:
    return int(str(amount)) / 10_000
