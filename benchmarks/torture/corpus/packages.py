"""Zips that lie, and files that only call themselves a workbook."""

import io
import random
import stat
import struct
import zipfile

from benchmarks.torture.corpus.families import HEADINGS, as_text, bad, honest_rows
from tests.whitelist.imports.spreadsheets import build, package
from tests.whitelist.imports.test_unusable_files import OLE, _parts, encrypted_zip, zip_of


def _honest(rng: random.Random) -> bytes:
    return build({"sheets": [{"name": "名单", "rows": [HEADINGS, *honest_rows(rng, 5)]}]})


def _patched(content: bytes, mark: bytes, offset: int, form: str, value: int) -> bytes:
    """Every header of that kind with one of its fields overwritten."""
    patched, at = bytearray(content), 0
    while (at := patched.find(mark, at)) >= 0 and at + offset + 8 <= len(patched):
        struct.pack_into(form, patched, at + offset, value)
        at += 4
    return bytes(patched)


@bad()
def zip_cut(rng: random.Random) -> bytes:
    content = _honest(rng)
    return content[: rng.randrange(2, len(content))]


@bad()
def zip_flipped(rng: random.Random) -> bytes:
    content = bytearray(_honest(rng))
    for _ in range(rng.randint(1, 20)):
        content[rng.randrange(4, len(content))] = rng.randrange(256)
    return bytes(content)


@bad()
def zip_with_a_tail(rng: random.Random) -> bytes:
    return _honest(rng) + rng.choice(
        (b"\0" * 70_000, rng.randbytes(300), b"PK\x05\x06" + b"\0" * 18)
    )


@bad()
def zip_behind_something(rng: random.Random) -> bytes:
    return b"PK" + rng.randbytes(rng.choice((2, 900))) + _honest(rng)


@bad()
def zip_encrypted(rng: random.Random) -> bytes:
    return encrypted_zip()


@bad()
def zip_lies_of_sizes(rng: random.Random) -> bytes:
    field = rng.choice((20, 24))  # packed or unpacked size, in the central directory
    return _patched(
        _honest(rng),
        b"PK\x01\x02",
        field,
        "<I",
        rng.choice((0, 1, 0xFFFFFFFF, 0x7FFFFFFF, 1_000_000)),
    )


@bad()
def zip_lies_of_places(rng: random.Random) -> bytes:
    return _patched(
        _honest(rng), b"PK\x01\x02", 42, "<I", rng.choice((0, 5, 0xFFFFFFFE, 99_999_999))
    )


@bad()
def zip64_lies(rng: random.Random) -> bytes:
    content = _patched(_honest(rng), b"PK\x01\x02", 24, "<I", 0xFFFFFFFF)
    return _patched(content, b"PK\x05\x06", rng.choice((8, 10, 12, 16)), "<H", 0xFFFF)


@bad()
def zip_of_another_method(rng: random.Random) -> bytes:
    content = _patched(
        _honest(rng), b"PK\x01\x02", 10, "<H", rng.choice((1, 6, 9, 12, 14, 93, 95, 97, 99))
    )
    return content


@bad()
def zip_with_wrong_checksums(rng: random.Random) -> bytes:
    return _patched(_honest(rng), b"PK\x01\x02", 16, "<I", rng.randrange(2**32))


@bad()
def zip_with_a_comment_that_is_a_zip(rng: random.Random) -> bytes:
    buffer = io.BytesIO(_honest(rng))
    with zipfile.ZipFile(buffer, "a") as book:
        book.comment = zip_of("a.csv")[:60_000]
    return buffer.getvalue()


@bad()
def paths_that_climb(rng: random.Random) -> bytes:
    name = rng.choice(
        (
            "../../../../tmp/x",
            "/etc/cron.d/x",
            "C:\\x",
            "xl/../../x",
            "xl//workbook.xml",
            "xl\\workbook.xml",
            "x",
            "a" * 60_000,
            "..",
            "名/单",
        )
    )
    return package(_parts() | {name: "x"})


@bad()
def links_to_files(rng: random.Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        for name, content in _parts().items():
            entry = zipfile.ZipInfo(name)
            if name == "xl/worksheets/sheet1.xml":
                entry.external_attr, content = (stat.S_IFLNK | 0o777) << 16, b"/etc/passwd"
            book.writestr(entry, content)
    return buffer.getvalue()


@bad()
def the_same_name_twice(rng: random.Random) -> bytes:
    buffer = io.BytesIO(_honest(rng))
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(buffer, "a") as book:
            book.writestr(rng.choice(("xl/workbook.xml", "xl/worksheets/sheet1.xml")), "<x/>")
    return buffer.getvalue()


@bad()
def names_that_differ_in_case(rng: random.Random) -> bytes:
    return package(
        {
            name.upper() if rng.random() < 0.5 else name: content
            for name, content in _parts().items()
        }
    )


@bad(times=4)
def a_bomb(rng: random.Random) -> bytes:
    place = rng.choice(
        (
            "xl/worksheets/sheet1.xml",
            "xl/sharedStrings.xml",
            "xl/workbook.xml",
            "xl/media/x.png",
            "xl/_rels/workbook.xml.rels",
        )
    )
    return package(_parts() | {place: rng.choice((b" ", b"<a>", b"\0")) * 60_000_000})


@bad(times=3)
def a_bomb_below_the_ratio(rng: random.Random) -> bytes:
    """Under the size from which the ratio is looked at: it is unpacked, and must end in time."""
    return package(
        _parts()
        | {
            "xl/worksheets/sheet1.xml": "<worksheet><sheetData>"
            + "<row><c><v>1</v></c></row>" * 600_000
        }
    )


@bad(times=2)
def a_hundred_thousand_parts(rng: random.Random) -> bytes:
    return package(_parts() | {f"x/{n}": "" for n in range(30_000)})


@bad()
def a_zip_in_a_zip(rng: random.Random) -> bytes:
    return package({"list.xlsx": _honest(rng)})


@bad()
def other_packages(rng: random.Random) -> bytes:
    return zip_of(
        *rng.choice(
            (
                ("mimetype", "content.xml"),
                ("word/document.xml", "[Content_Types].xml"),
                ("ppt/presentation.xml", "[Content_Types].xml"),
                ("xl/workbook.bin", "[Content_Types].xml"),
                ("META-INF/MANIFEST.MF",),
                ("AndroidManifest.xml", "classes.dex"),
                ("名单.csv",),
            )
        )
    )


@bad()
def an_empty_zip(rng: random.Random) -> bytes:
    return b"PK\x05\x06" + b"\0" * 18


@bad()
def two_letters(rng: random.Random) -> bytes:
    return b"PK" + rng.randbytes(rng.choice((0, 1, 2, 40)))


@bad(name="list.xls")
def old_excel_by_its_name(rng: random.Random) -> bytes:
    return rng.choice((OLE, _honest(rng), b""))


@bad()
def old_excel(rng: random.Random) -> bytes:
    return (
        OLE
        + rng.randbytes(3_000)
        + ("EncryptedPackage".encode("utf-16-le") if rng.random() < 0.5 else b"")
    )


@bad(name="list.csv")
def a_workbook_called_csv(rng: random.Random) -> bytes:
    return _honest(rng)[: rng.choice((10**9, 900))]


@bad()
def text_called_a_workbook(rng: random.Random) -> bytes:
    return as_text(honest_rows(rng)).encode(rng.choice(("utf-8", "gb18030")))[
        : rng.choice((10**9, 200))
    ]


@bad()
def a_web_page(rng: random.Random) -> bytes:
    page = rng.choice(
        (
            "<html><table><tr><td>1</td></tr></table></html>",
            "<!DOCTYPE html>",
            "<?xml version='1.0'?><Workbook/>",
            "\n\n  <TABLE>",
            "<?mso-application progid='Excel.Sheet'?>",
            "MIME-Version: 1.0\nContent-Type: multipart/related\n\n<html>",
        )
    )
    return page.encode(rng.choice(("utf-8", "utf-8-sig", "utf-16", "gb18030")))


@bad()
def other_kinds(rng: random.Random) -> bytes:
    starts = (
        b"%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"Rar!\x1a\x07",
        b"7z\xbc\xaf\x27\x1c",
        b"\x1f\x8b\x08",
        b"{\\rtf1",
        b"BZh9",
        b"\xfd7zXZ",
        b"GIF89a",
        b"MZ\x90",
        b"\x7fELF",
        b"ID;PWXL",
        b"TABLE\n0,1\n",
        b"%!PS",
        b"ITSF",
        b"\x09\x08\x10\x00\x00\x06",
    )
    return rng.choice(starts) + rng.randbytes(rng.choice((0, 500, 20_000)))


@bad(name="名单.exe")
def names_not_taken(rng: random.Random) -> bytes:
    return _honest(rng)


@bad(name="../../etc/名单\u202exlsx.csv")
def a_name_that_climbs(rng: random.Random) -> bytes:
    return as_text(honest_rows(rng)).encode()


@bad(name="n" * 150 + ".csv")
def a_long_name(rng: random.Random) -> bytes:
    return as_text(honest_rows(rng)).encode()
