"""Who the demo's customers are, where they live and who looks after them."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from branches.models import Branch, Staff
from outreach.demo.identities import full_name, id_number, phone_number
from outreach.demo.organisation import Organisation
from outreach.demo.places import kilometres, moved, plain_name
from whitelist.models import OutletPlace, Place, PlaceLevel, Precision, Product

CUSTOMERS_A_VILLAGE = 9
SHOWN_MANAGER_VILLAGES = 14
SHOWN_MANAGER_CUSTOMERS = 180
POOL_SHARE = 0.3  # of villages, nobody's yet
SEGMENTS = (
    # segment, share, product, amounts in 万元, what they do
    (
        "蔬菜种植",
        0.38,
        "HND",
        (5, 8, 10, 15, 20, 30, 50),
        ("大棚黄瓜", "大棚西红柿", "彩椒", "大葱"),
    ),
    ("粮食种植", 0.14, "HND", (3, 5, 8, 10, 15), ("小麦玉米", "流转土地种粮")),
    ("畜禽养殖", 0.14, "HND", (10, 15, 20, 30, 50, 80), ("肉鸭", "生猪", "蛋鸡")),
    ("收单商户", 0.18, "SHD", (2, 3, 5, 8, 10, 20), ("农资店", "小超市", "饭店", "五金店")),
    ("农机服务", 0.06, "JSD", (10, 20, 30), ("农机合作社", "收割服务")),
    ("代发客户", 0.10, "JSD", (3, 5, 8, 10, 20, 50), ("在厂里上班", "教师")),
)
PRECISIONS = (
    (Precision.VILLAGE, 0.60),
    (Precision.HAMLET, 0.09),
    (Precision.HOUSE, 0.13),
    (Precision.ON_SITE, 0.05),
    (Precision.TOWNSHIP, 0.09),
    (Precision.COUNTY, 0.02),
    (Precision.UNLOCATED, 0.02),
)
WHY_UNLOCATED = (
    "地址为空",
    "地址只写到市",
    "没有这个村名，同县也没有相近的",
    "同名村有 3 个，地址没有乡镇",
)


@dataclass
class Person:
    """One customer to be: the person, the place, the outlet and manager, the offer."""

    serial: int
    name: str
    phone: str
    id_number: str
    address: str
    division_code: str
    outlet: Branch
    holder: Staff | None
    village: Place | None
    place: Place | None
    point: tuple[float, float] | None
    precision: Precision
    note: str
    segment: str
    business: str
    product: Product
    amount: int
    score: float

    @property
    def customer_no(self) -> str:
        return f"3707{self.serial:08d}"


def invent(
    org: Organisation, how_many: int, chance: random.Random, first_serial: int = 1
) -> list[Person]:
    """As many customers, in villages around the outlets."""
    serials = count(first_serial)
    each = [how_many // len(org.outlets)] * len(org.outlets)
    each[-1] += how_many - sum(each)
    people: list[Person] = []
    for outlet, share in zip(org.outlets, each, strict=True):
        homes = _homes(org, outlet, share, chance)
        people += [_person(org, outlet, *home, next(serials), chance) for home in homes]
    return people


def _homes(
    org: Organisation, outlet: Branch, how_many: int, chance: random.Random
) -> Iterator[tuple[Place, Staff | None]]:
    """Village and holder of each customer of an outlet."""
    here = (outlet.lon or 0.0, outlet.lat or 0.0)
    prefixes = OutletPlace.objects.filter(outlet=outlet).values_list("place_code", flat=True)
    villages = [
        place
        for place in Place.objects.located().filter(level=PlaceLevel.VILLAGE)
        if place.code[:9] in set(prefixes)
    ]
    villages.sort(key=lambda place: kilometres(here, (place.lon or 0, place.lat or 0)))
    managers = list(org.managers[outlet.pk])
    if managers[0].username == "manager":
        shown = managers.pop(0)
        own, villages = villages[:SHOWN_MANAGER_VILLAGES], villages[SHOWN_MANAGER_VILLAGES:]
        for _ in range(min(SHOWN_MANAGER_CUSTOMERS, how_many // 3)):
            how_many -= 1
            yield own[min(int(chance.triangular(0, len(own), 2)), len(own) - 1)], shown
    villages = villages[: max(1, how_many // CUSTOMERS_A_VILLAGE)]
    holders = _territories(here, villages, managers, chance)
    weights = [chance.uniform(0.3, 1.7) for _ in villages]
    for village in chance.choices(villages, weights, k=how_many):
        holder = holders[village.pk]
        yield village, holder if chance.random() < 0.94 else None


def _territories(
    here: tuple[float, float], villages: list[Place], managers: list[Staff], chance: random.Random
) -> dict[int, Staff | None]:
    """The villages around an outlet, cut into one sector a manager; some are nobody's."""
    around = sorted(
        villages,
        key=lambda place: math.atan2((place.lat or 0) - here[1], (place.lon or 0) - here[0]),
    )
    return {
        place.pk: managers[i * len(managers) // len(around)]
        if chance.random() > POOL_SHARE
        else None
        for i, place in enumerate(around)
    }


def _person(
    org: Organisation,
    outlet: Branch,
    village: Place,
    holder: Staff | None,
    serial: int,
    chance: random.Random,
) -> Person:
    name, is_woman = full_name(chance)
    segment, _, product, amounts, trades = chance.choices(SEGMENTS, [each[1] for each in SEGMENTS])[
        0
    ]
    precision = chance.choices([p for p, _ in PRECISIONS], [share for _, share in PRECISIONS])[0]
    place, point, note = _position(village, precision, chance)
    return Person(
        serial=serial,
        name=name,
        phone=phone_number(serial),
        id_number=id_number(chance, serial, is_woman),
        address=_address(village, precision, note, chance),
        division_code=village.code if chance.random() < 0.8 else "",
        outlet=outlet,
        holder=holder,
        village=village if precision >= Precision.VILLAGE else None,
        place=place,
        point=point,
        precision=precision,
        note=note,
        segment=segment,
        business=chance.choice(trades),
        product=next(each for each in org.products if each.code == product),
        amount=chance.choice(amounts) * 10_000,
        score=round(chance.betavariate(2, 3), 4),
    )


def _position(
    village: Place, precision: Precision, chance: random.Random
) -> tuple[Place | None, tuple[float, float] | None, str]:
    """The place that matched, a point (lon, lat; WGS-84) of that precision, and what matched."""
    centre = (village.lon or 0.0, village.lat or 0.0)
    town = village.parent
    county = town.parent if town else None
    if precision == Precision.UNLOCATED:
        return None, None, chance.choice(WHY_UNLOCATED)
    if precision == Precision.COUNTY and county and county.lon:
        return county, (county.lon, county.lat or 0.0), "只认出区县"
    if precision <= Precision.TOWNSHIP and town and town.lon:
        return town, (town.lon, town.lat or 0.0), "村名没有对上，退到乡镇"
    if precision == Precision.HAMLET:
        side = int(village.code[-3:]) + chance.randrange(2) * 3
        return village, moved(centre, 380, side), "自然村（示意）"
    if precision >= Precision.HOUSE:
        metres, bearing = chance.uniform(20, 280), chance.uniform(0, 2 * math.pi)
        note = "门址（示意）" if precision == Precision.HOUSE else "现场校正"
        return village, moved(centre, metres, bearing), note
    return village, centre, "按村名对上"


def _address(village: Place, precision: Precision, note: str, chance: random.Random) -> str:
    """The address as a branch would have typed it."""
    if note == "地址为空":
        return ""
    if note == "地址只写到市":
        return "山东省潍坊市"
    town = village.parent
    county = town.parent if town else None
    start = f"山东省潍坊市{county.name if county else ''}"
    if chance.random() < 0.2:
        start = start.removeprefix("山东省").removeprefix("潍坊市")
    if precision == Precision.COUNTY:
        return start
    if note == WHY_UNLOCATED[3]:
        return f"{start}{chance.choice('刘王李张')}家庄"
    name = plain_name(village.name)
    if precision == Precision.TOWNSHIP or note == WHY_UNLOCATED[2]:
        name = f"{chance.choice('上下东西')}{chance.choice('塘岭坡河')}新屯"
    door = chance.choice(
        (
            f"{chance.randrange(1, 9)}组",
            f"{chance.randrange(1, 240)}号",
            "村东头",
            "卫生室北50米",
            "",
        )
    )
    return f"{start}{town.name if town else ''}{name}{door}"
