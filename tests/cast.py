"""The people, places and customers tests are about.

Phones use segments allocated to nobody, ID numbers an unassigned county code.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from branches.actions import renumber_branches
from branches.models import Branch, BranchLevel, Role, Staff
from outreach.models import AmountBand, Assignment, AssignmentOperation, Lead, OperationKind
from outreach.tilekey import key_of
from trust.cipher import keyed_index
from whitelist.models import (
    Customer,
    Location,
    LocationSource,
    Offer,
    Place,
    PlaceLevel,
    PointSource,
    Precision,
    Product,
    Programme,
)

_serial = count(1)
SHOUGUANG = (118.79, 36.86)


@dataclass
class Cast:
    """Everybody and everything of the small world of the tests."""

    hq: Branch
    province: Branch
    other_province: Branch
    county: Branch
    outlet: Branch
    sister_outlet: Branch
    far_outlet: Branch
    wang: Staff  # manager of the outlet
    li: Staff  # colleague there
    zhao: Staff  # supervisor of the county branch
    sun: Staff  # manager in another province
    qian: Staff  # list clerk, HQ
    feng: Staff  # reviewer, HQ
    zhou: Staff  # auditor, HQ
    system: Staff  # another system of the bank
    product: Product
    programme: Programme
    village: Place
    next_village: Place
    places: dict[str, Place] = field(default_factory=dict)


def make_branch(code: str, name: str, level: BranchLevel, parent: Branch | None) -> Branch:
    return Branch.objects.create(code=code, name=name, level=level, parent=parent)


def make_staff(username: str, name: str, role: Role, branch: Branch) -> Staff:
    return Staff.objects.create_user(username, password="pw", name=name, role=role, branch=branch)


def make_place(
    code: str, name: str, level: PlaceLevel, parent: Place | None, point: Any = None
) -> Place:
    lon, lat = point or (None, None)
    return Place.objects.create(
        code=code,
        name=name,
        level=level,
        parent=parent,
        match_name=name.removesuffix("村民委员会").removesuffix("村"),
        lon=lon,
        lat=lat,
        point_source=PointSource.INDICATIVE if point else PointSource.NONE,
    )


def make_cast() -> Cast:
    hq = make_branch("H", "总行", BranchLevel.HEADQUARTERS, None)
    province = make_branch("H37", "山东分行", BranchLevel.PROVINCE, hq)
    other_province = make_branch("H41", "河南分行", BranchLevel.PROVINCE, hq)
    prefecture = make_branch("H3707", "潍坊分行", BranchLevel.PREFECTURE, province)
    county = make_branch("H370783", "寿光支行", BranchLevel.COUNTY, prefecture)
    outlet = make_branch("H37078301", "稻田支行网点", BranchLevel.OUTLET, county)
    sister = make_branch("H37078302", "纪台网点", BranchLevel.OUTLET, county)
    far = make_branch("H41010101", "中牟网点", BranchLevel.OUTLET, other_province)
    renumber_branches()
    for branch in (hq, province, other_province, county, outlet, sister, far):
        branch.refresh_from_db()
    product = Product.objects.create(code="JSD", name="极速贷", terms="随借随还")
    programme = Programme.objects.create(code="SN2026", name="三农主动授信", owner=hq)
    programme.products.add(product)
    shandong = make_place("370000000000", "山东省", PlaceLevel.PROVINCE, None)
    weifang = make_place("370700000000", "潍坊市", PlaceLevel.PREFECTURE, shandong)
    shouguang = make_place("370783000000", "寿光市", PlaceLevel.COUNTY, weifang, (118.74, 36.88))
    town = make_place("370783104000", "稻田镇", PlaceLevel.TOWNSHIP, shouguang, (118.93, 36.79))
    village = make_place("370783104201", "刘庄村", PlaceLevel.VILLAGE, town, SHOUGUANG)
    next_village = make_place("370783104202", "王家庄村", PlaceLevel.VILLAGE, town, (118.81, 36.87))
    return Cast(
        hq=hq,
        province=province,
        other_province=other_province,
        county=county,
        outlet=outlet,
        sister_outlet=sister,
        far_outlet=far,
        wang=make_staff("wang", "王经理", Role.MANAGER, outlet),
        li=make_staff("li", "李经理", Role.MANAGER, outlet),
        zhao=make_staff("zhao", "赵主管", Role.SUPERVISOR, county),
        sun=make_staff("sun", "孙经理", Role.MANAGER, far),
        qian=make_staff("qian", "钱经办", Role.CLERK, hq),
        feng=make_staff("feng", "冯复核", Role.REVIEWER, hq),
        zhou=make_staff("zhou", "周审计", Role.AUDITOR, hq),
        system=make_staff("crm", "客户系统", Role.SYSTEM, province),
        product=product,
        programme=programme,
        village=village,
        next_village=next_village,
        places={"county": shouguang, "town": town},
    )


def make_lead(
    cast: Cast,
    *,
    branch: Branch | None = None,
    holder: Staff | None = None,
    point: tuple[float, float] | None = SHOUGUANG,
    precision: Precision = Precision.VILLAGE,
    village: Place | None = None,
    name: str = "吕建国",
    phone: str = "",
    amount: int = 500_000,
    valid_to: date | None = None,
    **lead_fields: Any,
) -> Lead:
    """A customer with an offer in force, a location and a lead, held when a holder is given."""
    serial = next(_serial)
    branch = branch or (holder.branch if holder else cast.outlet)
    phone = phone or f"1690000{serial:04d}"
    valid_to = valid_to or timezone.localdate() + timedelta(days=60)
    customer = Customer.objects.create(
        customer_no=f"C{serial:08d}",
        name=name,
        phone=phone,
        id_number=f"37990119800101{serial % 10000:04d}",
        home_address=f"山东省潍坊市寿光市稻田镇刘庄村{serial}号",
        name_index=keyed_index("name", name),
        phone_index=keyed_index("phone", phone),
        phone_tail_index=keyed_index("tail", phone[-4:]),
    )
    Offer.objects.create(
        customer=customer,
        programme=cast.programme,
        product=cast.product,
        branch=branch,
        amount=amount,
        valid_from=timezone.localdate() - timedelta(days=30),
        valid_to=valid_to,
    )
    if point is None:
        precision = Precision.UNLOCATED
    Location.objects.create(
        customer=customer,
        lon=point[0] if point else None,
        lat=point[1] if point else None,
        precision=precision,
        source=LocationSource.GAZETTEER,
        place=village or (cast.village if point else None),
    )
    lead = Lead.objects.create(
        customer=customer,
        branch=branch,
        branch_number=branch.number,
        holder=holder,
        tile_key=key_of(*point) if point else None,
        precision=precision,
        village=village or (cast.village if point else None),
        product=cast.product,
        amount=amount,
        amount_band=AmountBand.of(amount),
        valid_to=valid_to,
        **lead_fields,
    )
    if holder:
        operation = AssignmentOperation.objects.create(
            kind=OperationKind.LIST, to=holder, by=None, count=1
        )
        Assignment.objects.create(lead=lead, holder=holder, operation=operation, at=timezone.now())
    return lead
