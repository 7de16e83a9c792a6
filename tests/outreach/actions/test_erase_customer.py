"""A customer's personal data is deleted, everywhere, for good."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from outreach.actions.erase_customer import EraseRefused, erase_customer
from outreach.actions.put_list_in_force import put_list_in_force
from outreach.actions.reopen import AskedBy, ReopenRefused, reopen
from outreach.models import (
    Assignment,
    Channel,
    ContactLog,
    ContactLogVersion,
    Eligibility,
    Feed,
    Lead,
    LeadChange,
    Refusal,
    RefusalSource,
    Script,
    Share,
    Stage,
    StageBasis,
)
from outreach.pyramid.folding import fold_changes
from outreach.record.personal_data import DELETED, EMPTIED, NOT_ABOUT_THE_CUSTOMER
from tests.cast import Cast, make_lead
from tests.lists import approved, compared, make_upload, put, undo
from trust.fields import EncryptedTextField
from trust.masking import mask_customer_no
from trust.models import AuditEvent
from whitelist.imports.diffing import compare
from whitelist.models import (
    Correction,
    CorrectionField,
    CorrectionState,
    Customer,
    LoanStep,
    Location,
    Mode,
    Offer,
    UploadRow,
)

CANARY = {
    "no": "KEEP1",
    "name": "金丝雀甲",
    "phone": "16912345678",
    "address": "稻田镇金丝雀村77号",
    "id_number": "379901198001017777",
    "segment": "金丝雀客群",
}
TOLD = ("金丝雀", "16912345678", "379901198001017777", "118.79")


@pytest.fixture(autouse=True)
def nobody_is_control(cast: Cast) -> None:
    cast.programme.control_percent = 0
    cast.programme.save()


def customer() -> Customer:
    return Customer.objects.unscoped("test").get(customer_no="KEEP1")


def the_lead() -> Lead:
    return Lead.objects.unscoped("test").get(customer=customer())


def erase() -> dict[str, int]:
    return erase_customer(customer=customer(), by=None, reason="客户书面要求")


def everything(cast: Cast) -> None:
    """Something personal in every place that holds it."""
    put(cast, [{**CANARY, "manager": cast.wang}, {"no": "B2", "phone": "16900000002"}])
    put(cast, [{**CANARY, "manager": cast.wang, "amount": 70_000}], mode=Mode.ADD)
    lead = the_lead()
    log = ContactLog.objects.create(
        uuid=uuid4(), lead=lead, staff=cast.wang, channel=Channel.VISIT,
        started_at=timezone.now(), logged_at=timezone.now(), note="金丝雀的备注",
        business="金丝雀种大棚", need_purpose="金丝雀换棚膜", season="金丝雀换茬",
        need_amount=50_000,
    )  # fmt: skip
    ContactLogVersion.objects.create(
        log=log, content='{"note": "金丝雀的旧备注"}', replaced_by=cast.wang
    )
    Correction.objects.create(
        customer=customer(), branch=lead.branch, field=CorrectionField.PHONE,
        value="16912345678", before_index=b"0" * 16, stated_by=cast.wang,
    )  # fmt: skip
    Assignment.objects.filter(lead=lead).update(end_remark="金丝雀去新疆了")
    Refusal.objects.create(
        customer=customer(), source=RefusalSource.CUSTOMER, ended_at=timezone.now(),
        end_reason="金丝雀来电",
    )  # fmt: skip


def dump() -> str:
    """Every cell of every table, and everything sealed unsealed, when the transaction is over."""
    fold_changes()  # `erase_customer` sees to it then
    cells: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("list_"):
                continue  # temporary, until the transaction ends: here the test's own
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            cells += [repr(row) for row in cursor.fetchall()]
    for model, field in sealed_fields():
        cells += [repr(value) for value in model._base_manager.values_list(field.name, flat=True)]
    return "\n".join(cells)


def sealed_fields() -> list[tuple[Any, Any]]:
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, EncryptedTextField)
    ]


def test_every_sealed_column_is_emptied_deleted_or_excused() -> None:
    emptied = {f"{held.model}.{name}" for held in EMPTIED for name in held.columns}
    deleted = {held.model for held in DELETED}
    missing = [
        f"{model._meta.label}.{field.name}"
        for model, field in sealed_fields()
        if f"{model._meta.label}.{field.name}" not in emptied | set(NOT_ABOUT_THE_CUSTOMER)
        and model._meta.label not in deleted
    ]
    assert not missing, "add them to outreach/record/personal_data.py"
    known = {f"{model._meta.label}.{field.name}" for model, field in sealed_fields()}
    assert set(NOT_ABOUT_THE_CUSTOMER) <= known


def test_nothing_of_the_canary_is_left_in_any_table(cast: Cast) -> None:
    everything(cast)
    before = dump()
    assert not [text for text in TOLD if text not in before], "the canary was nowhere to begin with"
    erase()
    after = dump()
    assert not [text for text in TOLD if text in after and text != "118.79"]
    assert not Location.objects.filter(customer=customer()).exists()
    rows = UploadRow.objects.filter(customer=customer())
    assert set(rows.values_list("lon", "name", "phone_index")) == {(None, "", None)}
    assert customer().id_index is not None  # the tombstone
    neighbour = Customer.objects.unscoped("test").get(customer_no="B2")
    assert (neighbour.name, neighbour.phone) == ("吕建国", "16900000002")


def test_the_journal_of_counts_forgets_them_when_it_is_over(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    everything(cast)
    with django_capture_on_commit_callbacks(execute=True):
        erase()
    assert not LeadChange.objects.exists()


def test_closes_the_customer_and_frees_the_holder(cast: Cast) -> None:
    everything(cast)
    erase()
    lead = the_lead()
    assert (lead.eligibility, lead.holder, lead.tile_key) == (Eligibility.REFUSED, None, None)
    assert not Offer.objects.unscoped("test").in_force().filter(customer=customer()).exists()
    assert not Assignment.objects.filter(lead=lead, ended_at=None).exists()
    refusal = Refusal.objects.get(customer=customer(), ended_at=None)
    assert refusal.source == RefusalSource.ERASURE
    correction = Correction.objects.unscoped("test").get()
    assert (correction.state, correction.value) == (CorrectionState.REJECTED, "")
    event = AuditEvent.objects.get(action="customer.erase")
    assert (event.target, event.detail["reason"]) == (f"customer:{customer().pk}", "客户书面要求")
    with pytest.raises(ReopenRefused):
        reopen(refusal=refusal, by=cast.feng, asked_by=AskedBy.CALL,
               asked_on=timezone.localdate(), reason="x")  # fmt: skip


def test_an_open_refusal_gives_way_to_the_erasure(cast: Cast) -> None:
    put(cast, [CANARY])
    Refusal.objects.create(customer=customer(), source=RefusalSource.CUSTOMER)
    erase()
    open_one = Refusal.objects.get(customer=customer(), ended_at=None)
    assert open_one.source == RefusalSource.ERASURE


def test_again_changes_nothing_more(cast: Cast) -> None:
    everything(cast)
    erase()
    first = customer().erased_at
    erase()
    assert customer().erased_at == first
    assert Refusal.objects.filter(customer=customer(), ended_at=None).count() == 1
    again = AuditEvent.objects.filter(action="customer.erase").values_list("detail", flat=True)
    assert [detail["again"] for detail in again.order_by("pk")] == [False, True]


@pytest.mark.parametrize("mode", [Mode.FULL, Mode.ADD])
@pytest.mark.parametrize("said", [("no", "id_number"), ("no",), ("id_number",)])
def test_no_later_list_brings_them_back(cast: Cast, mode: Mode, said: tuple[str, ...]) -> None:
    everything(cast)
    erase()
    row = {key: value for key, value in CANARY.items() if key not in {"no", "id_number"}}
    row |= {key: CANARY[key] for key in said}
    upload = compared(cast, [row, {"no": "B2"}], mode=mode)
    problem = upload.problems.get()
    assert (problem.code, problem.shown) == ("customer_erased", "")
    put(cast, [row, {"no": "B2"}], mode=mode)
    after = dump()
    assert not [text for text in TOLD if text in after and text != "118.79"]
    assert customer().name == ""
    assert (the_lead().eligibility, the_lead().tile_key) == (Eligibility.REFUSED, None)
    assert Customer.objects.unscoped("test").count() == 2
    assert not Offer.objects.unscoped("test").in_force().filter(customer=customer()).exists()


def test_a_list_on_its_way_does_not_bring_them_back_either(cast: Cast) -> None:
    put(cast, [CANARY, {"no": "B2"}])
    waiting = compared(cast, [{**CANARY, "name": "金丝雀乙", "amount": 90_000}, {"no": "B2"}])
    erase()
    put_list_in_force(upload=approved(cast, waiting), by=cast.feng)
    assert "金丝雀" not in dump()
    assert the_lead().eligibility == Eligibility.REFUSED
    assert not Offer.objects.unscoped("test").in_force().filter(customer=customer()).exists()


def test_undoing_a_list_does_not_bring_them_back(cast: Cast) -> None:
    put(cast, [CANARY, {"no": "B2"}])
    batch = put(cast, [{"no": "B2"}])
    erase()
    compensation = undo(cast, batch)
    assert compensation.counts["not_restored"] == 1
    assert customer().name == ""
    assert not Offer.objects.unscoped("test").in_force().filter(customer=customer()).exists()


def test_other_warnings_of_a_row_that_names_them_show_nothing(cast: Cast) -> None:
    put(cast, [CANARY])
    erase()
    upload = make_upload(cast, [CANARY])
    upload.problems.create(row_no=2, code="phone_shared", level="warning", shown="169****5678")
    compare(upload)
    assert set(upload.problems.values_list("code", "shown")) == {
        ("phone_shared", ""),
        ("customer_erased", ""),
    }


@pytest.mark.parametrize("step", [LoanStep.APPLIED, LoanStep.APPROVED, LoanStep.DRAWN])
def test_business_under_way_is_kept(cast: Cast, step: str) -> None:
    put(cast, [CANARY])
    Offer.objects.unscoped("test").update(loan_step=step)
    with pytest.raises(EraseRefused, match="依法须保存"):
        erase()
    assert customer().name == "金丝雀甲"
    assert the_lead().eligibility == Eligibility.YES


def test_a_stage_the_bank_confirmed_is_business_too(cast: Cast) -> None:
    lead = make_lead(cast, stage=Stage.APPROVED, stage_basis=StageBasis.CONFIRMED)
    with pytest.raises(EraseRefused):
        erase_customer(customer=lead.customer, by=None, reason="x")


def test_a_refused_application_is_none(cast: Cast) -> None:
    lead = make_lead(
        cast, stage=Stage.APPLIED, stage_basis=StageBasis.CONFIRMED, application_refused=True
    )
    Offer.objects.unscoped("test").update(loan_step=LoanStep.REFUSED)
    erase_customer(customer=lead.customer, by=cast.feng, reason="x")
    lead.customer.refresh_from_db()
    assert lead.customer.erased_at is not None


def test_a_customer_known_by_the_id_number_alone_is_recognised(cast: Cast) -> None:
    row = {**CANARY, "no": ""}
    put(cast, [row])
    known = Customer.objects.unscoped("test").get()
    erase_customer(customer=known, by=None, reason="x")
    upload = compared(cast, [row, {"no": "B2"}])
    assert upload.problems.get().code == "customer_erased"
    upload = compared(cast, [CANARY])  # now with a 客户号
    assert upload.problems.get().code == "customer_erased"
    assert not re.search("金丝雀", dump())


def test_what_was_sent_to_them_opens_no_more(cast: Cast) -> None:
    put(cast, [CANARY])
    script = Script.objects.create(title="x", body="x", written_by=cast.qian)
    Share.objects.create(
        lead=the_lead(), staff=cast.wang, product=cast.product, script=script,
        expires_at=timezone.now() + timedelta(days=7),
    )  # fmt: skip
    erase()
    assert Share.objects.unscoped("test").get().expires_at <= timezone.now()


def test_what_a_file_of_headquarters_showed_of_their_number_goes(cast: Cast) -> None:
    put(cast, [CANARY])
    feed = Feed.objects.create(
        kind="contacts", branch=cast.hq, file_name="x", size=1, sha256="0" * 64
    )
    for shown in (mask_customer_no("KEEP1"), "B2"):
        feed.problems.create(row_no=2, column="客户号", code="other_content", shown=shown)
    erase()
    assert list(feed.problems.values_list("shown", flat=True)) == ["", "B2"]
