"""Workbooks whose parts do not belong together."""

import random

from benchmarks.torture.corpus.families import HEADINGS, bad, honest_rows
from tests.whitelist.imports.spreadsheets import MAIN, RELS, build, package
from tests.whitelist.imports.test_unusable_files import _parts, sheet_file


def _with(**parts: str | bytes | None) -> bytes:
    """The honest parts with some of them replaced, or left out (None)."""
    known = {
        "book": "xl/workbook.xml",
        "links": "xl/_rels/workbook.xml.rels",
        "sheet": "xl/worksheets/sheet1.xml",
        "strings": "xl/sharedStrings.xml",
    }
    every = _parts()
    for name, content in parts.items():
        if content is None:
            every.pop(known[name])
        else:
            every[known[name]] = content
    return package(every)


def _book(inner: str) -> str:
    return f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}">{inner}</workbook>'


@bad()
def a_part_is_missing(rng: random.Random) -> bytes:
    return _with(**{rng.choice(("book", "links", "sheet", "strings")): None})


@bad()
def a_part_is_something_else(rng: random.Random) -> bytes:
    stuff = rng.choice(
        (
            b"",
            b"\0" * 500,
            b"%PDF-1.7",
            b"PK\x03\x04",
            b"<html></html>",
            b"\xff\xfe<\0w\0",
            rng.randbytes(900),
        )
    )
    return _with(**{rng.choice(("book", "links", "sheet", "strings")): stuff})


@bad()
def links_lead_elsewhere(rng: random.Random) -> bytes:
    target = rng.choice(
        (
            "../../../../etc/passwd",
            "/etc/passwd",
            "http://127.0.0.1:9/x",
            "file:///etc/passwd",
            "worksheets/none.xml",
            "",
            "../xl/workbook.xml",
            "\\\\server\\share",
            "_rels/workbook.xml.rels",
            "a" * 70_000,
        )
    )
    mode = rng.choice(("", ' TargetMode="External"'))
    links = f'<Relationships><Relationship Id="rId1" Type="{RELS}/worksheet" Target="{target}"{mode}/><Relationship Id="rIdS" Type="{RELS}/sharedStrings" Target="{target}"/></Relationships>'
    return _with(links=links)


@bad()
def a_sheet_that_is_its_own_strings(rng: random.Random) -> bytes:
    links = f'<Relationships><Relationship Id="rId1" Type="{RELS}/worksheet" Target="sharedStrings.xml"/><Relationship Id="rIdS" Type="{RELS}/sharedStrings" Target="worksheets/sheet1.xml"/></Relationships>'
    return _with(links=links)


@bad()
def a_book_of_nothing(rng: random.Random) -> bytes:
    return _with(
        book=_book(
            rng.choice(
                (
                    "",
                    "<sheets/>",
                    '<sheets><sheet name="S"/></sheets>',
                    '<sheets><sheet r:id="rId99" name="S"/></sheets>',
                    '<sheets><sheet r:id="rId1"/></sheets>',
                    '<workbookPr date1904="x"/><sheets><sheet r:id="rId1" name="S"/></sheets>',
                )
            )
        )
    )


@bad()
def a_thousand_sheets(rng: random.Random) -> bytes:
    entry = '<sheet name="S" sheetId="1" r:id="rId1"/>'
    return _with(book=_book(f"<sheets>{entry * rng.choice((31, 5_000, 100_000))}</sheets>"))


@bad()
def links_beyond_number(rng: random.Random) -> bytes:
    link = f'<Relationship Id="rId1" Type="{RELS}/worksheet" Target="worksheets/sheet1.xml"/>'
    return _with(links=f"<Relationships>{link * 90_000}</Relationships>")


@bad()
def an_index_that_never_ends(rng: random.Random) -> bytes:
    return _with(
        **{rng.choice(("book", "links")): "<workbook>" + "<a>" * rng.choice((1_000, 2_000_000))}
    )


@bad()
def wrong_root(rng: random.Random) -> bytes:
    return sheet_file(
        rng.choice(
            (
                "<chartsheet/>",
                "<dialogsheet/>",
                "<worksheet/>",
                "<worksheet><sheetData/></worksheet>",
                "<x><row><c><v>1</v></c></row></x>",
                "x",
            )
        )
    )


@bad(name="list.xlsx")
def a_workbook_with_macros(rng: random.Random) -> bytes:
    return package(
        _parts()
        | {
            "xl/vbaProject.bin": rng.randbytes(3_000),
            "customUI/customUI.xml": "<customUI/>",
            "xl/externalLinks/externalLink1.xml": "<externalLink/>",
            "xl/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0" + rng.randbytes(600),
        }
    )


@bad()
def honest_but_large_header(rng: random.Random) -> bytes:
    rows = [
        [*HEADINGS, *(f"列{n}" for n in range(rng.choice((200, 400, 16_000))))],
        *honest_rows(rng, 3),
    ]
    return build({"sheets": [{"name": "S", "rows": rows}]})


@bad()
def two_header_lines_of_anything(rng: random.Random) -> bytes:
    upper = [rng.choice(("", "客户信息", None)) for _ in range(rng.randint(1, 30))]
    return build({"sheets": [{"name": "S", "rows": [upper, HEADINGS, *honest_rows(rng, 3)]}]})


@bad()
def nothing_but_blanks(rng: random.Random) -> bytes:
    return build(
        {"sheets": [{"name": "S", "rows": [[" ", "\u3000", ""]] * rng.choice((1, 40, 4_000))}]}
    )
