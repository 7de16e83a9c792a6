"""The reading process may die, hang or swell: its parent says so in one sentence and goes on."""

import io
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.whitelist.imports.spreadsheets import build, package
from tests.whitelist.imports.test_unusable_files import HEADER, ROW, sheet_file
from whitelist.imports.reading import sandbox, wire
from whitelist.imports.reading.problems import FileProblem
from whitelist.imports.sentences import file_sentence

FILE = (HEADER + ROW).encode()


def peek(content: bytes) -> dict[str, Any]:
    return sandbox.peek(lambda: iter([content]))


def problem_of(content: bytes) -> str:
    with pytest.raises(FileProblem) as caught:
        peek(content)
    assert file_sentence(caught.value.code, caught.value.params).endswith("。")
    return caught.value.code


def test_the_first_rows_come_back() -> None:
    found = peek(FILE)
    assert found["tables"][0]["rows"][1][1] == "甲一"


def test_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "COMMAND", ("/bin/sh", "-c", "kill -9 $$"))
    assert problem_of(FILE) == "reader_died"


def test_killed_after_half_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "COMMAND", ("/bin/sh", "-c", "printf '\\000\\000\\001\\000{\"ki'"))
    assert problem_of(FILE) == "reader_died"


def test_ending_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "COMMAND", ("/bin/true",))
    assert problem_of(FILE * 10_000) == "reader_died"


def test_hanging(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.READER_MAX_SECONDS = 1
    monkeypatch.setattr(sandbox, "COMMAND", ("/bin/sh", "-c", "exec sleep 60"))
    assert problem_of(FILE) == "too_slow"


def test_out_of_processor_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "COMMAND", ("/bin/sh", "-c", "kill -XCPU $$"))
    assert problem_of(FILE) == "too_slow"


def test_out_of_memory(settings: Any) -> None:
    settings.READER_MAX_MEMORY = 80 * 1024 * 1024
    strings = (
        "<sst>" + "".join(f"<si><t>{i:030d}{'x' * 200}</t></si>" for i in range(300_000)) + "</sst>"
    )
    cell = "<row r='1'><c r='A1' t='s'><v>299999</v></c></row>"
    code = problem_of(sheet_file(f"<worksheet><sheetData>{cell}</sheetData></worksheet>", strings))
    assert code in {"too_much_memory", "reader_died"}


@pytest.mark.parametrize("start", ["<worksheet><sheetData><row><a", "<worksheet a='"])
def test_a_tag_that_never_ends_is_not_followed(start: str) -> None:
    noise = os.urandom(9_000_000).hex()  # hardly packs, so that it is no bomb by its ratio
    assert problem_of(sheet_file(start + noise)) == "bomb"
    cell = "<worksheet><sheetData><row><c t='s'><v>0</v></c></row></sheetData></worksheet>"
    assert problem_of(sheet_file(cell, strings=f"<sst>{start[:2]}{noise}")) == "bomb"


@pytest.mark.parametrize("piece", ["<mergeCell ", '<mergeCell ref="A1', "<mergeCell ref=", "<a:"])
def test_merges_that_never_end_are_looked_for_once(piece: str, settings: Any) -> None:
    """Behind the rows a first look reads; 30 kB packed. Looked for from each beginning: ten minutes."""
    settings.READER_MAX_SECONDS = 20
    rows = "<row><c t='str'><v>K1</v></c></row>" * 60
    endless = piece * (8_000_000 // len(piece))
    book = sheet_file(f"<worksheet><sheetData>{rows}</sheetData><mergeCells>{endless}")
    task = {"headings": ["客户号"], "wanted": [0], "header_row": 1, "sheet": "S", "size": 1}
    with pytest.raises(FileProblem) as caught:
        list(sandbox.rows(lambda: iter([book]), {**task, "max_rows": 99}, {}))
    assert caught.value.code == "damaged"


def test_it_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELD_KEYS", "1:secret")
    seen: dict[str, Any] = {}
    real = subprocess.Popen

    def spy(*args: Any, **kwargs: Any) -> Any:
        seen.update(kwargs["env"])
        return real(*args, **kwargs)

    monkeypatch.setattr(subprocess, "Popen", spy)
    peek(FILE)
    assert seen and not {"FIELD_KEYS", "SECRET_KEY", "DATABASE_URL", "HOME"} & set(seen)


def test_it_imports_neither_django_nor_our_models() -> None:
    code = (
        "import sys, whitelist.imports.reading.child as c;"
        "print([m for m in sys.modules if m.startswith(('django', 'trust', 'whitelist.models'))])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_a_message_survives_any_text() -> None:
    pipe = io.BytesIO()
    message = {"kind": "rows", "rows": [[1, ['\n\0"\\', "䶮"], 0]], "share": 1.0}
    wire.write(pipe, message)
    pipe.seek(0)
    assert wire.read(pipe) == json.loads(json.dumps(message))
    assert wire.read(pipe) is None


def test_a_zip_that_would_unpack_to_gigabytes_is_not_unpacked() -> None:
    parts: dict[str, Any] = {f"xl/media/{i}": b"\0" * 8_000_000 for i in range(8)}
    parts |= {"xl/workbook.xml": "<workbook/>", "xl/_rels/workbook.xml.rels": "<Relationships/>"}
    assert problem_of(package(parts)) == "bomb"


def test_thousands_of_parts_are_refused() -> None:
    parts: dict[str, Any] = {f"x{i}": "" for i in range(2_100)}
    parts |= {"xl/workbook.xml": "<workbook/>", "xl/_rels/workbook.xml.rels": "<Relationships/>"}
    assert problem_of(package(parts)) == "bomb"


def test_a_prefix_on_every_tag_changes_nothing() -> None:
    plain = build(
        {"sheets": [{"name": "S", "rows": [["客户号", "姓名"], ["K1", {"inline": "甲"}]]}]}
    )
    prefixed = sheet_file(
        '<x:worksheet xmlns:x="u"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>客户号</x:t></x:is></x:c>'
        '<x:c r="B1" t="inlineStr"><x:is><x:t>姓名</x:t></x:is></x:c></x:row><x:row r="2"><x:c t="str"><x:v>K1</x:v></x:c>'
        '<x:c t="str"><x:v>甲</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    assert peek(prefixed)["tables"][0]["rows"] == peek(plain)["tables"][0]["rows"]
