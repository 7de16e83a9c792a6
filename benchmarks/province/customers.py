"""N customers of the bank as rows of five tables, in chunks, from one seed.

Each row is what an import and some weeks of work leave behind. The customers
stand in no order of place or branch, which is the hardest case for every
database. Personal values are sealed one by one for their own columns, with the
keyed indexes beside them; names come from a pool of 8,000, as many people share
a name. Phones and ID numbers belong to nobody (`outreach.demo.identities`).
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.utils import timezone

from benchmarks.province.bank import Bank
from benchmarks.province.keys import keys_of
from benchmarks.synthetic_lists import GIVEN
from outreach.demo.identities import SURNAMES, check_digit, full_name, phone_number
from outreach.demo.people import SEGMENTS
from outreach.models import AmountBand, Eligibility, Stage
from outreach.stages import CONFIRMED_ONLY
from trust.cipher import keyed_index, seal
from whitelist.imports.values.identity import ID_CARD
from whitelist.models import LocationSource, Precision

NAMES = 8_000
HELD = 0.6
STAGES = {  # of those somebody holds; with the pool, three quarters are 待触达
    Stage.TO_CONTACT: 0.58,
    Stage.CONTACTED: 0.16,
    Stage.INTERESTED: 0.09,
    Stage.APPLIED: 0.04,
    Stage.APPROVED: 0.03,
    Stage.DRAWN: 0.03,
    Stage.NOT_INTERESTED: 0.07,
}
PRECISIONS = {
    Precision.VILLAGE: 0.70,
    Precision.HOUSE: 0.15,
    Precision.ON_SITE: 0.05,
    Precision.TOWNSHIP: 0.06,
    Precision.COUNTY: 0.01,
    Precision.UNLOCATED: 0.03,
}
DAYS = (0.08, 0.28, 0.27, 0.21, 0.16)  # shares of the five last days
ID_COUNTY = "419901"  # no county has this code
YARD = 0.006  # degrees: how far a house stands from the middle of its village


@dataclass(frozen=True)
class Chunk:
    """Rows of each table, in the order of `COLUMNS`."""

    tables: dict[str, list[tuple[Any, ...]]]


COLUMNS = {
    "whitelist_customer": (
        "id customer_no id_index id_type name id_number phone home_address name_index "
        "phone_index phone_tail_index division_code phone_fault created_at"
    ),
    "whitelist_offer": (
        "id customer_id programme_id product_id branch_id amount valid_from valid_to score segment "
        "details_digest is_in_force is_control loan_step batch_id"
    ),
    "whitelist_location": (
        "id customer_id lon lat precision source source_datum address_kind place_id note "
        "is_current stated_at"
    ),
    "outreach_lead": (
        "id customer_id branch_id branch_number holder_id stage stage_basis eligibility tile_key "
        "precision village_id product_id segment amount amount_band valid_to score "
        "last_contact_at application_refused branch_change_flagged created_at"
    ),
    "outreach_assignment": "id lead_id holder_id operation_id at end_reason end_note",
    "outreach_refusal": "id customer_id source at by_id",
}


def last_days(today: date) -> list[date]:
    """Five days on which offers end: one within a week, then four ends of months."""
    days = [today + timedelta(days=5)]
    month = (today + timedelta(days=20)).replace(day=1)
    while len(days) < 5:
        month = (month + timedelta(days=32)).replace(day=1)
        days.append(month - timedelta(days=1))
    return days


class Customers:
    """Makes the chunks; `personal` false leaves out who they are (map alone)."""

    def __init__(self, bank: Bank, *, seed: int, now: datetime, personal: bool = True) -> None:
        self.bank, self.now, self.personal = bank, now, personal
        self.today = timezone.localdate(now)
        self.rng = np.random.default_rng(seed)
        self.days = last_days(self.today)
        self.names = _names(seed) if personal else []
        self.tails: dict[str, bytes] = {}
        self.operation = {
            holder: number
            for number, holder in enumerate(
                (each for outlet in bank.outlets for each in outlet.managers), start=1
            )
        }
        self._map_villages()
        self.refusals = 0
        self.assignments = 0

    def _map_villages(self) -> None:
        """Villages as columns: place, point, and the outlet that serves them."""
        places = [
            (village, number)
            for number, outlet in enumerate(self.bank.outlets)
            for village in outlet.town.villages
        ]
        self.villages = [place for place, _ in places]
        self.outlet_of = np.array([number for _, number in places])
        self.points = np.array([(place.lon, place.lat) for place, _ in places])
        weights = self.rng.lognormal(0, 0.6, len(places))
        self.weights = weights / weights.sum()

    def chunks(self, count: int, size: int = 20_000) -> Iterator[Chunk]:
        for first in range(1, count + 1, size):
            yield self._chunk(first, min(size, count + 1 - first))

    def _chunk(self, first: int, n: int) -> Chunk:
        village = self.rng.choice(len(self.villages), n, p=self.weights)
        precision = self._drawn(PRECISIONS, n)
        points = self._points_of(village, precision)
        drawn = {
            "village": village.tolist(),
            "precision": precision.tolist(),
            "lon": points[:, 0].tolist(),
            "lat": points[:, 1].tolist(),
            "key": keys_of(points[:, 0], points[:, 1]).tolist(),
            "held": (self.rng.random(n) < HELD).tolist(),
            "manager": self.rng.integers(0, len(self.bank.outlets[0].managers), n).tolist(),
            "stage": self._drawn(STAGES, n).tolist(),
            "segment": self.rng.choice(len(SEGMENTS), n, p=[each[1] for each in SEGMENTS]).tolist(),
            "amount": self.rng.random(n).tolist(),
            "day": self.rng.choice(len(DAYS), n, p=DAYS).tolist(),
            "fate": self.rng.random(n).tolist(),
            "score": self.rng.integers(1000, 9999, n).tolist(),
        }
        columns = list(drawn)
        tables: dict[str, list[tuple[Any, ...]]] = {name: [] for name in COLUMNS}
        for serial, values in enumerate(zip(*drawn.values(), strict=True), start=first):
            self._add(serial, dict(zip(columns, values, strict=True)), tables)
        return Chunk(tables)

    def _drawn(self, shares: dict[Any, float], n: int) -> Any:
        return self.rng.choice(np.array(list(shares)), n, p=list(shares.values()))

    def _points_of(self, village: Any, precision: Any) -> Any:
        """On the village's own point, or beside it where a house is known."""
        points = self.points[village]
        house = np.isin(precision, [Precision.HOUSE, Precision.ON_SITE])
        points[house] += self.rng.normal(0, YARD, (int(house.sum()), 2))
        for number in np.flatnonzero(precision <= Precision.TOWNSHIP):
            town = self.bank.outlets[self.outlet_of[village[number]]].town.place
            above = town if precision[number] == Precision.TOWNSHIP else town.parent
            points[number] = above.lon, above.lat
        return points

    def _add(self, serial: int, it: dict[str, Any], tables: dict[str, list[Any]]) -> None:
        outlet = self.bank.outlets[self.outlet_of[it["village"]]]
        village = self.villages[it["village"]]
        segment, _, product_code, amounts, _ = SEGMENTS[it["segment"]]
        product = self.bank.products[product_code].pk
        amount = amounts[int(it["amount"] * len(amounts))] * 10_000
        precision, key = it["precision"], it["key"]
        lon, lat = it["lon"], it["lat"]
        if precision == Precision.UNLOCATED:
            lon = lat = key = None
        eligibility, ends, stage = Eligibility.YES, self.days[it["day"]], it["stage"]
        holder = outlet.managers[it["manager"]] if it["held"] else None
        if holder is None:
            stage = Stage.TO_CONTACT
            eligibility = _pool_fate(it["fate"])
            if eligibility == Eligibility.EXPIRED:
                ends = self.today - timedelta(days=3)
        elif stage == Stage.NOT_INTERESTED and it["fate"] < 0.12:
            eligibility = Eligibility.REFUSED
            self.refusals += 1
            tables["outreach_refusal"].append((self.refusals, serial, "customer", self.now, holder))
        score = Decimal(it["score"]).scaleb(-4)
        tables["whitelist_customer"].append(self._customer(serial, village))
        tables["whitelist_offer"].append((
            serial, serial, self.bank.batch.programme_id, product, outlet.branch.pk, amount,
            self.today - timedelta(days=40), ends, score, segment, None,
            eligibility != Eligibility.WITHDRAWN, eligibility == Eligibility.CONTROL, "",
            self.bank.batch.pk,
        ))  # fmt: skip
        place = {Precision.TOWNSHIP: outlet.town.place, Precision.COUNTY: outlet.town.place.parent}
        at = None if lon is None else place.get(precision, village).pk
        source = LocationSource.ON_SITE if precision == Precision.ON_SITE else "gazetteer"
        tables["whitelist_location"].append((
            serial, serial, lon, lat, precision, str(source), "wgs84", "home" if at else "", at,
            "" if at else "地址只写到市", True, self.now,
        ))  # fmt: skip
        tables["outreach_lead"].append((
            serial, serial, outlet.branch.pk, outlet.branch.number, holder, str(stage),
            "confirmed" if stage in CONFIRMED_ONLY else "reported", str(eligibility), key, precision,
            village.pk if precision >= Precision.VILLAGE else None, product, segment, amount,
            int(AmountBand.of(amount)), ends, score,
            None if stage == Stage.TO_CONTACT else self.now, False, False, self.now,
        ))  # fmt: skip
        if holder is not None:
            self.assignments += 1
            tables["outreach_assignment"].append(
                (self.assignments, serial, holder, self.operation[holder], self.now, "", "")
            )

    def _customer(self, serial: int, village: Any) -> tuple[Any, ...]:
        number = customer_no(serial)
        if not self.personal:
            return (serial, number, None, "", *[None] * 7, village.code, "", self.now)
        name, name_index = self.names[serial * 7919 % NAMES]
        phone, id_number = phone_number(serial), id_number_of(serial)
        tail = phone[-4:]
        if tail not in self.tails:
            self.tails[tail] = keyed_index("tail", tail)
        address = f"{village.name[:4]}{serial % 11 + 1}组{serial % 97 + 1}号"
        return (
            serial, number, keyed_index("id", id_number), ID_CARD, name,
            seal(id_number, "whitelist_customer.id_number"),
            seal(phone, "whitelist_customer.phone"),
            seal(address, "whitelist_customer.home_address"),
            name_index, keyed_index("phone", phone), self.tails[tail], village.code, "", self.now,
        )  # fmt: skip


def customer_no(serial: int) -> str:
    return f"41{serial:010d}"


def id_number_of(serial: int) -> str:
    """Eighteen digits with a valid check digit; no two are alike below 14.6 million."""
    born = date(1958, 1, 1) + timedelta(days=serial % 14_600)
    body = f"{ID_COUNTY}{born:%Y%m%d}{serial // 14_600 % 1000:03d}"
    return body + check_digit(body)


def name_of(serial: int, seed: int) -> str:
    """The name of a customer, to search for."""
    return _plain_names(seed)[serial * 7919 % NAMES]


def _plain_names(seed: int) -> list[str]:
    """Common names are drawn more often: they stand in the pool more than once."""
    chance = random.Random(seed)
    common = [full_name(chance)[0] for _ in range(NAMES // 2)]
    return common + [
        chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=2)) for _ in range(NAMES // 2)
    ]


def _names(seed: int) -> list[tuple[bytes, bytes]]:
    return [
        (seal(name, "whitelist_customer.name"), keyed_index("name", name))
        for name in _plain_names(seed)
    ]


def _pool_fate(chance: float) -> Eligibility:
    """What became of a customer nobody holds: a tenth of them left the list or never were on it."""
    for share, fate in ((0.05, Eligibility.CONTROL), (0.08, Eligibility.WITHDRAWN)):
        if chance < share:
            return fate
    return Eligibility.EXPIRED if chance < 0.1 else Eligibility.YES
