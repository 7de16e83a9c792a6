"""What the benchmarks ask for is what the page asks for."""

import re
from pathlib import Path

from benchmarks.speed.views import DEEPEST, View, requests_of, tile_zoom, tiles_of
from marketing_map.map_answers.tiles import MAX_ZOOM
from outreach.tilekey import key_of, tile_of_key

SCRIPT = Path(__file__).resolve().parents[2] / "static/js/map/place_on_map.js"


def test_a_tile_is_two_zooms_coarser_than_the_view_as_in_the_page() -> None:
    assert re.search(
        r"Math\.max\(1, Math\.min\(config\.maxTileZoom - 1, viewZoom - 2\)\)", SCRIPT.read_text()
    )
    assert DEEPEST == MAX_ZOOM - 1
    assert [tile_zoom(zoom) for zoom in (2, 6, 9, 12, 15, 18)] == [1, 4, 7, 10, 13, 13]


def test_a_phone_sees_one_to_four_tiles() -> None:
    for zoom in (6, 9, 12, 15):
        for step in range(40):
            tiles = tiles_of(View(112 + step * 0.07, 33 + step * 0.05, zoom))
            assert 1 <= len(tiles) <= 4
            assert len(set(tiles)) == len(tiles)


def test_the_middle_of_the_view_lies_in_one_of_its_tiles() -> None:
    x, y = tile_of_key(key_of(112.5, 34.7), 10)
    assert (10, x, y) in tiles_of(View(112.5, 34.7, 12))


def test_a_filter_is_part_of_each_request() -> None:
    asks = requests_of(View(113.6, 34.7, 12), (("segment", "粮食种植"), ("band", "5")))
    assert len(asks) == 1 and "band=5" in asks[0].path and "&t=" in asks[0].path
