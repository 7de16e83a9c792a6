#!/usr/bin/env python3
"""A thousand ways to falsify the audit log behind its head; each must be found.

    python benchmarks/audit_attacks.py [--attacks 1000] [--events 2000]
    python scripts/with_postgres.py .venv/bin/python benchmarks/audit_attacks.py

The attacker owns the tables and may write anything into them, but has no
key of AUDIT_KEYS, and cannot reach the heads that were noted elsewhere. Every attack is
rolled back before the next. Control: the log as it was has no fault.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")

Attack = Callable[[random.Random, int], None]
ACTIONS = ("lead.call", "lead.reveal", "login.ok", "list.in_force", "lead.assign")


def write_events(dice: random.Random, count: int) -> None:
    """Events as the product writes them, of made-up acts."""
    from trust import audit

    for number in range(count):
        audit.record(
            dice.choice(ACTIONS),
            by=None,
            target=f"lead:{dice.randrange(10_000)}",
            result=dice.choice(("ok", "ok", "refused")),
            n=number,
        )


def _run(sql: str, *values: object) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _event_of(number: int) -> int:
    from trust.models import AuditLink

    return AuditLink.objects.get(number=number).event_id


def edit_event(dice: random.Random, last: int) -> None:
    from trust.models import AuditEvent

    event = AuditEvent.objects.get(pk=_event_of(dice.randint(1, last)))
    changes: list[dict[str, object]] = [
        {"actor_no": event.actor_no + "x"}, {"actor_id": 4711}, {"action": "lead.view"},
        {"target": "lead:0"}, {"result": "changed"}, {"address": "127.0.0.3"},
        {"detail": {**event.detail, "n": -1}}, {"at": event.at + timedelta(seconds=1)},
        {"mac": "0" * 64}, {"key_id": 2},
    ]  # fmt: skip
    AuditEvent.objects.filter(pk=event.pk).update(**dice.choice(changes))


def replace_event(dice: random.Random, last: int) -> None:
    """Put another event's content, MAC and all, in its place."""
    from trust.models import AuditEvent

    one, other = dice.sample(range(1, last + 1), 2)
    source = AuditEvent.objects.get(pk=_event_of(other))
    source.pk = _event_of(one)
    source.save(force_update=True)


def delete_event(dice: random.Random, last: int) -> None:
    _run("DELETE FROM trust_auditevent WHERE id = %s", _event_of(dice.randint(1, last)))


def delete_with_link(dice: random.Random, last: int) -> None:
    number = dice.randint(1, last)
    _run("DELETE FROM trust_auditevent WHERE id = %s", _event_of(number))
    _run("DELETE FROM trust_auditlink WHERE number = %s", number)


def delete_and_close_the_gap(dice: random.Random, last: int) -> None:
    number = dice.randint(1, last - 1)
    _run("DELETE FROM trust_auditevent WHERE id = %s", _event_of(number))
    _run("DELETE FROM trust_auditlink WHERE number = %s", number)
    # One by one upwards: SQLite looks at the key after each row.
    for above in range(number + 1, min(number + 40, last) + 1):
        _run("UPDATE trust_auditlink SET number = number - 1 WHERE number = %s", above)


def cut_the_end(dice: random.Random, last: int) -> None:
    above = last - dice.randint(1, last)
    _run(
        "DELETE FROM trust_auditevent WHERE id IN"
        " (SELECT event_id FROM trust_auditlink WHERE number > %s)",
        above,
    )
    _run("DELETE FROM trust_auditlink WHERE number > %s", above)


def swap_links(dice: random.Random, last: int) -> None:
    one, other = dice.sample(range(1, last + 1), 2)
    first, second = _event_of(one), _event_of(other)
    for number, event in ((one, -1), (other, first), (one, second)):
        _run("UPDATE trust_auditlink SET event_id = %s WHERE number = %s", event, number)


def edit_link(dice: random.Random, last: int) -> None:
    chain = f"{dice.getrandbits(256):064x}"
    _run("UPDATE trust_auditlink SET chain = %s WHERE number = %s", chain, dice.randint(1, last))


def add_forged_event(dice: random.Random, last: int) -> None:
    """An act that never was, with a link of its own."""
    from django.utils import timezone

    from trust.models import AuditEvent, AuditLink

    event = AuditEvent.objects.create(
        at=timezone.now(), actor_no="li", action="lead.call", mac=f"{dice.getrandbits(256):064x}"
    )
    if dice.random() < 0.5:
        chain = f"{dice.getrandbits(256):064x}"
        AuditLink.objects.create(number=last + 1, event_id=event.pk, chain=chain)


def begin_anew(dice: random.Random, last: int) -> None:
    """Throw the links away and let the product itself chain what one wants to keep."""
    from trust.chain import seal_new

    delete_event(dice, last)
    _run("DELETE FROM trust_auditlink")
    seal_new()


ATTACKS: tuple[Attack, ...] = (
    edit_event, replace_event, delete_event, delete_with_link, delete_and_close_the_gap,
    cut_the_end, swap_links, edit_link, add_forged_event, begin_anew,
)  # fmt: skip


def attack_all(count: int, dice: random.Random) -> tuple[Counter[str], list[str]]:
    """Falsify the log so many times: how often each way was found, and which were not."""
    from django.db import transaction

    from trust.chain import faults, head

    known = [head()]
    found: Counter[str] = Counter()
    missed = []
    for number in range(count):
        attack = ATTACKS[number % len(ATTACKS)]
        with transaction.atomic():
            attack(dice, known[-1].number)
            if next(faults(known), None) is None:
                missed.append(f"{attack.__name__} ({number})")
            else:
                found[attack.__name__] += 1
            transaction.set_rollback(True)
    return found, missed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--attacks", type=int, default=1_000)
    parser.add_argument("--events", type=int, default=2_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="audit-attacks-") as folder:
        os.environ["VAR_DIR"] = folder
        subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"], check=True)
        import django

        django.setup()
        from django.db import connection

        from trust.chain import faults, head, seal_new

        dice = random.Random(5)
        write_events(dice, asked.events)
        seal_new()
        if next(faults([head()]), None) is not None:
            sys.exit("The log as it was written is said to be wrong.")
        found, missed = attack_all(asked.attacks, dice)
        print(json.dumps(found, indent=1))
        print(f"{connection.vendor}: {found.total():,} of {asked.attacks:,} falsifications found")
        if missed:
            sys.exit(f"Not found: {missed[:20]}")


if __name__ == "__main__":
    main()
