"""Workbooks whose zip is honest and whose sheet is not."""

import random

from benchmarks.torture.corpus.families import HEADINGS, bad, honest_rows
from benchmarks.torture.corpus.values import EVIL
from tests.whitelist.imports.spreadsheets import MAIN, build
from tests.whitelist.imports.test_unusable_files import sheet_file


def _rows(rng: random.Random) -> list[list[object]]:
    return [HEADINGS, *honest_rows(rng, 5)]


def _sheet(inner: str) -> bytes:
    return sheet_file(f'<worksheet xmlns="{MAIN}"><sheetData>{inner}</sheetData></worksheet>')


def _header() -> str:
    cells = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADINGS)
    return f'<row r="1">{cells}</row>'


@bad()
def cells_at_the_ends(rng: random.Random) -> bytes:
    far = rng.choice(
        (
            "XFD1048576",
            "XFE1",
            "ZZZZ9",
            "A1048577",
            "AAAAAAAA1",
            "A0",
            "A-1",
            "甲1",
            "1A",
            "A999999999999999999999",
        )
    )
    number = rng.choice(
        ("1048576", "1048577", "2", "0", "-5", "1e5", "99999999999999999999", "x", "")
    )
    return _sheet(f'{_header()}<row r="{number}"><c r="{far}" t="str"><v>姓名</v></c></row>')


@bad()
def shared_string_index(rng: random.Random) -> bytes:
    index = rng.choice(
        ("7", "-1", "99999999999999999999", "1e3", "x", "", " 0 ", "0x1", "1.5", "\u0663")
    )
    return _sheet(f'{_header()}<row r="2"><c r="A2" t="s"><v>{index}</v></c></row>')


@bad()
def kinds_of_cells(rng: random.Random) -> bytes:
    cells = "".join(
        f'<c t="{rng.choice(("s", "n", "b", "e", "str", "d", "inlineStr", "zzz", ""))}"><v>{rng.choice(("0", "1", "#N/A", "2026-01-01", "true", "1e999", "nan", "-inf"))}</v></c>'
        for _ in range(10)
    )
    return _sheet(f'{_header()}<row r="2">{cells}</row>')


@bad()
def error_cells(rng: random.Random) -> bytes:
    rows = _rows(rng)
    for row in rows[1:]:
        row = list(row)
    errors = [
        {"error": rng.choice(("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#SPILL!"))}
        for _ in HEADINGS
    ]
    return build({"sheets": [{"name": "S", "rows": [*rows, errors]}]})


@bad()
def formulas(rng: random.Random) -> bytes:
    cells = [{"formula": rng.choice(EVIL)} for _ in HEADINGS]
    return build({"sheets": [{"name": "S", "rows": [*_rows(rng), cells]}]})


@bad()
def numbers_out_of_range(rng: random.Random) -> bytes:
    figures = (
        "1e308",
        "1e309",
        "-1e400",
        "nan",
        "inf",
        "2958466",
        "-1",
        "99999999999999999",
        "4.11E+17",
        "1_000",
        "0x1F",
        "1e-400",
        "",
    )
    rows = [
        [{"number": rng.choice(figures)} if rng.random() < 0.5 else cell for cell in row]
        for row in honest_rows(rng, 8)
    ]
    return build(
        {"sheets": [{"name": "S", "rows": [HEADINGS, *rows]}], "date1904": rng.random() < 0.5}
    )


@bad()
def merged_cells(rng: random.Random) -> bytes:
    refs = [
        rng.choice(
            (
                "A2:A900000",
                "A1:XFD1048576",
                "A3:A2",
                "A2:A3",
                "B2:B5",
                "A2:C9",
                "ZZZ1:ZZZ9",
                "A2:A9999999",
                "A2",
                "A2:",
                "$A$2:$A$4",
                "a2:a9",
            )
        )
        for _ in range(rng.randint(1, 30))
    ]
    return build({"sheets": [{"name": "S", "rows": _rows(rng), "merges": refs}]})


@bad(times=3)
def merges_that_never_end(rng: random.Random) -> bytes:
    """Behind rows enough for a first look: a search for merges must not begin anew at each."""
    piece = rng.choice(("<mergeCell ", "<mergeCell ref=", '<mergeCell ref="A1', "<a:mergeCell x "))
    rows = '<row><c t="str"><v>K1</v></c></row>' * 60
    endless = piece * (15_000_000 // len(piece))
    return sheet_file(f"<worksheet><sheetData>{_header()}{rows}</sheetData><mergeCells>{endless}")


@bad()
def rows_out_of_order(rng: random.Random) -> bytes:
    rows = "".join(
        f'<row r="{rng.randint(1, 40)}"><c r="A{rng.randint(1, 40)}" t="str"><v>K{n}</v></c></row>'
        for n in range(40)
    )
    return _sheet(_header() + rows)


@bad()
def cells_twice(rng: random.Random) -> bytes:
    cells = "".join(f'<c r="{rng.choice("ABC")}2" t="str"><v>{n}</v></c>' for n in range(30))
    return _sheet(f'{_header()}<row r="2">{cells}</row><row r="2">{cells}</row>')


@bad()
def absurd_dimensions(rng: random.Random) -> bytes:
    return sheet_file(
        f'<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/><cols><col min="1" max="99999999"/></cols><sheetData>{_header()}</sheetData></worksheet>'
    )


@bad()
def long_cell(rng: random.Random) -> bytes:
    size = rng.choice((32_767, 32_768, 100_000, 5_000_000))
    return _sheet(f'{_header()}<row r="2"><c r="A2" t="str"><v>{"A" * size}</v></c></row>')


@bad(times=2)
def four_hundred_million_characters(rng: random.Random) -> bytes:
    size = 400_000_000 if rng.random() < 0.5 else 200_000_000
    return _sheet(f'{_header()}<row r="2"><c r="A2" t="str"><v>{"A" * size}</v></c></row>')


@bad(times=3)
def million_columns_in_a_row(rng: random.Random) -> bytes:
    return _sheet(f'{_header()}<row r="2">{"<c><v>1</v></c>" * 1_000_000}</row>')


@bad(times=3)
def million_empty_rows(rng: random.Random) -> bytes:
    return _sheet(_header() + rng.choice(("<row/>", '<row r="5"/>', "<row><c/></row>")) * 1_000_000)


@bad(times=4)
def deep_xml(rng: random.Random) -> bytes:
    tag = rng.choice(("<a>", "<row>", "<c>", "<is>", "<rPh>"))
    return _sheet(_header() + tag * rng.choice((5_000, 300_000)))


@bad()
def many_attributes(rng: random.Random) -> bytes:
    attributes = " ".join(f'a{n}="{n}"' for n in range(rng.choice((50, 20_000))))
    return _sheet(f'{_header()}<row r="2" {attributes}><c {attributes} t="str"><v>K1</v></c></row>')


@bad()
def same_attribute_twice(rng: random.Random) -> bytes:
    return _sheet(f'{_header()}<row r="2" r="3"><c r="A2" r="B2"/></row>')


@bad()
def entities(rng: random.Random) -> bytes:
    kind = rng.choice(
        (
            '<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">',
            '<!ENTITY x SYSTEM "file:///etc/passwd">',
            '<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;',
            "",
        )
    )
    name = rng.choice(
        (
            "&b;",
            "&x;",
            "&lt;",
            "&undefined;",
            "&#0;",
            "&#x1F;",
            "&#xD800;",
            "&#x110000;",
            "&#99999999999;",
        )
    )
    return sheet_file(
        f'<?xml version="1.0"?><!DOCTYPE x [{kind}]><worksheet><sheetData>{_header()}<row r="2"><c t="str"><v>{name}</v></c></row></sheetData></worksheet>'
    )


@bad()
def references_to_nothing(rng: random.Random) -> bytes:
    name = rng.choice(
        (
            "&b;",
            "&#0;",
            "&#xFFFE;",
            "&#xD800;",
            "&#99999999999;",
            "&",
            "]]>",
            "<![CDATA[x",
            "<!-- never",
            "<?pi",
        )
    )
    return _sheet(f'{_header()}<row r="2"><c t="str"><v>{name}</v></c></row>')


@bad()
def escapes_of_the_format(rng: random.Random) -> bytes:
    text = rng.choice(
        ("_x0000_", "_xD800_", "_xFFFF_", "_x005F_x0000_", "_x000D__x000A_" * 3000, "_x202E_")
    )
    return _sheet(
        f'{_header()}<row r="2"><c r="A2" t="str"><v>{text}</v></c><c t="str"><v>{text}</v></c></row>'
    )


@bad()
def encoding_of_the_xml(rng: random.Random) -> bytes:
    name = rng.choice(
        ("utf-16", "gbk", "ebcdic-cp-us", "utf-7", "no-such", "iso-8859-1", "utf-32", "us-ascii")
    )
    return sheet_file(
        f'<?xml version="{rng.choice(("1.0", "1.1", "9"))}" encoding="{name}"?><worksheet><sheetData>{_header()}</sheetData></worksheet>'
    )


@bad()
def strings_of_the_workbook(rng: random.Random) -> bytes:
    strings = rng.choice(
        (
            "",
            "<sst",
            "<sst><si><t>a</t>",
            "<sst>" + "<si/>" * 60_000 + "</sst>",
            "<html/>",
            "<sst><si><t>" + "甲" * 40_000 + "</t></si></sst>",
            "<!DOCTYPE a><sst/>",
        )
    )
    return sheet_file(
        f'<worksheet><sheetData>{_header()}<row r="2"><c t="s"><v>0</v></c></row></sheetData></worksheet>',
        strings=strings,
    )


@bad()
def sheets(rng: random.Random) -> bytes:
    names = ["", "a" * 5_000, "名单", "../x", "<b>", "\u202e", "=1"]
    many = [
        {
            "name": rng.choice(names),
            "state": rng.choice(("hidden", "veryHidden", "visible", "x")),
            "rows": _rows(rng) if rng.random() < 0.5 else [],
        }
        for _ in range(rng.choice((1, 2, 60)))
    ]
    return build({"sheets": many})


@bad()
def xml_cut(rng: random.Random) -> bytes:
    full = f"<worksheet><sheetData>{_header()}<row r='2'><c t='str'><v>K1</v></c></row></sheetData></worksheet>"
    return sheet_file(full[: rng.randrange(1, len(full))])


@bad()
def xml_flipped(rng: random.Random) -> bytes:
    full = list(
        f"<worksheet><sheetData>{_header()}<row r='2'><c t='str'><v>K1</v></c></row></sheetData></worksheet>"
    )
    for _ in range(rng.randint(1, 6)):
        full[rng.randrange(len(full))] = rng.choice("<>&'\"/ =\t甲0\x01")
    return sheet_file("".join(full))
