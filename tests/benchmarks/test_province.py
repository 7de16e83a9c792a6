"""The made-up province is whole: what the importer would have written, small."""

from datetime import UTC, datetime

import pytest

from benchmarks.province import customers as made
from benchmarks.province.bank import Bank, Outlet
from benchmarks.province.customers import COLUMNS, Customers, customer_no, id_number_of, name_of
from benchmarks.province.places import Town
from branches.models import Branch, BranchLevel
from outreach.models import Lead
from trust.cipher import keyed_index, unseal
from whitelist.imports.values.identity import ID_CARD
from whitelist.models import Place, PlaceLevel, Product, WhitelistBatch

NOW = datetime(2026, 11, 27, 4, tzinfo=UTC)


@pytest.fixture
def bank() -> Bank:
    county = Place(
        pk=1, code="410122000000", name="中牟县", level=PlaceLevel.COUNTY, lon=114, lat=34.7
    )
    town = Place(pk=2, code="410122100000", name="安丰乡", lon=114.1, lat=34.7, parent=county)
    village = Place(pk=3, code="410122100200", name="东王庄村村民委员会", lon=114.12, lat=34.71)
    branch = Branch(pk=5, number=80, level=BranchLevel.OUTLET)
    products = {code: Product(pk=n, code=code) for n, code in enumerate(("JSD", "HND", "SHD"), 1)}
    outlet = Outlet(branch, Town(town, [village]), [11, 12, 13, 14, 15])
    return Bank(branch, [outlet], products, WhitelistBatch(pk=1, programme_id=1))


def test_every_row_has_a_value_for_every_column(bank: Bank) -> None:
    (chunk,) = Customers(bank, seed=1, now=NOW).chunks(500)
    for table, rows in chunk.tables.items():
        assert all(len(row) == len(COLUMNS[table].split()) for row in rows)
    assert len(chunk.tables["outreach_lead"]) == 500
    held = sum(row[4] is not None for row in chunk.tables["outreach_lead"])
    assert held == len(chunk.tables["outreach_assignment"])


def test_what_is_sealed_opens_and_its_index_finds_it(bank: Bank) -> None:
    (chunk,) = Customers(bank, seed=1, now=NOW).chunks(20)
    for serial, row in enumerate(chunk.tables["whitelist_customer"], start=1):
        it = dict(zip(COLUMNS["whitelist_customer"].split(), row, strict=True))
        assert it["customer_no"] == customer_no(serial)
        assert unseal(it["name"], "whitelist_customer.name") == name_of(serial, 1)
        assert it["name_index"] == keyed_index("name", name_of(serial, 1))
        assert unseal(it["id_number"], "whitelist_customer.id_number") == id_number_of(serial)
        assert it["phone_index"] == keyed_index(
            "phone", unseal(it["phone"], "whitelist_customer.phone")
        )
        assert it["id_type"] == ID_CARD


def test_the_same_seed_gives_the_same_leads(bank: Bank) -> None:
    one, other = (
        list(Customers(bank, seed=7, now=NOW, personal=False).chunks(300)) for _ in range(2)
    )
    assert one == other


def test_located_has_a_key_as_the_database_asks(bank: Bank) -> None:
    (chunk,) = Customers(bank, seed=2, now=NOW, personal=False).chunks(400)
    columns = COLUMNS["outreach_lead"].split()
    known = {field.column for field in Lead._meta.concrete_fields}
    assert set(columns) <= known
    for row in chunk.tables["outreach_lead"]:
        it = dict(zip(columns, row, strict=True))
        assert (it["precision"] > 0) == (it["tile_key"] is not None)


def test_one_of_five_days_is_within_a_week() -> None:
    days = made.last_days(NOW.date())
    assert len(set(days)) == 5
    assert (days[0] - NOW.date()).days <= 7
