"""Answers are compressed, and the length of one with a secret says little."""

import zlib
from typing import Any

import brotli
import pytest

from tests.cast import Cast, make_lead

ALL = {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd"}


@pytest.mark.parametrize(
    ("accepted", "named", "unpacked"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip, deflate", "gzip", lambda content: zlib.decompress(content, wbits=31)),
        ("br;q=0, gzip;q=0.5", "gzip", lambda content: zlib.decompress(content, wbits=31)),
        ("br;q=0.000, gzip", "gzip", lambda content: zlib.decompress(content, wbits=31)),
        ("br ; Q=x, gzip;q=0.05", "gzip", lambda content: zlib.decompress(content, wbits=31)),
    ],
)
def test_as_the_browser_takes_it(
    cast: Cast, as_: Any, accepted: str, named: str, unpacked: Any
) -> None:
    answer = as_(cast.wang).get("/map/", HTTP_ACCEPT_ENCODING=accepted)
    assert answer["Content-Encoding"] == named
    assert "Accept-Encoding" in answer["Vary"]
    assert int(answer["Content-Length"]) == len(answer.content)
    assert "map-config" in unpacked(answer.content).decode()


def test_not_where_the_browser_does_not(cast: Cast, as_: Any) -> None:
    answer = as_(cast.wang).get("/map/", HTTP_ACCEPT_ENCODING="")
    assert not answer.has_header("Content-Encoding") and "map-config" in answer.content.decode()


def test_short_answers_stay_as_they_are(db: None, client: Any) -> None:
    assert not client.get("/healthz", **ALL).has_header("Content-Encoding")


def test_a_page_with_a_secret_is_of_no_certain_length(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    wang = as_(cast.wang)
    noise = {len(wang.get("/map/", **ALL)["X-Noise"]) for _ in range(20)}
    assert len(noise) > 3 and max(noise) <= 100


def test_outlines_hold_none_and_keep_their_tag(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    wang = as_(cast.wang)
    first = wang.get("/map/outlines/", **ALL)
    assert first["Content-Encoding"] == "br" and not first.has_header("X-Noise")
    assert first["ETag"].startswith('W/"')
    again = wang.get("/map/outlines/", HTTP_IF_NONE_MATCH=first["ETag"], **ALL)
    assert again.status_code == 304 and not again.content
