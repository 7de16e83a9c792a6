"""A made-up bank over two provinces, and list files about people who do not exist.

Phones use a segment allocated to nobody, ID numbers an unassigned county code,
villages are invented: only the first two digits of their codes are a province's.
"""

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from branches.actions import renumber_branches
from branches.models import Branch, BranchLevel, Role, Staff
from whitelist.models import Place, PlaceLevel, PointSource, Product, Programme

HEADINGS = [
    "批次号", "名单类型", "客户号", "姓名", "证件类型", "证件号码", "手机号", "备用电话",
    "户籍地址", "居住地址", "经营地址", "区划代码", "管户机构号", "客户经理工号", "产品代码",
    "预授信额度", "生效日期", "失效日期", "客群", "收单标识", "响应评分", "免打扰标志",
]  # fmt: skip
PROVINCES = {"37": "山东省", "41": "河南省"}
CORNERS = {"37": (115.0, 34.5), "41": (110.5, 32.0)}
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "建国秀英志强桂兰海涛春梅文军玉珍振华淑芳"
WORDS = "东西南北前后大小上下新"
KINDS = ["庄", "家庄", "寨", "营", "楼", "店", "岗", "沟", "湾", "桥"]
SEGMENTS = ["种植", "养殖", "商户", "务工", "合作社"]
AMOUNTS = [30_000, 50_000, 80_000, 100_000, 150_000, 200_000, 300_000, 500_000]
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Person:
    number: int
    province: str
    name: str
    phone: str
    id_number: str
    address: str
    village_code: str
    outlet: str
    manager: str
    amount: int
    segment: str
    score: str


@dataclass(frozen=True)
class Village:
    code: str
    path: str
    outlet: str


def id_number(area: str, born: date, serial: int) -> str:
    """An ID number with its check digit (GB 11643)."""
    body = f"{area}{born:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def build_bank(prefectures: int = 4, counties: int = 5, outlets: int = 3) -> None:
    """Branches, managers, places and one programme, into an empty database."""
    head = Branch.objects.create(code="9", name="总行", level=BranchLevel.HEADQUARTERS)
    for province, name in PROVINCES.items():
        top = Branch.objects.create(
            code=province, name=f"{name[:2]}分行", level=BranchLevel.PROVINCE, parent=head,
            division_code=f"{province}0000000000",
        )  # fmt: skip
        place = _place(f"{province}0000000000", name, PlaceLevel.PROVINCE, None, CORNERS[province])
        for p in range(prefectures):
            _build_prefecture(province, p, top, place, counties, outlets)
    renumber_branches()
    product = Product.objects.create(code="JSD", name="极速贷", terms="随借随还")
    Programme.objects.create(code="SN", name="三农主动授信", owner=head).products.add(product)


def _build_prefecture(
    province: str, p: int, top: Branch, above: Place, counties: int, outlets: int
) -> None:
    code = f"{province}{90 + p}"
    branch = Branch.objects.create(
        code=code, name=f"{code}分行", level=BranchLevel.PREFECTURE, parent=top
    )
    lon, lat = CORNERS[province][0] + p, CORNERS[province][1]
    place = _place(f"{code}00000000", f"第{p + 1}市", PlaceLevel.PREFECTURE, above, (lon, lat))
    for c in range(counties):
        county_code = f"{code}{20 + c}"
        county = Branch.objects.create(
            code=county_code, name=f"{county_code}支行", level=BranchLevel.COUNTY, parent=branch
        )
        staff = []
        for o in range(outlets):
            outlet = Branch.objects.create(
                code=f"{county_code}{o:02d}", name=f"{county_code}{o:02d}网点",
                level=BranchLevel.OUTLET, parent=county,
            )  # fmt: skip
            staff += [
                Staff(username=f"{outlet.code}{m}", name="王经理", role=Role.MANAGER, branch=outlet)
                for m in range(3)
            ]
        Staff.objects.bulk_create(staff)
        _build_places(county_code, f"{p + 1}之{c + 1}县", place, (lon, lat + c * 0.3))


def _build_places(code: str, name: str, above: Place, corner: tuple[float, float]) -> None:
    rng = random.Random(code)
    county = _place(f"{code}000000", name, PlaceLevel.COUNTY, above, corner)
    for t in range(12):
        town_code = f"{code}{100 + t}"
        at = (corner[0] + t % 4 * 0.2, corner[1] + t // 4 * 0.08)
        town = _place(f"{town_code}000", f"{'甲乙丙丁戊己庚辛壬癸子丑'[t]}{'水山河川'[t % 4]}镇",
                      PlaceLevel.TOWNSHIP, county, at)  # fmt: skip
        names = [f"{w}{s}{k}村" for w in WORDS for s in SURNAMES for k in KINDS]
        Place.objects.bulk_create(
            Place(
                code=f"{town_code}{200 + v}", name=village, level=PlaceLevel.VILLAGE, parent=town,
                match_name=village[:-1], lon=at[0] + rng.random() * 0.15,
                lat=at[1] + rng.random() * 0.07, point_source=PointSource.INDICATIVE,
            )
            for v, village in enumerate(rng.sample(names, 30))
        )  # fmt: skip


def _place(
    code: str, name: str, level: str, parent: Place | None, point: tuple[float, float]
) -> Place:
    return Place.objects.create(
        code=code, name=name, level=level, parent=parent, match_name=name[:-1],
        lon=point[0], lat=point[1], point_source=PointSource.INDICATIVE,
    )  # fmt: skip


def villages_of(province: str) -> list[Village]:
    """Every village of the bank's province, with its address and the outlet beside it."""
    found = []
    places = Place.objects.villages().filter(code__startswith=province)
    for place in places.select_related("parent__parent__parent__parent").order_by("code"):
        town = place.parent
        path = "".join(
            [town.parent.parent.parent.name, town.parent.parent.name, town.parent.name, town.name]
        )
        outlet = f"{place.code[:6]}{int(place.code[6:9]) % 3:02d}"
        found.append(Village(place.code, path + place.name, outlet))
    return found


def people(province: str, count: int, *, first: int = 0) -> list[Person]:
    """Customers number `first` and following; the same number is the same person."""
    return list(stream_of_people(province, count, first=first))


def stream_of_people(province: str, count: int, *, first: int = 0) -> Iterator[Person]:
    """The same, one after the other: a million do not stand in memory."""
    villages = villages_of(province)
    for number in range(first, first + count):
        yield _person(province, number, villages)


def _person(province: str, number: int, villages: Sequence[Village]) -> Person:
    rng = random.Random(f"{province}:{number}")
    village = rng.choice(villages)
    # Serial and birthday together are unique for every number.
    born = date(1960, 1, 1) + timedelta(days=number // 999)
    return Person(
        number=number,
        province=province,
        name=rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=2)),
        phone=f"16{province[-1]}{number:08d}" if province == "41" else f"169{number:08d}",
        id_number=id_number(f"{province}9901", born, number % 999 + 1),
        address=f"{village.path}{rng.randint(1, 12)}组{rng.randint(1, 99)}号",
        village_code=village.code,
        outlet=village.outlet,
        manager=village.outlet + str(rng.randint(0, 2)) if rng.random() < 0.6 else "",
        amount=rng.choice(AMOUNTS),
        segment=rng.choice(SEGMENTS),
        score=f"0.{rng.randint(1000, 9999)}",
    )


def raised(person: Person) -> Person:
    """The same person with another amount."""
    return replace(person, amount=person.amount + 10_000)


def rows_of(
    listed: Iterable[Person], *, month: int, broken: frozenset[int] = frozenset()
) -> Iterator[list[str]]:
    """The file's rows. `broken`: numbers of people whose row has lost its amount."""
    begins = date(2026, month, 1)
    ends = begins + timedelta(days=364)
    for person in listed:
        amount = "待定" if person.number in broken else str(person.amount)
        yield [
            f"2026{month:02d}", "新增", f"{person.province}{person.number:010d}", person.name,
            "身份证", person.id_number, person.phone, "", person.address, person.address, "",
            person.village_code, person.outlet, person.manager, "JSD", amount,
            begins.isoformat(), ends.strftime("%Y%m%d"), person.segment, "否", person.score, "否",
        ]  # fmt: skip


def write_csv(path: Path, rows: Iterator[list[str]]) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(rows)


def write_xlsx(path: Path, rows: Iterator[list[str]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        sheet.write_row(0, 0, HEADINGS)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row)
