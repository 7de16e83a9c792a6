"""The jobs of one engine; each record is a line of JSON on standard output."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))


def main() -> None:
    order = json.loads(sys.argv[1])
    from children import stop_on_signals

    stop_on_signals()
    import django

    django.setup()
    out = sys.stdout
    sys.stdout = sys.stderr  # whatever else speaks
    for record in records(order):
        print(json.dumps(asdict(record), ensure_ascii=False), file=out, flush=True)


def records(order: dict[str, Any]) -> Iterator[Any]:
    """Ours, and the peers point by point beside us: on a busy machine both meet the same hour."""
    from benchmarks.speed.browser import TooSlow, WrongAnswer
    from benchmarks.speed.first_load import first_load
    from benchmarks.speed.ours import Ours
    from benchmarks.speed.places import scopes
    from benchmarks.speed.record import OURS
    from benchmarks.speed.servers import our_environment, our_server
    from benchmarks.speed.throughput import throughput

    jobs, var = set(order["jobs"]), Path(order["folder"])
    found = scopes()
    who = OURS[order["engine"]]
    with ExitStack() as stack:
        server = our_server(var, our_environment(var, {}), Path(order["static"]))
        port = stack.enter_context(server)
        ours = Ours(port, who, n=order["rounds"], seconds=order["seconds"])
        theirs = stack.enter_context(peers(order, var)) if order["peers"] else None
        offered: dict[str, Callable[[], Iterable[Any]]] = {
            "map": lambda: map_views(ours, theirs, found),
            "nearest": lambda: chain(ours.nearest(found), theirs.nearest(found) if theirs else ()),
            "list": lambda: ours.lists(found),
            "search": lambda: ours.searches(found),
            "first": lambda: [first_load(port, who, found[-1])],
            "throughput": lambda: throughput(
                port, who, found, seconds=max(5, order["seconds"] / 2)
            ),
            "lasso": lambda: ours.lasso(found[1]),
        }
        for name in (each for each in offered if each in jobs):
            try:
                yield from offered[name]()
            except (WrongAnswer, TooSlow, OSError) as reason:
                print(f"{name} on {order['engine']}: {reason!r}")  # the other jobs go on


def map_views(ours: Any, theirs: Any, found: list[Any]) -> Iterator[Any]:
    from benchmarks.speed.places import map_points

    yield ours.first_of_all(found[0])
    if theirs:
        yield from theirs.counts(found)
    for scope in found:
        ours.as_scope(scope)
        for point in map_points(scope, ours.n):
            yield ours.map_point(point)
            if theirs:
                yield from theirs.map_point(point, all_peers=scope in (found[0], found[2]))


@contextmanager
def peers(order: dict[str, Any], var: Path) -> Iterator[Any]:
    from benchmarks.peers.fill import fill
    from benchmarks.speed.servers import PeerServer
    from benchmarks.speed.theirs import Theirs

    print(f"peers: {fill(os.environ['PEER_DATABASE_URL']):,} rows with geometry")
    server = PeerServer(var, os.environ)
    try:
        server.start()
        yield Theirs(server, n=order["rounds"], seconds=order["seconds"])
    finally:
        server.stop()


if __name__ == "__main__":
    main()
