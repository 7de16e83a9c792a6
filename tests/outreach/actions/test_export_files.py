"""The file: made by the worker, fetched by its asker, gone by the clock; never with too much in it."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.utils import timezone

from jobs.queue import WAIT, claim_next, run
from outreach.actions import export_files
from outreach.actions.erase_customer import erase_customer
from outreach.actions.export_files import download_export, expire_exports
from outreach.actions.exports import ExportRefused, agree_to_export
from outreach.exports import seeding
from outreach.models import Eligibility, Export, ExportCopy, ExportedLead, ExportState, Lead
from tests.cast import Cast, make_lead
from tests.exports import again, ask, ready
from trust.audit import digest_of_ids
from trust.files import unsealed
from trust.models import AuditEvent
from trust.wall import within

NUMBER = "16900001234"


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def fetch(export: Export, format: str = "csv") -> bytes:
    return download_export(export=again(export), format=format, by=export.asked_by).content


def real(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows of customers there are: decoys have no amount of their own here."""
    return [row for row in rows if "吕" in row["姓名"] and "建国" in row["姓名"]]


def test_masked_unless_it_was_agreed_to_in_clear(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang, phone=NUMBER)
    content = fetch(ready(cast)).decode()
    assert "169****1234" in content and "吕**" in content
    assert NUMBER not in content and "吕建国" not in content and f"刘庄村{lead.pk}号" not in content
    content = fetch(ready(cast, clear=["phone"])).decode()
    assert NUMBER in content and "吕建国" not in content


def test_never_an_id_number_nor_the_customer_number(cast: Cast) -> None:
    lead = make_lead(cast)
    everything = ["phone", "phone2", "village", "township", "segment", "product", "branch"]
    export = ready(cast, columns=[*everything, "id_number"], clear=["name", "phone", "address"])
    content = fetch(export).decode()
    assert lead.customer.id_number not in content
    assert lead.customer.customer_no not in content


def test_the_worker_makes_it_and_it_lies_sealed(cast: Cast, settings: Any) -> None:
    lead = make_lead(cast, phone=NUMBER)
    export = ask(cast.zhao, clear=["phone", "name"])
    agree_to_export(export=export, by=cast.feng)
    lease = claim_next()
    assert lease is not None
    run(lease)
    export = again(export)
    assert export.state == ExportState.READY
    stored = Path(default_storage.path(export.stored_as)).read_bytes()
    assert NUMBER.encode() not in stored and "吕建国".encode() not in stored
    event = AuditEvent.objects.get(action="export.make")
    assert event.detail["leads_digest"] == digest_of_ids([lead.pk])


def test_who_left_meanwhile_is_left_out(cast: Cast) -> None:
    stays, refuses, leaves = (make_lead(cast, phone=f"1690000000{n}") for n in range(3))
    export = ask(cast.zhao, clear=["phone"])
    set_eligibility(refuses, Eligibility.REFUSED)
    agree_to_export(export=export, by=cast.feng)
    run(claim_next())  # type: ignore[arg-type]
    assert again(export).rows == 2
    set_eligibility(leaves, Eligibility.WITHDRAWN)
    content = fetch(export).decode()
    assert "16900000000" in content
    assert "16900000001" not in content and "16900000002" not in content
    assert stays.pk in ExportedLead.objects.values_list("lead", flat=True)


def set_eligibility(lead: Lead, eligibility: Eligibility) -> None:
    Lead.objects.unscoped("test").filter(pk=lead.pk).update(eligibility=eligibility)


def test_formulas_are_harmless(cast: Cast) -> None:
    for name in ("=1+1", "＝cmd", "@x", "+86", "－1", "\t=1"):
        make_lead(cast, name=name)
    export = ready(cast, clear=["name"])
    names = [row["姓名"] for row in table(fetch(export))]
    assert not [name for name in names if name.lstrip(" \t")[:1] in "=＝@＠+＋-－"]
    sheet = openpyxl.load_workbook(io.BytesIO(fetch(export, "xlsx"))).active
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_watermark_names_who_when_and_what_for(cast: Cast) -> None:
    make_lead(cast)
    export = ready(cast)
    marks = {row["水印"] for row in table(fetch(export))}
    assert len(marks) == 1
    mark = marks.pop()
    assert f"导出 {export.pk}-1" in mark and "zhao 赵主管" in mark and "仅限上门走访使用" in mark
    book = openpyxl.load_workbook(io.BytesIO(fetch(export, "xlsx")))
    sheet = book.active
    assert f"导出 {export.pk}-2" in sheet.oddHeader.center.text
    assert "zhao" in sheet.oddFooter.left.text
    assert sheet.print_title_rows == "$1:$1" and sheet.page_setup.orientation == "landscape"


def test_only_the_asker_and_so_many_times(cast: Cast, settings: Any) -> None:
    make_lead(cast)
    settings.EXPORT_DOWNLOADS = 2
    export = ready(cast)
    with pytest.raises(PermissionDenied):
        download_export(export=export, format="csv", by=cast.feng)
    first, second = fetch(export), fetch(export)
    assert first != second
    with pytest.raises(ExportRefused, match="用完"):
        fetch(export)
    events = AuditEvent.objects.filter(action="export.download").order_by("pk")
    assert [event.detail["copy"] for event in events] == [f"{export.pk}-1", f"{export.pk}-2"]
    assert {copy.sha256 for copy in ExportCopy.objects.all()} == {
        event.detail["sha256"] for event in events
    }


def test_the_last_download_leaves_no_file(
    cast: Cast, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EXPORT_DOWNLOADS = 1
    make_lead(cast)
    export = ready(cast)
    path = Path(default_storage.path(export.stored_as))
    with django_capture_on_commit_callbacks(execute=True):
        fetch(export)
    assert not path.exists() and not again(export).stored_as
    with pytest.raises(ExportRefused, match="用完"):  # read before, a moment too late
        download_export(export=export, format="csv", by=cast.zhao)


def test_of_two_fetched_at_once_one_has_the_number(cast: Cast) -> None:
    make_lead(cast)
    export = ready(cast)
    stale = again(export)
    fetch(export)
    with pytest.raises(ExportRefused):
        download_export(export=stale, format="csv", by=cast.zhao)
    assert ExportCopy.objects.count() == 1


def test_gone_after_its_days(cast: Cast) -> None:
    make_lead(cast)
    fetched, forgotten = ready(cast), ready(cast)
    fetch(fetched)
    path = Path(default_storage.path(fetched.stored_as))
    assert path.exists() and expire_exports() == 0
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        with pytest.raises(ExportRefused):
            fetch(fetched)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.db.transaction.on_commit", lambda call, **_: call())
            assert expire_exports() == 2
        assert expire_exports() == 0
    assert not path.exists()
    assert again(fetched).state == ExportState.EXPIRED
    # Who was in a file that left stays on record; of one nobody fetched, nobody does.
    assert set(ExportedLead.objects.values_list("export", flat=True)) == {fetched.pk}
    assert AuditEvent.objects.filter(action="export.expire").count() == 2
    assert not ExportedLead.objects.filter(export=forgotten).exists()


def test_a_deleted_customer_is_in_no_stored_file(cast: Cast) -> None:
    lead, other = make_lead(cast), make_lead(cast, village=cast.next_village)
    here = ready(cast, question=f"village={cast.village.code}")
    elsewhere = ready(cast, question=f"village={cast.next_village.code}")
    erase_customer(customer=lead.customer, by=None, reason="客户本人要求")
    assert again(here).state == ExportState.EXPIRED and not again(here).stored_as
    assert again(elsewhere).state == ExportState.READY
    assert other.pk in ExportedLead.objects.values_list("lead", flat=True)


def test_deleted_while_the_file_is_being_made(cast: Cast, monkeypatch: Any) -> None:
    """Read by the worker a moment ago, deleted now: they are in no file that is kept after it."""
    lead, stays = make_lead(cast, phone=NUMBER), make_lead(cast, phone="16900000001")
    export = ask(cast.zhao, clear=["phone"])
    agree_to_export(export=export, by=cast.feng)
    read = export_files.rows_of

    def and_then_deleted(*given: Any) -> Any:
        yield from read(*given)
        erase_customer(customer=lead.customer, by=None, reason="客户本人要求")

    monkeypatch.setattr(export_files, "rows_of", and_then_deleted)
    run(claim_next())  # type: ignore[arg-type]
    assert again(export).state == ExportState.MAKING and not again(export).stored_as
    assert not list(Path(default_storage.path("uploads")).iterdir())
    with time_machine.travel(timezone.now() + 2 * WAIT):
        run(claim_next())  # type: ignore[arg-type]
    with default_storage.open(again(export).stored_as) as file:
        kept = b"".join(unsealed(file)).decode()
    assert NUMBER not in kept and "16900000001" in kept
    assert again(export).rows == 1
    assert set(ExportedLead.objects.values_list("lead", flat=True)) == {stays.pk}


def test_an_asker_who_left_gets_nothing_made(cast: Cast) -> None:
    make_lead(cast)
    export = ask(cast.zhao)
    agree_to_export(export=export, by=cast.feng)
    cast.zhao.is_active = False
    cast.zhao.save()
    run(claim_next())  # type: ignore[arg-type]
    assert again(export).rows == 0


def test_a_decoy_is_nobody_of_any_branch(cast: Cast, monkeypatch: Any) -> None:
    """Also where the database shows the asker no other branch's customers (ADR 31)."""
    monkeypatch.setattr(seeding, "_FIRST", "秀玉")
    monkeypatch.setattr(seeding, "_SECOND", "英")
    make_lead(cast)
    make_lead(cast, holder=cast.sun, name="吕秀英")
    export = ready(cast, clear=["name"])
    with within(cast.zhao.reach):
        names = [{row["姓名"] for row in table(fetch(export))} for _ in range(3)]
    assert names == [{"吕建国", "吕玉英"}] * 3


def test_a_decoy_is_nobody_while_keys_are_changed(
    cast: Cast, monkeypatch: Any, settings: Any
) -> None:
    monkeypatch.setattr(seeding, "_FIRST", "秀玉")
    monkeypatch.setattr(seeding, "_SECOND", "英")
    make_lead(cast)
    make_lead(cast, name="吕秀英")
    export = ready(cast, clear=["name"])
    settings.INDEX_KEYS = f"2:{'ab' * 32},{settings.INDEX_KEYS}"
    names = [{row["姓名"] for row in table(fetch(export))} for _ in range(3)]
    assert names == [{"吕建国", "吕秀英", "吕玉英"}] * 3


def test_where_every_usual_name_is_somebodys_there_is_still_a_file(
    cast: Cast, monkeypatch: Any
) -> None:
    """With a million customers 王 alone has all of them: it looked on for ever."""
    monkeypatch.setattr(seeding, "_FIRST", "秀")
    monkeypatch.setattr(seeding, "_SECOND", "英")
    make_lead(cast, name="吕秀英")
    invented = {row["姓名"] for row in table(fetch(ready(cast, clear=["name"])))} - {"吕秀英"}
    assert len(invented) == 1 and "吕" in invented.pop()
