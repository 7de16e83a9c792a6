"""Text files that are wrong as bytes: encodings, NULs, line ends, quotes, lengths."""

import codecs
import random

from benchmarks.torture.corpus.families import as_text, bad, honest_rows


def _honest(rng: random.Random, count: int = 0) -> str:
    return as_text(honest_rows(rng, count))


def _with(rng: random.Random, piece: bytes, encoding: str = "utf-8") -> bytes:
    """The honest file with a piece put in anywhere behind the header."""
    content = _honest(rng, 6).encode(encoding)
    at = rng.randrange(content.index(b"\n") + 1, len(content))
    return content[:at] + piece + content[at:]


@bad()
def gb18030_broken_pair(rng: random.Random) -> bytes:
    return _with(
        rng, bytes([rng.randrange(0x81, 0xFF), rng.choice((0x20, 0x7F, 0xFF, 0x0A))]), "gb18030"
    )


@bad()
def gb18030_broken_four(rng: random.Random) -> bytes:
    return _with(rng, bytes([rng.randrange(0x81, 0xFF), 0x30, 0x81, 0x20]), "gb18030")


@bad()
def gb18030_cut(rng: random.Random) -> bytes:
    content = _honest(rng).encode("gb18030")
    return content[: rng.randrange(len(content) // 2, len(content))]


@bad()
def gb18030_beyond_unicode(rng: random.Random) -> bytes:
    return _with(rng, b"\xe3\x32\x9a\x36", "gb18030")


@bad()
def lone_surrogate(rng: random.Random) -> bytes:
    return _with(rng, chr(rng.randrange(0xD800, 0xE000)).encode("utf-8", "surrogatepass"))


@bad()
def surrogate_pair_in_utf8(rng: random.Random) -> bytes:
    return _with(rng, "\ud83d\ude00".encode("utf-8", "surrogatepass"))


@bad()
def overlong_utf8(rng: random.Random) -> bytes:
    return _with(
        rng,
        rng.choice((b"\xc0\x80", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xf8\x88\x80\x80\x80")),
    )


@bad()
def latin_bytes(rng: random.Random) -> bytes:
    return _with(rng, bytes(rng.randrange(0x80, 0x100) for _ in range(rng.randint(1, 9))))


@bad()
def two_encodings(rng: random.Random) -> bytes:
    return _honest(rng, 4).encode() + as_text(honest_rows(rng, 4), headings=[]).encode("gb18030")


@bad()
def bom_in_the_middle(rng: random.Random) -> bytes:
    return _with(rng, codecs.BOM_UTF8)


@bad()
def two_boms(rng: random.Random) -> bytes:
    return codecs.BOM_UTF8 * rng.randint(2, 5) + _honest(rng).encode()


@bad()
def utf16_without_bom(rng: random.Random) -> bytes:
    return _honest(rng).encode(rng.choice(("utf-16-le", "utf-16-be")))


@bad()
def utf16_odd_length(rng: random.Random) -> bytes:
    return _honest(rng).encode("utf-16") + b"\x00"


@bad()
def utf16_lone_surrogate(rng: random.Random) -> bytes:
    half = rng.choice((0xD800, 0xDC00)) + rng.randrange(0x300)
    return _honest(rng).encode("utf-16") + half.to_bytes(2, "little") + "x\n".encode("utf-16-le")


@bad()
def utf32(rng: random.Random) -> bytes:
    return _honest(rng).encode(rng.choice(("utf-32", "utf-32-le", "utf-32-be")))


@bad()
def utf7_or_ebcdic(rng: random.Random) -> bytes:
    return (
        _honest(rng).encode("utf-7")
        if rng.random() < 0.5
        else bytes(rng.randrange(0x40, 0xFA) for _ in range(4000))
    )


@bad()
def bom_alone(rng: random.Random) -> bytes:
    return rng.choice(
        (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE)
    )


@bad()
def nul(rng: random.Random) -> bytes:
    return _with(rng, b"\0" * rng.choice((1, 1, 2, 500)))


@bad()
def nothing_but_one_byte(rng: random.Random) -> bytes:
    return bytes([rng.randrange(256)]) * rng.choice((1, 3, 300_000))


@bad()
def noise(rng: random.Random) -> bytes:
    return rng.randbytes(rng.randint(1, 60_000))


@bad()
def control_characters(rng: random.Random) -> bytes:
    return _with(
        rng,
        bytes(
            rng.choice([*range(1, 9), 11, 12, *range(14, 32), 127])
            for _ in range(rng.randint(1, 20))
        ),
    )


@bad()
def c1_and_separators(rng: random.Random) -> bytes:
    return _with(rng, rng.choice("\x85\x80\x9f\u2028\u2029\x1c\x1d\x1e").encode())


@bad()
def mixed_line_ends(rng: random.Random) -> bytes:
    lines = _honest(rng, 8).split("\n")
    return "".join(
        line + rng.choice(("\n", "\r", "\r\n", "\n\r", "\r\r\n", "\v", "\f")) for line in lines
    ).encode()


@bad()
def no_line_end_at_all(rng: random.Random) -> bytes:
    return _honest(rng, 300).replace("\n", rng.choice((" ", ",", "\u2028"))).encode()


@bad()
def quote_never_closed(rng: random.Random) -> bytes:
    return (
        _with(rng, b',"') + as_text(honest_rows(rng, rng.choice((3, 3000))), headings=[]).encode()
    )


@bad()
def quotes_anywhere(rng: random.Random) -> bytes:
    content = bytearray(_honest(rng, 8).encode())
    for _ in range(rng.randint(1, 15)):
        content.insert(rng.randrange(len(content)), 0x22)
    return bytes(content)


@bad()
def giant_field(rng: random.Random) -> bytes:
    return _with(rng, rng.choice((b"A", "甲".encode())) * rng.choice((33_000, 131_073, 3_000_000)))


@bad(times=4)
def giant_line(rng: random.Random) -> bytes:
    return _honest(rng, 2).encode() + b"x" * 40_000_000


@bad()
def giant_quoted_field(rng: random.Random) -> bytes:
    return _with(rng, b'\n"' + b"line\n" * rng.choice((9_000, 400_000)) + b'"')


@bad(times=3)
def million_columns(rng: random.Random) -> bytes:
    wide = b"," * 1_000_000 + b"\n"
    return rng.choice((wide + _honest(rng).encode(), _honest(rng).encode() + wide * 20))


@bad(times=3)
def million_headings(rng: random.Random) -> bytes:
    return (
        ",".join(["客户号", "姓名", *(f"列{n}" for n in range(200_000))]).encode()
        + b"\n"
        + b"a,b\n" * 5
    )


@bad(times=3)
def million_blank_lines(rng: random.Random) -> bytes:
    return _honest(rng).encode() + rng.choice((b"\n", b",,,,\n", b"\r")) * 3_000_000


@bad()
def only_delimiters(rng: random.Random) -> bytes:
    return (rng.choice(",;\t|，") * rng.randint(1, 400) + "\n").encode() * rng.randint(1, 400)


@bad()
def bytes_flipped(rng: random.Random) -> bytes:
    content = bytearray(_honest(rng, 12).encode(rng.choice(("utf-8", "gb18030"))))
    for _ in range(rng.randint(1, 30)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    return bytes(content)


@bad()
def cut_anywhere(rng: random.Random) -> bytes:
    content = _honest(rng, 5).encode()
    return content[: rng.randrange(1, len(content))]
