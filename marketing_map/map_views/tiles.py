"""The data of the map, by tile.

One movement of the map asks once: ``/map/tiles/?z=9&t=420,200;421,200,3fa01b22``
names the tiles it lacks and, with their tags, those it has kept a while. Of an
unchanged one the answer says 0, of the others ``[tag, payload]``. ``l`` names
the tiles whose place labels are wanted; they are asked for once.
"""

from collections.abc import Iterator

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_GET

from branches.access import FIELD_ROLES, StaffRequest, allow, everybody
from marketing_map.compression import holds_no_secret
from marketing_map.map_answers import tiles
from marketing_map.map_answers.outlines import outlines_for
from marketing_map.map_answers.place_labels import labels_in_tile
from marketing_map.map_answers.tile_wire import encoded, encoded_labels, tag_of, text_of
from marketing_map.map_views.asked import asked_for

MOST_TILES = 12  # of one question; a desk shows six
COMPACT = {"ensure_ascii": False, "separators": (",", ":")}


@allow(*FIELD_ROLES)
@require_GET
@holds_no_secret
@conditional_page
@cache_control(private=True, no_cache=True)
def map_tiles(request: StaffRequest) -> HttpResponseBase:
    """Cells or pins of several tiles of one zoom, filtered by the query string, and labels."""
    z = _zoom(request)
    wanted = list(_tiles_named(request.GET.get("t", "")))
    answers = _answers(request, z, wanted) if wanted else []
    return _json(f'{{"t":[{",".join(answers)}],"l":[{",".join(_labels(request, z))}]}}')


@everybody
@require_GET
@holds_no_secret
@conditional_page
@cache_control(private=True, no_cache=True)
def map_base(request: StaffRequest) -> HttpResponseBase:
    """Place labels alone, for maps without customers: ``/map/labels/?z=9&l=420,200``."""
    return _json(f'{{"l":[{",".join(_labels(request, _zoom(request)))}]}}')


@allow(*FIELD_ROLES)
@require_GET
@holds_no_secret
@conditional_page
@cache_control(private=True, no_cache=True)
def map_tile(request: StaffRequest, z: int, x: int, y: int) -> HttpResponseBase:
    """One tile alone, without a tag."""
    try:
        payload = tiles.tile(asked_for(request), z, x, y)
    except ValueError as error:
        raise Http404 from error
    return _json(text_of(encoded(payload)))


@everybody
@require_GET
@holds_no_secret
@conditional_page
@cache_control(private=True, max_age=86_400)
def map_outlines(request: StaffRequest) -> HttpResponseBase:
    """Outlines of the divisions around the user's branch, for the same map."""
    areas = outlines_for(request.user.branch)
    return JsonResponse({"areas": areas}, json_dumps_params=COMPACT)


def _answers(request: StaffRequest, z: int, wanted: list[tuple[int, int, str]]) -> list[str]:
    """``[tag, payload]`` of each tile as JSON, ``0`` where the browser's tag is still right."""
    asked = asked_for(request)
    answers = []
    texts: dict[tuple[int, int], str] = {}  # one named twelve times is counted once
    for x, y, known in wanted:
        if (x, y) not in texts:
            try:
                texts[x, y] = text_of(encoded(tiles.tile(asked, z, x, y)))
            except ValueError as error:
                raise Http404 from error
        text = texts[x, y]
        tag = tag_of(text)
        answers.append("0" if tag == known else f'["{tag}",{text}]')
    return answers


def _labels(request: StaffRequest, z: int) -> list[str]:
    wanted = _tiles_named(request.GET.get("l", ""))
    try:
        return [text_of(encoded_labels(labels_in_tile(z, x, y), z, x, y)) for x, y, _ in wanted]
    except ValueError as error:
        raise Http404 from error


def _zoom(request: StaffRequest) -> int:
    given = request.GET.get("z", "")
    if not (given.isascii() and given.isdecimal() and len(given) <= 2):
        raise BadRequest("z")
    return int(given)


def _tiles_named(given: str) -> Iterator[tuple[int, int, str]]:
    """``x,y[,tag];…`` → (x, y, tag), at most `MOST_TILES` of them."""
    named = given.split(";") if given else []
    if len(named) > MOST_TILES:
        raise BadRequest("tiles: too many")
    for each in named:
        x, y, *tag = each.split(",")[:4] if each.count(",") else ("", "")
        if len(tag) > 1 or not all(n.isascii() and n.isdecimal() and len(n) < 9 for n in (x, y)):
            raise BadRequest("tiles")
        yield int(x), int(y), "".join(tag)


def _json(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="application/json")
