#!/usr/bin/env python3
"""Known attack tools against the running product, logged in as each role.

    make attack                                   # everything, on a PostgreSQL of its own
    make attack ATTACK="--roles manager --tools wapiti --seconds 20"

wapiti and sqlmap come from Debian, schemathesis from requirements/attack.txt. The server is
gunicorn with the demo, and notes what it is asked. Four holes are planted behind the login; a run
counts only if its tool has found those it looks for, if its session lived to the end, and if every
address its role is let into was asked. Written to benchmarks/results/ after each run; the runs of a
day are put together there.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from children import end, start, stop_on_signals
from with_postgres import private_postgres

from benchmarks.attacks import tools
from benchmarks.servers import LIMITS_OFF, _wait_for

ROLES = ("manager", "supervisor", "reviewer", "auditor", "admin", "")  # admin changes people
PASSWORD = "demo-2026"
LOGGED_IN = 90  # of 100 requests, at least: the others are of pages that nobody has to log in for


class Run(NamedTuple):
    """What came of one tool as one role."""

    tool: str
    who: str
    asked: int
    as_whom: int
    reached: int
    to_reach: int
    errors: int
    planted: tuple[str, ...]
    findings: tuple[tools.Finding, ...]
    lived: bool


@contextmanager
def product(port: int, customers: int) -> Iterator[Path]:
    """Server and worker with the demo; gives the file in which requests are noted."""
    home = Path(tempfile.mkdtemp(prefix="attack-"))
    with ExitStack() as running:
        database = running.enter_context(private_postgres())
        env = {**os.environ, **database, "VAR_DIR": str(home / "var")}
        env |= {"ATTACK_HOME": str(home), "DEMO_PASSWORD": PASSWORD, "LOG_LEVEL": "ERROR"}
        os.environ.update(env)  # what is asked of the database here is asked as the tables' owner
        for command in (
            ["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"],
            ["seed_demo", "--customers", str(customers)],
        ):  # fmt: skip
            subprocess.run([sys.executable, ROOT / "manage.py", *command], env=env, check=True)
        served = {
            **env,
            **LIMITS_OFF,
            "LOGIN_FAILURES": "1000000",  # the tools guess at doors, and have to come in again
            "DATABASE_URL": database["DATABASE_APP_URL"],
            "PYTHONPATH": str(ROOT),
        }
        with (home / "server.log").open("w") as log:
            web = [sys.executable, "-m", "gunicorn", "benchmarks.attacks.serving:application"]
            web += ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
            web += ["--log-level", "error", "--no-control-socket", "--timeout", "60"]
            running.callback(end, start(web, env=served, cwd=ROOT, stderr=log))
            work = [sys.executable, str(ROOT / "manage.py"), "work"]
            running.callback(end, start(work, env=served, cwd=ROOT, stderr=log))
            _wait_for(port)
            yield home


def _lines_after(seen: Path, offset: int) -> list[dict[str, Any]]:
    with seen.open("rb") as file:
        file.seek(offset)
        return [json.loads(line) for line in file]


def attacked(tool: str, who: str, base: str, home: Path, options: argparse.Namespace) -> Run:
    """One tool as one role, and what the server saw of it."""
    from benchmarks.attacks.house import addresses
    from branches.models import Staff

    house = {each.name for each in addresses(Staff.objects.filter(username=who).first())}
    seen, shield = home / "seen", home / "shield"
    before = seen.stat().st_size if seen.exists() else 0
    use = getattr(tools, tool)
    seconds = options.sqlmap_seconds if tool == "sqlmap" else options.seconds
    login, found = tools.log_in(base, who, PASSWORD), []
    shield.touch()  # what ends a login is not there
    for part, share in (("holes", 0.5), ("house", 1)):
        folder = home / f"{tool}-{who or 'nobody'}-{part}"
        within = int(seconds * share)
        found += use(base, login, folder, start=f"/planted/?part={part}", seconds=within)
    shield.unlink()
    lived = not who or tools.still_in(base, login)
    lines = _lines_after(seen, before)
    # Then that alone, to its end.
    login = tools.log_in(base, who, PASSWORD)
    folder = home / f"{tool}-{who or 'nobody'}-door"
    found += use(base, login, folder, start="/planted/?part=door", seconds=seconds // 2)
    lines_of_both = _lines_after(seen, before)
    return _judged(tool, who, lines, lines_of_both, house, found, lived)


def attacked_api(base: str, home: Path, options: argparse.Namespace) -> Run:
    """schemathesis as one of the bank's systems."""
    from branches.models import Branch, Role, Staff, SystemToken

    whole_bank = Branch.objects.get(parent=None)
    system = Staff.objects.create(
        username="ecif", name="客户信息系统", role=Role.SYSTEM, branch=whole_bank
    )
    _, token = SystemToken.issue(system, "attack")
    seen = home / "seen"
    before = seen.stat().st_size
    found = tools.schemathesis(base, token, home / "schemathesis", examples=options.examples)
    lines = _lines_after(seen, before)
    from benchmarks.attacks.house import patterns

    api = {each.name or "" for _, each in patterns() if (each.name or "").startswith("api-")}
    return _judged("schemathesis", "ecif", lines, lines, api, found, True)


def _judged(
    tool: str, who: str, lines: list[dict[str, Any]], all_lines: list[dict[str, Any]],
    to_reach: set[str], found: Iterable[tools.Finding], lived: bool,
) -> Run:  # fmt: skip
    planted = {each.hole for each in found if each.hole}
    real = tuple(each for each in found if not each.hole)
    return Run(
        tool=tool, who=who or "nobody", asked=len(all_lines),
        as_whom=sum(line["who"] == who for line in lines) * 100 // max(1, len(lines)),
        reached=len({line["name"] for line in all_lines} & to_reach), to_reach=len(to_reach),
        errors=sum(line["status"] >= 500 and bool(line["name"]) for line in all_lines),
        planted=tuple(sorted(planted)), findings=real, lived=lived,
    )  # fmt: skip


def report(runs: list[Run]) -> str:
    """The table, and every finding below it."""
    lines = [
        "| tool | as | requests | logged in | addresses | 5xx | planted holes found | findings |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for run in runs:
        lines.append(
            f"| {run.tool} | {run.who} | {run.asked:,} | {run.as_whom} %{'' if run.lived else ' (ended)'} "
            f"| {run.reached}/{run.to_reach} | {run.errors} | {', '.join(run.planted) or '–'} "
            f"| {sum(not each.explained for each in run.findings)} |"
        )
    lines.append("")
    counted = Counter(found for run in runs for found in run.findings)
    lines += [
        f"- {found.tool}: {found.kind} {found.path}: {found.said} ({times} times)"
        + (f": {found.explained}" if found.explained else "")
        for found, times in counted.items()
    ]
    return "\n".join(lines)


def main() -> int:
    """0 when nothing but the planted was found, and nothing answered 5xx."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--roles", default=",".join(each or "nobody" for each in ROLES))
    parser.add_argument("--tools", default="wapiti,sqlmap,schemathesis")
    parser.add_argument("--seconds", type=int, default=60, help="a module's attacks, at most")
    parser.add_argument("--sqlmap-seconds", type=int, default=900, help="sqlmap, in all, at most")
    parser.add_argument("--examples", type=int, default=100, help="schemathesis, an operation")
    parser.add_argument("--customers", type=int, default=12_000)
    parser.add_argument("--port", type=int, default=9650)
    options = parser.parse_args()
    stop_on_signals()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")
    runs = []
    with product(options.port, options.customers) as home:
        import django

        django.setup()
        print(f"logs in {home}", flush=True)
        base = f"http://127.0.0.1:{options.port}"
        for who in options.roles.split(","):
            for tool in set(options.tools.split(",")) - {"schemathesis"}:
                who_or_none = "" if who == "nobody" else who
                runs.append(attacked(tool, who_or_none, base, home, options))
                print(report(runs[-1:]), flush=True)
                keep(runs)
        if "schemathesis" in options.tools:
            runs.append(attacked_api(base, home, options))
            keep(runs)
    print(report(runs))
    return int(any(map(failed, runs)))


def keep(runs: Iterable[Run]) -> None:
    """Write the results, with those of the same day of other tools and roles."""
    path = ROOT / "benchmarks" / "results" / f"{date.today():%Y-%m-%d}-attack"
    kept: dict[str, dict[str, Any]] = {}
    if path.with_suffix(".json").exists():
        kept = json.loads(path.with_suffix(".json").read_text())
    for run in runs:
        told = run._asdict() | {"findings": [each._asdict() for each in run.findings]}
        kept[f"{run.tool} as {run.who}"] = told
    path.with_suffix(".json").write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n")
    table = report([_run_of(told) for told in kept.values()])
    path.with_suffix(".md").write_text(f"# Attack tools, {date.today():%Y-%m-%d}\n\n{table}\n")


def _run_of(told: dict[str, Any]) -> Run:
    findings = tuple(tools.Finding(**each) for each in told["findings"])
    return Run(**told | {"planted": tuple(told["planted"]), "findings": findings})


def failed(run: Run) -> bool:
    """Whether something was found, or the run cannot say so."""
    found = any(not each.explained for each in run.findings)
    blind = run.tool != "schemathesis" and run.who != "nobody" and not run.planted
    out = not run.lived or run.as_whom < LOGGED_IN
    return found or blind or out or bool(run.errors) or run.reached < run.to_reach


if __name__ == "__main__":
    sys.exit(main())
