"""Branches, staff, products, programme and scripts of the demo."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.utils import timezone

from branches.actions import renumber_branches
from branches.models import Branch, BranchLevel, Role, Staff
from branches.pinyin import sort_key
from outreach.demo.places import kilometres
from outreach.models import Script
from whitelist.models import OutletPlace, Place, PlaceLevel, Product, Programme

# county code, its branch, and the townships with an outlet
COUNTIES = (
    ("370783", "寿光支行", ("稻田", "纪台", "侯镇")),
    ("370781", "青州支行", ("谭坊", "何官", "弥河")),
    ("370725", "昌乐支行", ("乔官", "红河", "营丘")),
)
MANAGERS_AN_OUTLET = (4, 4, 3, 4, 3, 3, 3, 3, 3)  # 30 in all
MANAGERS = (
    "王海峰 李文娟 张志鹏 刘晓东 孙丽 赵永刚 陈雪 杨光 马国栋 吕静 隋明 丁海燕 崔健 夏雨 郑凯 "
    "魏红 董磊 韩冰 袁伟 郭晶 周洋 宋涛 徐倩 于飞 高翔 桑田 钟慧 葛亮 冯悦 尹超"
).split()
# What the demo's administrator looks after under /admin/.
ADMIN_MODELS = {
    "branches": ("branch", "staff", "systemtoken"),
    "whitelist": ("programme", "product", "outletplace", "place"),
    "outreach": ("script",),
}
PRODUCTS = (
    ("JSD", "极速贷", "线上申请，随借随还；最高 50 万元，期限 1 年。"),
    ("HND", "惠农贷", "面向种养户；按生产周期还本付息，最高 100 万元。"),
    ("SHD", "商户贷", "面向收单商户；按流水核定，最高 30 万元。"),
)
APPLY_URL = "https://bank.example/apply?product={code_of_product}&from={{code}}"
CARD = "{name}：{terms} 额度以最终审批为准。客服 95000（示意）。"
SCRIPTS = (
    (
        "通用开场",
        "",
        None,
        "您好，我是{机构}的客户经理{姓名}。总行为您准备了一笔预审批额度，"
        "以最终审批为准。想了解一下您今年的经营情况和用款打算，方便讲两句吗？",
    ),
    (
        "大棚蔬菜种植户",
        "蔬菜种植",
        "HND",
        "您好，我是{机构}的{姓名}。今年大棚的茬口怎么安排？"
        "换膜、买苗要是周转不开，惠农贷可以按生产周期还款，额度以最终审批为准。",
    ),
    (
        "养殖户",
        "畜禽养殖",
        "HND",
        "您好，我是{机构}的{姓名}。这一批存栏多少？饲料款要压多久？"
        "惠农贷出栏后还本，额度以最终审批为准。",
    ),
    (
        "收单商户",
        "收单商户",
        "SHD",
        "您好，我是{机构}的{姓名}。您店里用我行收款码，流水可以直接核额度，"
        "手机银行三分钟出结果，额度以最终审批为准。",
    ),
    (
        "农机合作社",
        "农机服务",
        None,
        "您好，我是{机构}的{姓名}。农机作业快到旺季了，"
        "油料和维修资金安排好了吗？我们有随借随还的产品，额度以最终审批为准。",
    ),
)


@dataclass
class Organisation:
    """The demo's people and their places in the tree."""

    hq: Branch
    prefecture: Branch
    counties: list[Branch] = field(default_factory=list)
    outlets: list[Branch] = field(default_factory=list)
    managers: dict[int, list[Staff]] = field(default_factory=dict)  # by outlet pk
    logins: dict[str, Staff] = field(default_factory=dict)
    products: list[Product] = field(default_factory=list)
    programme: Programme = field(default_factory=Programme)


def make_organisation(password: str) -> Organisation:
    """Create the tree, the people and what they sell; the places must be there."""
    org = _branches()
    _staff(org, make_password(password))
    _catalogue(org)
    _outlet_places(org)
    return org


def _branches() -> Organisation:
    hq = _branch("10000", "总行", BranchLevel.HEADQUARTERS, None)
    province = _branch("13700", "山东省分行", BranchLevel.PROVINCE, hq)
    prefecture = _branch("13707", "潍坊分行", BranchLevel.PREFECTURE, province)
    org = Organisation(hq=hq, prefecture=prefecture)
    for division, name, towns in COUNTIES:
        county = _branch(division, name, BranchLevel.COUNTY, prefecture, division + "000000")
        org.counties.append(county)
        for number, town in enumerate(towns, 1):
            place = Place.objects.get(
                level=PlaceLevel.TOWNSHIP, code__startswith=division, name__startswith=town
            )
            outlet = _branch(
                f"{division}{number:02d}",
                f"{town}营业所",
                BranchLevel.OUTLET,
                county,
                place.code,
            )
            org.outlets.append(outlet)
    renumber_branches()
    for branch in (hq, prefecture, *org.counties, *org.outlets):
        branch.refresh_from_db()
    return org


def _branch(
    code: str, name: str, level: BranchLevel, parent: Branch | None, division: str = ""
) -> Branch:
    place = Place.objects.filter(code=division).first()
    return Branch.objects.create(
        code=code,
        name=name,
        level=level,
        parent=parent,
        division_code=division,
        lon=place.lon if place else None,
        lat=place.lat if place else None,
        address=f"{place.name}驻地（示意）" if place else "",
        phone="0536-0000000" if place else "",
    )


def _staff(org: Organisation, hashed: str) -> None:
    """All share one hashed password: hashing it once each would take ten seconds."""

    def person(
        username: str, name: str, role: Role, branch: Branch, is_staff: bool = False
    ) -> Staff:
        return Staff(
            username=username,
            name=name,
            role=role,
            branch=branch,
            is_staff=is_staff,
            password=hashed,
            sort_key=sort_key(name),
        )

    people = [
        person("supervisor", "赵庆民", Role.SUPERVISOR, org.prefecture),
        person("admin", "钱立群", Role.CLERK, org.hq, is_staff=True),
        person("reviewer", "冯素梅", Role.REVIEWER, org.hq, is_staff=True),
        person("auditor", "周正平", Role.AUDITOR, org.hq),
        *(
            person(f"Z{county.code}", name, Role.SUPERVISOR, county)
            for county, name in zip(org.counties, ("孟祥军", "曲波", "滕云"), strict=True)
        ),
    ]
    names = iter(MANAGERS)
    for outlet, how_many in zip(org.outlets, MANAGERS_AN_OUTLET, strict=True):
        for serial in range(1, how_many + 1):
            first = outlet == org.outlets[0] and serial == 1
            username = "manager" if first else f"J{outlet.code}{serial}"
            people.append(person(username, next(names), Role.MANAGER, outlet))
    for serial, each in enumerate(people):
        each.work_phone = f"1640536{serial:04d}" if each.role == Role.MANAGER else ""
    for each in Staff.objects.bulk_create(people):
        if each.role == Role.MANAGER:
            org.managers.setdefault(each.branch_id, []).append(each)
        if each.username.isalpha():
            org.logins[each.username] = each
    org.logins["admin"].user_permissions.set(_permissions(ADMIN_MODELS))
    org.logins["reviewer"].user_permissions.set(
        Permission.objects.filter(codename__in=("view_script", "review_script"))
    )


def _permissions(models: dict[str, tuple[str, ...]]) -> list[Permission]:
    return [
        permission
        for app, names in models.items()
        for permission in Permission.objects.filter(
            content_type__app_label=app, content_type__model__in=names
        ).exclude(codename__startswith="review_")
    ]


def _catalogue(org: Organisation) -> None:
    for code, name, terms in PRODUCTS:
        card = CARD.format(name=name, terms=terms)
        apply_url = APPLY_URL.format(code_of_product=code)
        org.products.append(
            Product.objects.create(
                code=code, name=name, terms=terms, card=card, apply_url=apply_url
            )
        )
    org.programme = Programme.objects.create(code="SN2026", name="三农主动授信", owner=org.hq)
    org.programme.products.set(org.products)
    products = {product.code: product for product in org.products}
    reviewed_at = timezone.now() - timedelta(days=70)
    Script.objects.bulk_create(
        Script(
            title=title,
            segment=segment,
            product=products.get(product or ""),
            body=body,
            written_by=org.logins["admin"],
            reviewed_by=org.logins["reviewer"],
            reviewed_at=reviewed_at,
        )
        for title, segment, product, body in SCRIPTS
    )


def _outlet_places(org: Organisation) -> None:
    """Each township belongs to the nearest outlet of its county."""
    pairs = []
    for county in org.counties:
        outlets = [each for each in org.outlets if each.parent_id == county.pk]
        towns = Place.objects.located().filter(
            level=PlaceLevel.TOWNSHIP, code__startswith=county.division_code[:6]
        )
        for town in towns:
            nearest = min(outlets, key=lambda each: kilometres(_point(each), _point(town)))
            pairs.append(OutletPlace(place_code=town.code[:9], outlet=nearest))
    OutletPlace.objects.bulk_create(pairs)


def _point(of: Branch | Place) -> tuple[float, float]:
    return of.lon or 0.0, of.lat or 0.0
