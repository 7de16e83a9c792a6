"""The demo's lists: files, batches, customers and their offers."""

import hashlib
import json
import random
from collections.abc import Container, Sequence
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from outreach.demo.organisation import Organisation
from outreach.demo.people import Person
from trust.cipher import keyed_index
from whitelist.imports.values.identity import ID_CARD
from whitelist.models import (
    AddressKind,
    BatchChange,
    Change,
    Customer,
    Location,
    LocationSource,
    Mode,
    Offer,
    Precision,
    UploadRow,
    UploadState,
    WhitelistBatch,
    WhitelistUpload,
)

CHUNK = 1000
DAYS_IN_FORCE = 40


def valid_to(person: Person, chance: random.Random) -> date:
    """The last day of an offer: most have weeks left, some end within days."""
    today = timezone.localdate()
    if chance.random() < 0.09:
        return today + timedelta(days=chance.randrange(0, 8))
    return today + timedelta(days=chance.choice((20, 35, 50, 80, 110, 140)))


def put_in_force(
    org: Organisation, people: Sequence[Person], chance: random.Random
) -> tuple[list[Customer], list[Offer]]:
    """The full list that took effect some weeks ago, with everything that stands on it."""
    at = _days_ago(DAYS_IN_FORCE, 9)
    upload = make_upload(
        org,
        file_name=f"潍坊三农白名单_{at:%Y%m}.csv",
        scope=org.prefecture,
        mode=Mode.FULL,
        state=UploadState.IN_FORCE,
        rows=len(people),
        submitted_at=at,
        reviewed_by=org.logins["reviewer"],
        reviewed_at=at + timedelta(hours=2),
        approval_no="鲁农授〔2026〕18号",
        model_version="三农响应 3.2",
        totals=totals(rows=len(people), accepted=len(people), new=len(people)),
        diff={"by_branch": by_outlet(org, people)},
    )
    WhitelistUpload.objects.unscoped("seeding the demo").filter(pk=upload.pk).update(
        uploaded_at=at - timedelta(hours=3)
    )
    batch = WhitelistBatch.objects.create(
        upload=upload,
        programme=upload.programme,
        scope=upload.scope,
        mode=upload.mode,
        counts={Change.NEW: len(people)},
        approval_no=upload.approval_no,
        model_version=upload.model_version,
        in_force_at=at + timedelta(hours=2),
        in_force_by=upload.reviewed_by,
    )
    customers = Customer.objects.bulk_create(
        [Customer(**personal(each)) for each in people], batch_size=CHUNK
    )
    rows = make_rows(upload, people, customers, [valid_to(each, chance) for each in people])
    offers = Offer.objects.bulk_create(
        [
            _offer(row, org, batch, is_control=chance.random() < 0.05 and not row.manager_id)
            for row in rows
        ],
        batch_size=CHUNK,
    )
    batch.counts["control"] = sum(offer.is_control for offer in offers)
    batch.save(update_fields=["counts"])
    BatchChange.objects.bulk_create(
        [
            BatchChange(batch=batch, offer=offer, change=Change.NEW, row_after_id=offer.row_id)
            for offer in offers
        ],
        batch_size=CHUNK,
    )
    Location.objects.bulk_create(
        [_location(each, who) for each, who in zip(people, customers, strict=True)],
        batch_size=CHUNK,
    )
    return customers, offers


def make_upload(org: Organisation, *, rows: int, file_name: str, **fields: Any) -> WhitelistUpload:
    """A list file of the demo's programme; its bytes are not kept."""
    return WhitelistUpload.objects.create(
        programme=org.programme,
        file_name=file_name,
        size=210 * rows,
        sha256=hashlib.sha256(file_name.encode()).hexdigest(),
        uploaded_by=org.logins["admin"],
        **fields,
    )


def totals(**known: int) -> dict[str, int]:
    """`WhitelistUpload.totals`, with naught for what is not named."""
    names = (
        "rows accepted rejected warned new kept amount_changed details_changed withdrawn".split()
    )
    return {name: known.get(name, 0) for name in names}


def by_outlet(org: Organisation, people: Sequence[Person]) -> list[dict[str, Any]]:
    """New customers by outlet, as the diff of an upload has them."""
    rest = {"kept": 0, "amount_changed": 0, "details_changed": 0, "withdrawn": 0}
    counted = [(each, sum(p.outlet == each for p in people)) for each in org.outlets]
    return [
        {"code": each.code, "name": each.name, "new": new, **rest} for each, new in counted if new
    ]


def personal(person: Person) -> dict[str, Any]:
    """The fields a customer and the row of a list have in common."""
    return {
        "customer_no": person.customer_no,
        "id_index": keyed_index("id", person.id_number),
        "id_type": ID_CARD,
        "name": person.name,
        "id_number": person.id_number,
        "phone": person.phone,
        "home_address": person.address,
        "name_index": keyed_index("name", person.name),
        "phone_index": keyed_index("phone", person.phone),
        "phone_tail_index": keyed_index("tail", person.phone[-4:]),
        "division_code": person.division_code,
    }


def make_rows(
    upload: WhitelistUpload,
    people: Sequence[Person],
    customers: Sequence[Customer | None],
    ends: Sequence[date],
    rejected: Container[int] = (),
) -> list[UploadRow]:
    """The accepted rows of a file, in its order, below one header row, between rejected ones."""
    numbers = (number for number in count(2) if number not in rejected)
    today = timezone.localdate()
    return UploadRow.objects.bulk_create(
        [
            UploadRow(
                upload=upload,
                row_no=row_no,
                customer=customer,
                change=Change.NEW,
                branch=person.outlet,
                manager=person.holder,
                product=person.product,
                amount=person.amount,
                valid_from=today - timedelta(days=DAYS_IN_FORCE),
                valid_to=end,
                segment=person.segment,
                is_merchant=person.segment == "收单商户",
                score=person.score,
                place=person.place,
                lon=person.point[0] if person.point else None,
                lat=person.point[1] if person.point else None,
                precision=person.precision,
                address_kind=AddressKind.HOME if person.point else "",
                match_note=person.note,
                details_digest=_details(person),
                **personal(person),
            )
            for (person, customer, end), row_no in zip(
                zip(people, customers, ends, strict=True), numbers, strict=False
            )
        ],
        batch_size=CHUNK,
    )


def _details(person: Person) -> bytes:
    """As `whitelist.imports.checking` digests a row: the same person again is 续留."""
    manager_no = person.holder.username if person.holder else ""
    is_merchant = person.segment == "收单商户"
    details: list[Any] = [person.customer_no, ID_CARD, person.id_number, person.name]
    details += [
        person.phone,
        "",
        "",
        person.address,
        "",
        person.division_code,
        person.outlet.code,
        manager_no,
    ]
    details += [person.segment, is_merchant, "", False]
    return keyed_index("details", json.dumps(details, ensure_ascii=False))


def _offer(row: UploadRow, org: Organisation, batch: WhitelistBatch, *, is_control: bool) -> Offer:
    return Offer(
        customer=row.customer,
        programme=org.programme,
        product=row.product,
        branch_id=row.branch_id,
        amount=row.amount,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        score=row.score,
        segment=row.segment,
        details_digest=row.details_digest,
        is_control=is_control,
        row=row,
        batch=batch,
    )


def _location(person: Person, customer: Customer) -> Location:
    on_site = person.precision == Precision.ON_SITE
    return Location(
        customer=customer,
        lon=person.point[0] if person.point else None,
        lat=person.point[1] if person.point else None,
        precision=person.precision,
        source=LocationSource.ON_SITE if on_site else LocationSource.GAZETTEER,
        address_kind=AddressKind.HOME if person.point else "",
        place=person.place,
        note=person.note,
        stated_by=person.holder if on_site else None,
    )


def _days_ago(days: int, hour: int) -> datetime:
    day = timezone.localdate() - timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(hour)))
