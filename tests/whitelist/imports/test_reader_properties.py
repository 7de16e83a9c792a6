"""Whatever bytes come, the reader answers with rows or with one problem, and nothing else."""

import gc
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.whitelist.imports.spreadsheets import package
from tests.whitelist.imports.test_unusable_files import _parts, sheet_file
from whitelist.imports.layout import layout_of
from whitelist.imports.pipeline import reading_task
from whitelist.imports.reading import child, wire
from whitelist.imports.reading.problems import FileProblem
from whitelist.imports.sentences import FILE_PROBLEMS, file_sentence

# The reading process ends with its file; here, where it does not, its files are left to Python.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)


@pytest.fixture(autouse=True)
def left_to_python() -> Iterator[None]:
    yield
    gc.collect()


# One process for all examples; a child each is what `test_sandbox.py` looks at.
QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
HEADER = "客户号,姓名,手机号\n"
PIECES = st.sampled_from(
    [
        '"',
        ",",
        "\n",
        "\r",
        "\r\n",
        "\0",
        "\ufeff",
        "\u2028",
        "客户号",
        "姓名",
        "K1",
        "合计",
        "=1+1",
        "\u202e",
    ]
)
XML = st.sampled_from(
    [
        *("<row>", "</row>", "<row r='2'>", "<row r='x'>", "<c t='s'>", "<c r='XFD1'>", "<c r=''>", "</c>"),
        *("<v>", "</v>", "<is><t>", "</t></is>", "<rPh>", "0", "-1", "1e999", "客户号", "姓名", "_xD800_"),
        *("<!--", "-->", "<![CDATA[", "]]>", "&#x1F;", "&lt;", "<mergeCell ref='A1:A9'/>", "</sheetData>"),
    ]
)  # fmt: skip


def asked(content: bytes, task: dict[str, Any]) -> list[dict[str, Any]]:
    """What a reading process says; the frames of rows among it."""
    answers = io.BytesIO()
    child.main(task, io.BytesIO(content), answers)
    answers.seek(0)
    said: list[dict[str, Any]] = []
    while (message := wire.read(answers)) is not None:
        said.append(message)
        if message["kind"] == "rows":
            message["rows"] = json.loads(wire.read_frame(answers) or b"null")
    return said


def read_through(content: bytes) -> None:
    """First look and, where it finds a header, all rows: only rows, or a problem with a sentence."""
    said = asked(content, {"task": "peek"})
    assert said[-1]["kind"] in {"end", "problem"}
    if said[-1]["kind"] == "end":
        try:
            layout = layout_of(said[0], {})
        except FileProblem as problem:
            assert problem.code in FILE_PROBLEMS
            return
        wanted = list(range(len(layout["columns"])))[:3]
        task = reading_task(layout, max(1, len(content)), wanted)
        said = asked(content, {"task": "rows", **task, "max_rows": 50})
        for message in said:
            for number, cells, _ in message.get("rows", []):
                assert number > layout["header_row"]
                assert cells is None or len(cells) == len(wanted)
    last = said[-1]
    assert last["kind"] in {"end", "problem"}
    if last["kind"] == "problem":
        assert file_sentence(last["code"], last["params"]).endswith("。")


@QUICK
@given(st.binary(max_size=400))
@example(b"\xff\xfe\0\0")
@example(b"PK")
@example(b"\xef\xbb\xbf")
def test_any_bytes(content: bytes) -> None:
    read_through(content)


@QUICK
@given(
    st.lists(PIECES | st.text(max_size=5), max_size=40),
    st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-8-sig"]),
)
def test_any_text_below_a_header(pieces: list[str], encoding: str) -> None:
    read_through((HEADER + "".join(pieces)).encode(encoding, "replace"))


@QUICK
@given(st.lists(XML, max_size=40))
@example(["<row r='x'>"])
@example(["<c r='甲1'>", "<v>", "1", "</v>", "</c>"])
def test_any_xml_in_a_sheet(pieces: list[str]) -> None:
    read_through(sheet_file(f"<worksheet><sheetData>{''.join(pieces)}</sheetData></worksheet>"))


@QUICK
@given(
    st.sampled_from(["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"]),
    st.binary(max_size=200) | st.text(max_size=60),
)
def test_any_other_part(part: str, content: Any) -> None:
    read_through(
        package(_parts() | {part: content if isinstance(content, bytes) else content.encode()})
    )


@QUICK
@given(st.data())
def test_a_workbook_with_any_byte_changed(data: Any) -> None:
    rows = "<row><c t='str'><v>客户号</v></c><c t='str'><v>姓名</v></c></row>" * 2
    whole = bytearray(sheet_file(f"<worksheet><sheetData>{rows}</sheetData></worksheet>"))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    read_through(bytes(whole))


@pytest.mark.parametrize("cut", range(1, 900, 37))
def test_a_workbook_cut_anywhere(cut: int) -> None:
    rows = "<row><c t='str'><v>客户号</v></c></row>"
    read_through(sheet_file(f"<worksheet><sheetData>{rows}</sheetData></worksheet>")[:cut])
