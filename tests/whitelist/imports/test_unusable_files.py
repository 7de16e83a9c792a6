"""Files that cannot be used as a whole: one clear sentence each, and the worker lives on."""

import io
import struct
import zipfile
from typing import Any

import pytest

from tests.whitelist.imports.spreadsheets import MAIN, build, package
from whitelist.models import UploadRow

pytestmark = pytest.mark.django_db

HEADER = "客户号,姓名,手机号,居住地址,管户机构号,产品代码,预授信额度,生效日期,失效日期\n"
ROW = "K0001,甲一,16900000001,寿光市稻田镇刘庄村,H37078301,JSD,500000,2026-01-01,2099-12-31\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def sheet_file(sheet: str, strings: str = "<sst/>", workbook: str = "") -> bytes:
    """A spreadsheet with this XML as its only sheet."""
    parts = _parts()
    parts["xl/worksheets/sheet1.xml"] = sheet
    parts["xl/sharedStrings.xml"] = strings
    if workbook:
        parts["xl/workbook.xml"] = workbook
    return package(parts)


def _parts() -> dict[str, Any]:
    plain = build({"sheets": [{"name": "S", "rows": []}]})
    with zipfile.ZipFile(io.BytesIO(plain)) as book:
        return {n: book.read(n) for n in book.namelist() if n != "[Content_Types].xml"}


def encrypted_zip() -> bytes:
    """A zip whose entries say they are encrypted."""
    content = bytearray(build({"sheets": [{"name": "S", "rows": []}]}))
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        flags = struct.unpack_from("<H", content, at + 8)[0]
        struct.pack_into("<H", content, at + 8, flags | 1)
        at += 4
    return bytes(content)


UNUSABLE = {
    "empty": (b"", "list.csv", "文件里没有内容"),
    "only blanks": (b" \r\n\r\n", "list.csv", "文件里没有内容"),
    "only a header": (HEADER.encode(), "list.csv", "文件只有表头，没有客户"),
    "no header": (ROW.encode() * 3, "list.csv", "没有找到表头"),
    "binary": (bytes(range(1, 256)) * 40, "list.csv", "文字编码无法识别"),
    "utf-8 with one broken character": (
        (HEADER + ROW + ROW).encode()[:-40] + b"\xff" + ROW.encode(),
        "list.csv",
        "第 3 行附近的文字编码无法识别",
    ),
    "cut in the middle of a character": (
        (HEADER + ROW).encode().split("庄".encode())[0] + "庄".encode()[:2], "list.csv", "第 2 行附近的文字编码无法识别",
    ),
    "nul": ((HEADER + ROW + "K0002,甲\0二\n").encode(), "list.csv", "第 3 行有空字符"),
    "quote never closed": (
        (HEADER + ROW + 'K0002,"甲二,16900000002\n' + ROW * 3).encode(), "list.csv", "第 3 行的引号没有配对",
    ),
    "quote closed rows later": (
        (HEADER + 'K0002,"甲二,16900000002\n' + ROW + 'K0003,甲"三\n' + ROW).encode(),
        "list.csv",
        "第 2 行的引号没有配对",
    ),
    "quote swallows everything": (
        (HEADER + 'K0002,"甲二\n' + ROW * 2000).encode(), "list.csv", "第 2 行的引号没有配对",
    ),
    "huge cell": ((HEADER + "K1," + "甲" * 200_000 + "\n").encode(), "list.csv", "第 2 行有一格超过 32,767 个字"),
    "old excel": (OLE, "list.xls", "请用 Excel 或 WPS 打开，另存为 .xlsx"),
    "password": (OLE + "EncryptedPackage".encode("utf-16-le"), "list.xlsx", "文件设了密码"),
    "password in the zip": (encrypted_zip(), "list.xlsx", "文件设了密码"),
    "web page": (b"<html><table><tr><td>1</td></tr></table>", "list.xls", "其实是网页或 XML"),
    "pdf": (b"%PDF-1.7 ...", "list.csv", "这个文件不是表格"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "list.csv", "这个文件不是表格"),
    "archive": (None, "list.zip", "这是压缩包，不是表格"),
    "open document": (None, "list.xlsx", "这种表格格式不支持"),
    "cut zip": (build({"sheets": [{"name": "S", "rows": [["a"]]}]})[:-30], "list.xlsx", "表格文件已损坏"),
    "broken xml": (sheet_file("<worksheet><sheetData><row r='1'><c>"), "list.xlsx", "表格文件已损坏"),
    "missing string": (
        sheet_file("<worksheet><sheetData><row r='1'><c t='s'><v>7</v></c></row></sheetData></worksheet>"),
        "list.xlsx", "表格文件已损坏",
    ),
    "negative string": (
        sheet_file("<worksheet><sheetData><row r='1'><c t='s'><v>-1</v></c></row></sheetData></worksheet>"),
        "list.xlsx", "表格文件已损坏",
    ),
    "empty sheet": (build({"sheets": [{"name": "S", "rows": []}]}), "list.xlsx", "文件里没有内容"),
    "entities": (
        sheet_file(
            '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
            "<worksheet><sheetData><row r='1'><c t='str'><v>&b;</v></c></row></sheetData></worksheet>"
        ),
        "list.xlsx", "内部结构异常",
    ),
    "two cells at the ends of the sheet": (
        sheet_file(
            f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="str"><v>客户号</v></c></row>'
            '<row r="1048576"><c r="XFD1048576" t="str"><v>姓名</v></c></row></sheetData></worksheet>'
        ),
        "list.xlsx", "没有找到表头",
    ),
    "one cell of 40 million characters": (
        sheet_file(
            "<worksheet><sheetData><row r='1'><c t='str'><v>" + "A" * 40_000_000 + "</v></c></row></sheetData></worksheet>"
        ),
        "list.xlsx", "内部结构异常",
    ),
    "a shared string of 10 million characters": (
        sheet_file(
            "<worksheet><sheetData><row r='1'><c t='s'><v>0</v></c></row></sheetData></worksheet>",
            strings="<sst><si><t>" + "A" * 10_000_000 + "</t></si></sst>",
        ),
        "list.xlsx", "超过 32,767 个字",
    ),
}  # fmt: skip


def zip_of(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize("case", UNUSABLE)
def test_one_clear_sentence(case: str, import_file: Any) -> None:
    content, name, words = UNUSABLE[case]
    if content is None:
        content = (
            zip_of("mimetype", "content.xml") if case == "open document" else zip_of("名单.csv")
        )
    upload = import_file(content, name=name)
    assert upload.state == "failed"
    assert words in upload.failure
    assert upload.failure.endswith("。")
    assert not UploadRow.objects.exists()


def test_too_many_rows(import_file: Any, settings: Any) -> None:
    settings.UPLOAD_MAX_ROWS_CSV = 3
    upload = import_file((HEADER + ROW * 4).encode())
    assert (upload.state, upload.failure) == (
        "failed",
        "文件超过 3 行。请按机构拆成几个文件，或改用 CSV。",
    )
    assert not UploadRow.objects.exists()


def test_exactly_as_many_rows_as_allowed(import_file: Any, settings: Any) -> None:
    settings.UPLOAD_MAX_ROWS_CSV = 4
    assert import_file((HEADER + ROW * 4).encode()).state == "checked"


def test_many_merged_ranges_are_refused(import_file: Any) -> None:
    merges = "".join(f'<mergeCell ref="A{i}:A{i + 1}"/>' for i in range(2, 400_010, 2))
    sheet = (
        "<worksheet><sheetData><row r='1'><c r='A1' t='str'><v>客户号</v></c><c r='B1' t='str'><v>姓名</v></c>"
        "<c r='C1' t='str'><v>管户机构号</v></c><c r='D1' t='str'><v>预授信额度(元)</v></c>"
        "<c r='E1' t='str'><v>生效日期</v></c><c r='F1' t='str'><v>失效日期</v></c></row></sheetData>"
        f"<mergeCells>{merges}</mergeCells></worksheet>"
    )
    upload = import_file(sheet_file(sheet), name="list.xlsx")
    assert upload.state == "failed"
    assert "内部结构异常" in upload.failure
