"""Our own payload made in two other ways: ST_SnapToGrid over PostGIS, and grouping by
the key prefix on plain PostgreSQL. One request a view; cells with counts by state, and
single leads from the zoom on from which our map shows them."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

from benchmarks.peers.asked import scope_of

PINS_FROM, CELL_DEPTH, CENTROID_DEPTH, EXTENT, KEY_ZOOM = 11, 3, 2, 1024, 24
EDGE = 20037508.342789244  # metres from the middle of EPSG:3857 to its edge
STATES = "to_contact contacted interested applied approved drawn not_interested".split()
SNAP_CELLS = """
    SELECT ST_X(cell), ST_Y(cell), stage, pool, n, x, y FROM (
        SELECT ST_SnapToGrid(mercator, %s, %s, %s, %s) AS cell, stage, holder IS NULL AS pool,
            count(*) AS n, sum(ST_X(mercator)) AS x, sum(ST_Y(mercator)) AS y
        FROM peer_lead
        WHERE mercator && ST_MakeEnvelope(%s, %s, %s, %s, 3857) AND {scope}
        GROUP BY 1, 2, 3) grouped
"""
SNAP_PINS = """
    SELECT id, ST_X(mercator), ST_Y(mercator), stage, holder IS NULL, precision, valid_to
    FROM peer_lead WHERE mercator && ST_MakeEnvelope(%s, %s, %s, %s, 3857) AND {scope}
"""
KEY_CELLS = """
    SELECT tile_key >> %s AS part, stage, holder_id IS NULL AS pool, count(*)
    FROM outreach_lead WHERE tile_key BETWEEN %s AND %s AND eligibility = 'yes'
        AND valid_to >= current_date AND {scope} GROUP BY 1, 2, 3
"""
KEY_PINS = """
    SELECT id, tile_key, stage, holder_id IS NULL, precision, valid_to FROM outreach_lead
    WHERE tile_key BETWEEN %s AND %s AND eligibility = 'yes' AND valid_to >= current_date
        AND {scope} ORDER BY tile_key
"""


def snap(request: HttpRequest) -> HttpResponse:
    """``tiles=z,x0,y0,x1,y1``: the tiles of a view, as one rectangle."""
    z, x0, y0, x1, y1 = _tiles(request)
    side = 2 * EDGE / (1 << z)
    box = [-EDGE + x0 * side, EDGE - (y1 + 1) * side, -EDGE + (x1 + 1) * side, EDGE - y0 * side]
    scope, values = scope_of(request)
    if z >= PINS_FROM:
        rows = _fetch(SNAP_PINS.format(scope=scope), [*box, *values])
        unit = side / EXTENT
        pins = [
            [pk, round((x - box[0]) / unit), round((box[3] - y) / unit), STATES.index(stage), pool]
            for pk, x, y, stage, pool, _, _ in rows
        ]
        return _json({"pins": _columns(pins)})
    cell = side / (1 << CELL_DEPTH)
    origin = [-EDGE + cell / 2, EDGE - cell / 2, cell, cell]  # snaps to the middle of our cells
    rows = _fetch(SNAP_CELLS.format(scope=scope), [*origin, *box, *values])
    counts: dict[Any, list[int]] = defaultdict(lambda: [0] * (len(STATES) + 1))
    sums: dict[Any, list[float]] = defaultdict(lambda: [0, 0, 0])
    for cx, cy, stage, pool, n, x, y in rows:
        _count(counts[cx, cy], stage, pool, n)
        weighed = sums[cx, cy]
        weighed[0], weighed[1], weighed[2] = weighed[0] + n, weighed[1] + x, weighed[2] + y
    unit = side / EXTENT
    return _json({"cells": [
        [round((x / n - box[0]) / unit), round((box[3] - y / n) / unit), *_trimmed(counts[at])]
        for at, (n, x, y) in sums.items()
    ]})  # fmt: skip


def key_prefix(request: HttpRequest) -> HttpResponse:
    """The same from plain PostgreSQL, one range of keys a tile."""
    z, x0, y0, x1, y1 = _tiles(request)
    scope, values = scope_of(request)
    scope = scope.replace("holder ", "holder_id ")
    shift = 2 * (KEY_ZOOM - z)
    cells: list[Any] = []
    for x in range(x0, x1 + 1):
        for y in range(y0, y1 + 1):
            first = _interleave(x, y) << shift
            between = [first, first + (1 << shift) - 1]
            if z >= PINS_FROM:
                rows = _fetch(KEY_PINS.format(scope=scope), [*between, *values])
                cells += [[pk, key - first, STATES.index(s), pool] for pk, key, s, pool, *_ in rows]
            else:
                depth = shift - 2 * (CELL_DEPTH + CENTROID_DEPTH)
                rows = _fetch(KEY_CELLS.format(scope=scope), [depth, *between, *values])
                cells.append(_cells(rows, x, y))
    return _json({"pins": _columns(cells)} if z >= PINS_FROM else {"tiles": cells})


def _cells(rows: Iterable[Any], x: int, y: int) -> list[list[int]]:
    a_side = 1 << (CELL_DEPTH + CENTROID_DEPTH)
    counts: dict[int, list[int]] = defaultdict(lambda: [0] * (len(STATES) + 1))
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for part, stage, pool, n in rows:
        cell = part >> 2 * CENTROID_DEPTH
        _count(counts[cell], stage, pool, n)
        px, py = _gather(part) - x * a_side, _gather(part >> 1) - y * a_side
        weighed = sums[cell]
        weighed[0], weighed[1], weighed[2] = (
            weighed[0] + n,
            weighed[1] + n * px,
            weighed[2] + n * py,
        )
    scale = EXTENT / a_side
    return [
        [round((sx / n + 0.5) * scale), round((sy / n + 0.5) * scale), *_trimmed(counts[cell])]
        for cell, (n, sx, sy) in sorted(sums.items())
    ]


def _tiles(request: HttpRequest) -> list[int]:
    return [int(part) for part in request.GET["tiles"].split(",")]


def _fetch(sql: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _count(counts: list[int], stage: str, pool: bool, n: int) -> None:
    at = 0 if pool and stage == STATES[0] else STATES.index(stage) + 1
    counts[at] += n


def _trimmed(counts: list[int]) -> list[int]:
    last = max((i for i, n in enumerate(counts) if n), default=-1)
    return counts[: last + 1]


def _columns(rows: list[Any]) -> list[list[Any]]:
    """Columns with each value as the difference to the one before, as we send them."""
    columns = []
    for column in zip(*rows, strict=True):
        ints = [int(value) for value in column]
        columns.append([b - a for a, b in zip([0, *ints[:-1]], ints, strict=True)])
    return columns


def _json(payload: dict[str, Any]) -> HttpResponse:
    text = json.dumps(payload, separators=(",", ":"))
    return HttpResponse(text, content_type="application/json")


def _interleave(x: int, y: int) -> int:
    return sum((x >> i & 1) << 2 * i | (y >> i & 1) << 2 * i + 1 for i in range(KEY_ZOOM))


def _gather(v: int) -> int:
    v &= 0x5555555555555555
    v = (v | v >> 1) & 0x3333333333333333
    v = (v | v >> 2) & 0x0F0F0F0F0F0F0F0F
    v = (v | v >> 4) & 0x00FF00FF00FF00FF
    v = (v | v >> 8) & 0x0000FFFF0000FFFF
    return (v | v >> 16) & 0x00000000FFFFFFFF
