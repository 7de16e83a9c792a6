"""The jobs of one engine; each record is a line of JSON on standard output."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
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
    with our_server(var, our_environment(var, {}), Path(order["static"])) as port:
        ours = Ours(port, who, n=order["rounds"], seconds=order["seconds"])
        offered: dict[str, Callable[[], Iterable[Any]]] = {
            "map": lambda: chain([ours.first_of_all(found[0])], ours.map_views(found)),
            "nearest": lambda: ours.nearest(found),
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
    if order["peers"]:
        yield from peers(order, var, found, jobs)


def peers(order: dict[str, Any], var: Path, found: list[Any], jobs: set[str]) -> Iterator[Any]:
    """After our own server has ended: each has the machine to itself."""
    from benchmarks.peers.fill import fill
    from benchmarks.speed.servers import PeerServer
    from benchmarks.speed.theirs import Theirs

    print(f"peers: {fill(os.environ['PEER_DATABASE_URL']):,} rows with geometry")
    server = PeerServer(var, os.environ)
    try:
        server.start()
        theirs = Theirs(server, n=order["rounds"], seconds=order["seconds"])
        if "map" in jobs:
            yield from theirs.counts(found)
            yield from theirs.map_views(found)
        if "nearest" in jobs:
            yield from theirs.nearest(found)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
