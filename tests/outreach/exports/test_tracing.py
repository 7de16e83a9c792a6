"""A leaked piece names its download, or nobody."""

import csv
import random
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from outreach.actions.export_files import download_export, expire_exports
from outreach.exports.seeding import SEGMENTS, restated
from outreach.exports.tracing import read_leak, suspects
from outreach.models import Export, ExportCopy, Lead
from tests.cast import Cast, make_lead
from tests.exports import again, ready
from trust.models import AuditEvent
from whitelist.models import Customer

NAMES = "建国 志强 桂兰 春霞 永福 秀英 金山 凤英".split()
PEOPLE = 40


@pytest.fixture
def export(cast: Cast) -> Export:
    for n in range(PEOPLE):
        make_lead(cast, name="王李张刘孙"[n % 5] + NAMES[n % 8], phone=f"169000{n:05d}")
    return ready(cast, clear=["name", "phone", "address"])


def copy(export: Export, format: str = "csv") -> bytes:
    return download_export(export=again(export), format=format, by=export.asked_by).content


def leak(content: bytes, path: Path, *, columns: slice = slice(0, 3), n: int = 30) -> Path:
    """Some rows of a copy in another order, without its watermark."""
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))[1:]
    chosen = random.Random(5).sample(rows, n)
    path.write_text("\n".join(",".join(row[columns]) for row in chosen), encoding="utf-8")
    return path


def marks(path: Path) -> list[str]:
    return [each.copy.mark for each in suspects(read_leak(path))]


def test_each_copy_is_told_from_the_others(export: Export, tmp_path: Path) -> None:
    contents = [copy(export) for _ in range(3)]
    for number, content in enumerate(contents, start=1):
        assert marks(leak(content, tmp_path / "leak.csv")) == [f"{export.pk}-{number}"]


def test_typed_anew_as_text_and_read_from_excel(export: Export, tmp_path: Path) -> None:
    copy(export)
    path = leak(copy(export), tmp_path / "leak.txt")
    path.write_text(path.read_text().replace(",", "  "), encoding="gb18030")
    assert marks(path) == [f"{export.pk}-2"]
    book = tmp_path / "leak.xlsx"
    book.write_bytes(copy(export, "xlsx"))
    assert marks(book) == [f"{export.pk}-3"]


def test_long_after_the_file_is_gone(export: Export, tmp_path: Path) -> None:
    path = leak(copy(export), tmp_path / "leak.csv")
    Export.objects.unscoped("test").update(expires_at=timezone.now())
    assert expire_exports() == 1
    assert marks(path) == [f"{export.pk}-1"]


def test_a_decoy_alone_names_it(export: Export, tmp_path: Path) -> None:
    copy(export)
    (decoy,) = restated(ExportCopy.objects.get().decoys)
    path = tmp_path / "leak.txt"
    path.write_text(f"{decoy.cells['name']},{decoy.cells['phone']}\n")
    assert marks(path) == [f"{export.pk}-1"]


def test_the_same_people_from_elsewhere_name_nobody(export: Export, tmp_path: Path) -> None:
    for _ in range(3):
        copy(export)
    customers = Customer.objects.unscoped("test")
    lines = [f"{each.name},{each.phone},{each.home_address}" for each in customers]
    path = tmp_path / "other.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert marks(path) == []


def test_a_decoy_is_nobody_and_harms_nobody(export: Export) -> None:
    before = Lead.objects.unscoped("test").count(), Customer.objects.unscoped("test").count()
    copy(export)
    assert before == (
        Lead.objects.unscoped("test").count(),
        Customer.objects.unscoped("test").count(),
    )
    (decoy,) = restated(ExportCopy.objects.get().decoys)
    assert decoy.key < 0 and str(decoy.cells["phone"])[:3] in "154 160 163 164 168 169 194"
    people = Customer.objects.unscoped("test")
    assert decoy.cells["name"] not in {each.name for each in people}
    assert decoy.cells["phone"] not in {each.phone for each in people}
    assert not any(letter.isdigit() for letter in decoy.address.tails[0])  # nobody's house


def test_the_command(export: Export, tmp_path: Path, capsys: Any) -> None:
    path = leak(copy(export), tmp_path / "leak.csv")
    call_command("trace_export", path)
    said = capsys.readouterr().out
    assert said.startswith(f"download {export.pk}-1: zhao 赵主管, 寿光支行,")
    path.write_text("某人,16911112222\n")
    with pytest.raises(CommandError, match="not found"):
        call_command("trace_export", path)
    with pytest.raises(CommandError, match="empty"):
        (tmp_path / "empty.csv").write_text("")
        call_command("trace_export", tmp_path / "empty.csv")
    events = AuditEvent.objects.filter(action="export.trace").order_by("pk")
    assert [event.detail["copies"] for event in events] == [[f"{export.pk}-1"], []]


def test_a_list_of_every_number_there_could_be_names_nobody(cast: Cast, tmp_path: Path) -> None:
    """It holds every decoy, and comes from nowhere: how many were looked at counts."""
    make_lead(cast, phone="16900001234")
    copy(ready(cast, columns=["phone"]))
    path = tmp_path / "every.csv"
    numbers = (f"王**,{each}****{n:04d},稻田镇刘庄村" for each in SEGMENTS for n in range(10_000))
    path.write_text("\n".join(numbers), encoding="utf-8")
    (decoy,) = restated(ExportCopy.objects.get().decoys)
    assert f"{decoy.cells['phone']},{decoy.address.tails[0]}" in path.read_text()
    assert marks(path) == []
