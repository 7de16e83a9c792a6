"""The bank: 总行 → 省分行 → 18 prefectures → 157 counties → an outlet a township; its people.

Logins, all with one password: the supervisor of any branch is ``Z`` and its
code (``Z9`` at headquarters, ``Z41`` the province, ``Z4101``, ``Z410122``,
``Z41012201``), the managers of an outlet are ``J``, its code and 1 to 5;
``admin`` and ``reviewer`` put lists in force, ``auditor`` reads the record.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.hashers import make_password

from benchmarks.province.places import PROVINCE, County, Prefecture, Province, Town
from branches.actions import renumber_branches
from branches.models import Branch, BranchLevel, Role, Staff
from branches.pinyin import sort_key
from outreach.demo.identities import full_name
from outreach.demo.organisation import PRODUCTS
from whitelist.models import (
    Mode,
    OutletPlace,
    Product,
    Programme,
    UploadState,
    WhitelistBatch,
    WhitelistUpload,
)

HEADQUARTERS = "9"
PASSWORD = "bench-2026"
MANAGERS_AN_OUTLET = 5


@dataclass
class Outlet:
    """An outlet, the township it serves, and the ids of its managers."""

    branch: Branch
    town: Town
    managers: list[int] = field(default_factory=list)


@dataclass
class Bank:
    head: Branch
    outlets: list[Outlet]
    products: dict[str, Product]
    batch: WhitelistBatch


def build_bank(province: Province, *, seed: int, now: datetime) -> Bank:
    """Branches, people, products and the list in force, into an empty database."""
    head = _branch(HEADQUARTERS, "总行", BranchLevel.HEADQUARTERS, None, None)
    top = _branch(PROVINCE, "河南省分行", BranchLevel.PROVINCE, head, province)
    outlets = [
        Outlet(branch, town)
        for prefecture in province.prefectures
        for branch, town in _prefecture(prefecture, top)
    ]
    renumber_branches()
    numbers = {each.pk: each for each in Branch.objects.all()}
    for outlet in outlets:
        outlet.branch = numbers[outlet.branch.pk]
    _staff(list(numbers.values()), outlets, random.Random(seed))
    OutletPlace.objects.bulk_create(
        OutletPlace(place_code=each.town.place.code[:9], outlet=each.branch) for each in outlets
    )
    products = {
        code: Product.objects.create(code=code, name=name, terms=terms)
        for code, name, terms in PRODUCTS
    }
    return Bank(head, outlets, products, _list_in_force(head, top, list(products.values()), now))


def _prefecture(prefecture: Prefecture, top: Branch) -> list[tuple[Branch, Town]]:
    name = prefecture.place.name.removesuffix("市")
    branch = _branch(
        prefecture.place.code[:4], f"{name}分行", BranchLevel.PREFECTURE, top, prefecture
    )
    return [pair for county in prefecture.counties for pair in _county(county, branch)]


def _county(county: County, above: Branch) -> list[tuple[Branch, Town]]:
    code = county.place.code[:6]
    branch = _branch(code, f"{county.place.name}支行", BranchLevel.COUNTY, above, county)
    outlets = [
        Branch(
            code=f"{code}{number:02d}",
            name=f"{town.place.name[:-1]}营业所",
            level=BranchLevel.OUTLET,
            parent=branch,
            division_code=town.place.code,
            lon=town.place.lon,
            lat=town.place.lat,
        )
        for number, town in enumerate(county.towns, start=1)
    ]
    return list(zip(Branch.objects.bulk_create(outlets), county.towns, strict=True))


def _branch(
    code: str,
    name: str,
    level: BranchLevel,
    parent: Branch | None,
    at: Province | Prefecture | County | None,
) -> Branch:
    place = at.place if at else None
    return Branch.objects.create(
        code=code,
        name=name,
        level=level,
        parent=parent,
        division_code=place.code if place else "",
        lon=place.lon if place else None,
        lat=place.lat if place else None,
    )


def _staff(branches: list[Branch], outlets: list[Outlet], chance: random.Random) -> None:
    hashed = make_password(PASSWORD)

    def person(username: str, role: Role, branch: Branch) -> Staff:
        name = full_name(chance)[0]
        office = role in {Role.CLERK, Role.REVIEWER}
        return Staff(
            username=username, name=name, role=role, branch=branch, password=hashed,
            is_staff=office, sort_key=sort_key(name),
        )  # fmt: skip

    head = next(each for each in branches if each.code == HEADQUARTERS)
    people = [
        person("admin", Role.CLERK, head),
        person("reviewer", Role.REVIEWER, head),
        person("auditor", Role.AUDITOR, head),
        *(person(f"Z{branch.code}", Role.SUPERVISOR, branch) for branch in branches),
    ]
    Staff.objects.bulk_create(people, batch_size=1000)
    managers = [
        person(f"J{outlet.branch.code}{serial}", Role.MANAGER, outlet.branch)
        for outlet in outlets
        for serial in range(1, MANAGERS_AN_OUTLET + 1)
    ]
    ids = [each.pk for each in Staff.objects.bulk_create(managers, batch_size=1000)]
    for number, outlet in enumerate(outlets):
        outlet.managers = ids[number * MANAGERS_AN_OUTLET : (number + 1) * MANAGERS_AN_OUTLET]


def _list_in_force(
    head: Branch, scope: Branch, products: list[Product], now: datetime
) -> WhitelistBatch:
    """The list that took effect; its file and the rows of it were not kept."""
    programme = Programme.objects.create(code="SN", name="三农主动授信", owner=head)
    programme.products.set(products)
    admin, reviewer = (Staff.objects.get(username=name) for name in ("admin", "reviewer"))
    upload = WhitelistUpload.objects.create(
        programme=programme, scope=scope, mode=Mode.FULL, file_name="河南三农白名单.csv", size=1,
        sha256="0" * 64, state=UploadState.IN_FORCE, uploaded_by=admin, submitted_by=admin,
        submitted_at=now, reviewed_by=reviewer, reviewed_at=now,
    )  # fmt: skip
    return WhitelistBatch.objects.create(
        upload=upload, programme=programme, scope=scope, mode=Mode.FULL, in_force_at=now,
        in_force_by=reviewer,
    )  # fmt: skip
