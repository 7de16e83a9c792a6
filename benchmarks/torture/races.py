#!/usr/bin/env python3
"""Many clients assign or claim one customer at the same moment, over HTTP: one of them wins.

    python benchmarks/torture/races.py [--rounds 1000] [--clients 20]

In even rounds managers of one outlet claim a customer of its pool; in odd ones
supervisors give it to managers. Exactly one answer must say it worked, exactly
one open assignment must be there and be its holder's, and every other client
must be told by name who has the customer now. Control: the same rounds on a
server without the guard, on a table without the constraint.
"""

import argparse
import re
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks.torture import stage
from benchmarks.torture.said import say

CONTROL_ROUNDS = 6


class Race:
    """The clients, and what went wrong in their rounds."""

    def __init__(self, port: int, crowd: stage.Crowd) -> None:
        self._crowd, self.tally = crowd, stage.Tally()
        self._managers = stage.browsers(port, crowd.managers, self.tally)
        self._supervisors = stage.browsers(port, crowd.supervisors, self.tally)
        self._start = threading.Barrier(len(self._managers))
        self.wrong: Counter[str] = Counter()
        self.told = 0

    def round(self, number: int, pool: ThreadPoolExecutor) -> None:
        from tests.cast import make_lead

        lead = make_lead(self._crowd.cast).pk
        if number % 2:
            form = self._panel(lead)
            acts = [(each, form | {"to": to.pk}) for each, to in self._pairs()]
            answers = list(pool.map(lambda act: self._assign(*act), acts))
            won = [answer.status == 200 for answer in answers]
        else:
            path = f"/leads/{lead}/claim/"
            answers = list(pool.map(lambda each: self._at_once(each, path, {}), self._managers))
            won = [answer.status == 204 for answer in answers]
        self._judge(lead, won, answers)

    def _pairs(self) -> Any:
        return zip(self._supervisors, self._crowd.managers, strict=True)

    def _panel(self, lead: int) -> dict[str, Any]:
        """What all supervisors have before them: the panel over this customer."""
        form = {"lead": [lead]}
        panel = self._supervisors[0].post("panel", "/assign/panel/", form)
        return form | dict(re.findall(r'name="(seen|seen_at)" value="([^"]*)"', panel.text))

    def _assign(self, supervisor: stage.Person, form: dict[str, Any]) -> Any:
        return self._at_once(supervisor, "/assign/give/", form)

    def _at_once(self, person: stage.Person, path: str, form: dict[str, Any]) -> Any:
        self._start.wait()
        return person.post("race", path, form)

    def _judge(self, lead: int, won: list[bool], answers: list[Any]) -> None:
        from outreach.models import Assignment, Lead

        holder = Lead.objects.unscoped("the trial looks who has it").get(pk=lead).holder
        open_now = Assignment.objects.filter(lead=lead, ended_at=None)
        holders = list(open_now.values_list("holder_id", flat=True))
        self.wrong["rounds without exactly one winner"] += sum(won) != 1
        self.wrong["customers with two holders or none"] += holder is None or holders != [holder.pk]
        for mine, answer in zip(won, answers, strict=True):
            if mine:
                continue
            knows = holder is not None and holder.name in answer.text
            self.told += knows
            self.wrong["losers not told who won"] += not knows
            self.wrong["answers 5xx"] += answer.is_broken


def run(rounds: int, crowd: stage.Crowd, **settings: str) -> Race:
    """So many rounds on a server of their own."""
    with stage.product(threads=8, **settings) as port:
        race = Race(port, crowd)
        with ThreadPoolExecutor(len(crowd.managers)) as pool:
            for number in range(rounds):
                race.round(number, pool)
    return race


def control(crowd: stage.Crowd) -> Race:
    """Without the guard, and without the constraint behind it."""
    from django.db import connection

    from outreach.models import Assignment

    wall = next(c for c in Assignment._meta.constraints if c.name == "one_holder_a_lead")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Assignment, wall)
    return run(
        CONTROL_ROUNDS, crowd, application="benchmarks.torture.unguarded:application", WALL="guard"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=20)
    asked = parser.parse_args()
    stage.ready()
    crowd = stage.crowd(asked.clients, asked.clients)
    race = run(asked.rounds, crowd)
    print(race.tally.table(1))
    faults = {what: count for what, count in race.wrong.items() if count}
    fallen = control(crowd)
    seen = fallen.wrong["rounds without exactly one winner"]
    words = ", ".join(f"{count} {what}" for what, count in faults.items()) or "1 winner in each"
    say(
        f"{asked.rounds:,} rounds × {asked.clients} clients: {words};"
        f" {race.told:,} losers told who won",
        control=f"without guard and constraint {seen} of {CONTROL_ROUNDS} rounds had not one"
        f" winner, {fallen.wrong['customers with two holders or none']} customers two holders",
    )
    sys.exit(0 if not faults and seen else 1)


if __name__ == "__main__":
    main()
