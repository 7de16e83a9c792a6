"""Text files whose bytes are fine and whose cells are not."""

import random

from benchmarks.torture.corpus.families import HEADINGS, as_text, bad, honest_rows

EVIL = (
    "=HYPERLINK(\"http://x\")", "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "#N/A", "#REF!",
    "<script>alert(1)</script>", "{{7*7}}", "{% debug %}", "%(count)s", "%s%s%n", "' OR 1=1 --", "../../etc/passwd",
    "\u202e反向", "\u2066\u2069", "\u200b\u200d\ufeff", "\ufffd", "\U000e0001", "é" * 50, "\u0301" * 400,
    "𠮷𡈽", "\U0010ffff", "Infinity", "NaN", "-0", "1e400", "1E-400", "0x10", "１２３", "٣٤", "①", "½", "一百万",
    "9" * 400, "1" * 30_000, "0" * 5000, "1,000,000.00", "¥50000", "-1", "0", "99999999999999999999",
    "2026-13-45", "0000-00-00", "9999-99-99", "99999999", "1900-02-29", "-5000000", "2958466", "1e10",
    "12/31/69", "现在", "32767-01-01", "24:00", "   ", "\u3000", "null", "undefined", "None",
)  # fmt: skip


@bad()
def evil_cells(rng: random.Random) -> bytes:
    rows = honest_rows(rng, 8)
    for row in rows:
        for _ in range(rng.randint(1, 4)):
            value = rng.choice(EVIL).replace('"', '""')
            row[rng.randrange(len(row))] = f'"{value}"'
    return as_text(rows).encode()


@bad()
def one_evil_column(rng: random.Random) -> bytes:
    rows, column = honest_rows(rng, len(EVIL)), rng.randrange(len(HEADINGS))
    for row, value in zip(rows, EVIL, strict=True):
        doubled = value.replace('"', '""')
        row[column] = f'"{doubled}"'
    return as_text(rows).encode()


@bad()
def dates_out_of_range(rng: random.Random) -> bytes:
    rows = honest_rows(rng, 10)
    for row in rows:
        row[rng.choice((8, 9))] = rng.choice(
            (
                "0001-01-01",
                "9999-12-31",
                "10000-01-01",
                "2026-02-30",
                "45000.99999",
                "1e9",
                "-1",
                "20260230",
                "2026年13月1日",
                "00000000",
                "3000000",
            )
        )
    return as_text(rows).encode()


@bad()
def amounts_out_of_range(rng: random.Random) -> bytes:
    rows = honest_rows(rng, 10)
    for row in rows:
        row[7] = rng.choice(
            (
                "1e308",
                "1e309",
                "-1e308",
                "nan",
                "inf",
                "9" * 30,
                "0.0000001",
                "５００００",
                "五万",
                "5万万",
                "1.2.3",
                "50000元整",
                "1e-320",
                "--5",
                "9" * 4000,
            )
        )
    return as_text(rows).encode()


@bad()
def duplicated_headings(rng: random.Random) -> bytes:
    names = [rng.choice(HEADINGS) if rng.random() < 0.4 else name for name in HEADINGS]
    return as_text(honest_rows(rng), headings=names).encode()


@bad()
def strange_headings(rng: random.Random) -> bytes:
    names = [
        rng.choice(EVIL).replace(",", "").replace('"', "") if rng.random() < 0.4 else name
        for name in HEADINGS
    ]
    return as_text(honest_rows(rng), headings=names).encode()


@bad()
def empty_headings(rng: random.Random) -> bytes:
    return as_text(
        honest_rows(rng), headings=["" if rng.random() < 0.5 else name for name in HEADINGS]
    ).encode()


@bad()
def long_headings(rng: random.Random) -> bytes:
    return as_text(
        honest_rows(rng), headings=[name * rng.choice((1, 300, 5_000)) for name in HEADINGS]
    ).encode()


@bad()
def rows_of_any_length(rng: random.Random) -> bytes:
    rows = [
        row[: rng.randint(0, len(row))] + [""] * rng.randint(0, 40) for row in honest_rows(rng, 12)
    ]
    return as_text(rows).encode()


@bad()
def headings_again_and_again(rng: random.Random) -> bytes:
    return as_text([HEADINGS for _ in range(rng.randint(1, 200))]).encode()


@bad()
def header_far_down(rng: random.Random) -> bytes:
    return ("标题\n" * rng.choice((29, 30, 31, 500)) + as_text(honest_rows(rng))).encode()


@bad()
def no_header(rng: random.Random) -> bytes:
    return as_text(honest_rows(rng), headings=honest_rows(rng, 1)[0]).encode()


@bad()
def another_table(rng: random.Random) -> bytes:
    return "日期,部门,金额,备注\n".encode() + b"2026-01-01,A,1,x\n" * rng.randint(0, 50)


@bad()
def one_customer_all_over(rng: random.Random) -> bytes:
    rows = honest_rows(rng, 30)
    for row in rows:
        row[0], row[7] = "K1", str(rng.randrange(10_000, 90_000))
    return as_text(rows).encode()


@bad()
def wrong_delimiter(rng: random.Random) -> bytes:
    mark = rng.choice(("  ", "\u3001", "/", "||", ";,", "\x1f", "^", "~"))
    return as_text(honest_rows(rng)).replace(",", mark).encode()


@bad()
def bidi_everywhere(rng: random.Random) -> bytes:
    rows = [
        [rng.choice(("\u202e", "\u2067", "\u202a", "\u200f")) + cell for cell in row]
        for row in honest_rows(rng)
    ]
    return as_text(rows).encode()


@bad()
def keys_of_any_length(rng: random.Random) -> bytes:
    rows = honest_rows(rng, 8)
    for row in rows:
        row[rng.choice((0, 3, 5, 6))] = rng.choice(("K", "甲", "9", "é", "𠮷")) * rng.choice(
            (1, 31, 64, 65, 255, 256, 2_000, 30_000)
        )
    return as_text(rows).encode()


@bad()
def id_numbers(rng: random.Random) -> bytes:
    rows = honest_rows(rng, 10)
    for row in rows:
        row[0] = rng.choice(("", row[0]))
        row[3] = rng.choice(
            (
                "3799011980010100",
                "37990119800230001X",
                "4.11E+17",
                "379901000000000000",
                "37990199991231001x",
                "３７９９",
                "37990119800101001" * 3,
                "'379901198001010017",
                "",
            )
        )
    return as_text(rows).encode()


@bad(name="list.txt")
def a_letter(rng: random.Random) -> bytes:
    return ("尊敬的领导：名单见附件。\n" * rng.randint(1, 300)).encode(
        rng.choice(("utf-8", "gb18030", "utf-16"))
    )


@bad(name="list.tsv")
def json_or_log(rng: random.Random) -> bytes:
    return rng.choice(
        (
            b'[{"a":1,"b":[2,3]}]',
            b"2026-01-01 INFO x\n" * 99,
            b"\x1b[31mred\x1b[0m\n" * 40,
            b"SQLite format 3\0" + b"\0" * 200,
        )
    )
