#!/usr/bin/env python3
"""Keys are changed while people work, and the command is killed with SIGKILL again and again.

    python benchmarks/key_rotation.py [--customers 20000] [--kills 25] [--national]
    python scripts/with_postgres.py .venv/bin/python benchmarks/key_rotation.py

Customers, logs and files are sealed under one key; then `manage.py rotate_keys`, a process
of its own, brings them under another (with --national: of SM4 and SM3) and is killed at
random moments, while a thread edits customers all the time. At the end every value must be
what was last said, every customer be found by phone and name, and all of it open without
the old key. Prints one line, and exits 1 if anything is lost.
"""

import argparse
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")
RINGS = ("FIELD_KEYS", "INDEX_KEYS", "AUDIT_KEYS")
FILES, FILE_BYTES = 3, 3_000_000


def new_rings(old: dict[str, str], *, national: bool) -> dict[str, str]:
    """Each ring with a key of its own before the old one; ids are one more."""
    made = {}
    for name, ring in old.items():
        size = 16 if national and name == "FIELD_KEYS" else 32
        number = int(ring.split(":")[0]) + 1
        made[name] = f"{number}:{'sm:' if national else ''}{secrets.token_hex(size)},{ring}"
    return made


def rings_now() -> dict[str, str]:
    from django.conf import settings

    return {name: getattr(settings, name) for name in RINGS}


def use(rings: dict[str, str]) -> None:
    from django.conf import settings

    for name, ring in rings.items():
        setattr(settings, name, ring)


class World:
    """What was last said about each customer, and sealed files with their plain bytes."""

    def __init__(self, customers: int, seed: int = 1) -> None:
        from django.core.files.base import ContentFile
        from django.core.files.storage import default_storage

        from trust.cipher import keyed_index
        from trust.files import sealed
        from whitelist.models import Customer

        self.dice = random.Random(seed)
        self.said: dict[int, tuple[str, str, str]] = {}
        for first in range(0, customers, 1_000):
            made = []
            for number in range(first, min(first + 1_000, customers)):
                name, phone, address = f"金丝雀{number}", f"169{number:08}", f"稻田镇{number}号"
                made.append(
                    Customer(
                        customer_no=f"K{number}", name=name, phone=phone, home_address=address,
                        id_number=f"3799{number:014}", id_index=keyed_index("id", f"3799{number:014}"),
                        name_index=keyed_index("name", name), phone_index=keyed_index("phone", phone),
                        phone_tail_index=keyed_index("tail", phone[-4:]),
                    )
                )  # fmt: skip
                self.said[number] = (name, phone, address)
            Customer.objects.bulk_create(made)
        self.numbers = dict(Customer.objects.unscoped("benchmark").values_list("customer_no", "pk"))
        self.files = {}
        for _ in range(FILES):
            plain = secrets.token_bytes(FILE_BYTES)
            stored = ContentFile(b"".join(sealed([plain])))
            self.files[default_storage.save("uploads/kept.sealed", stored)] = plain

    def edit_one(self) -> None:
        """Somebody corrects a number, as the product does it."""
        from django.db import transaction

        from whitelist.actions.corrections import put_value
        from whitelist.models import Customer

        number = self.dice.choice(list(self.said))
        with transaction.atomic():
            customer = Customer.objects.unscoped("benchmark").get(pk=self.numbers[f"K{number}"])
            phone = f"164{self.dice.randrange(10**8):08}"
            customer.save(update_fields=put_value(customer, "phone", phone))
        name, _, address = self.said[number]
        self.said[number] = (name, phone, address)

    def lost(self) -> int:
        """Customers whose data are not what was last said, or who are not found by them."""
        from trust.cipher import keyed_index, keyed_indexes
        from whitelist.models import Customer

        rows = {row.customer_no: row for row in Customer.objects.unscoped("benchmark").iterator()}
        wrong = 0
        for number, said in self.said.items():
            row = rows[f"K{number}"]
            indexes = (keyed_index("name", said[0]), keyed_index("phone", said[1]))
            same = (row.name, row.phone, row.home_address) == said
            wrong += not same or (row.name_index, row.phone_index) != indexes
        some = self.dice.sample(sorted(self.said), min(200, len(self.said)))
        for number in some:
            found = Customer.objects.unscoped("benchmark").filter(
                phone_index__in=keyed_indexes("phone", self.said[number][1])
            )
            wrong += not found.filter(customer_no=f"K{number}").exists()
        return wrong + self._lost_files()

    def _lost_files(self) -> int:
        from django.core.files.storage import default_storage

        from trust.files import unsealed

        wrong = 0
        for name, plain in self.files.items():
            with default_storage.open(name, "rb") as file:
                wrong += b"".join(unsealed(file)) != plain
        return wrong


@contextmanager
def somebody_edits(world: World, pause: float = 0.002) -> Iterator[list[int]]:
    """A thread that edits customers all the time; gives the count of its edits."""
    from django.db import connection

    ended, edits = threading.Event(), [0]

    def work() -> None:
        try:
            while not ended.wait(pause):
                world.edit_one()
                edits[0] += 1
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield edits
    finally:
        ended.set()
        thread.join()


def rotation(env: dict[str, str], *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "manage.py"), "rotate_keys", *options]
    return subprocess.Popen(
        command,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kill_in_the_middle(env: dict[str, str], dice: random.Random, *options: str) -> bool:
    """Start the command, let it get to work, kill it; False when it had finished before."""
    from trust.models import Rotation

    before = sum(Rotation.objects.values_list("renewed", flat=True))
    process = rotation(env, *options)
    while process.poll() is None:
        if sum(Rotation.objects.values_list("renewed", flat=True)) > before:
            time.sleep(dice.uniform(0, 0.3))
            process.kill()
            break
        time.sleep(0.02)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def rotate_and_kill(
    world: World, env: dict[str, str], kills: int, *options: str
) -> tuple[int, int, str]:
    """How often it was killed, how many edits there were, and what the last run said.

    `env` of the command has the new rings already, and so must the caller's settings.
    """
    done = 0
    with somebody_edits(world) as edits:
        for _ in range(kills):
            if not kill_in_the_middle(env, world.dice, *options):
                break
            done += 1
        process = rotation(env)
        told, wrong = process.communicate()
    if process.returncode:
        raise RuntimeError(told + wrong)
    return done, edits[0], told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--national", action="store_true", help="from AES and SHA-2 to SM4 and SM3")
    asked = parser.parse_args()
    old = {name: f"1:{secrets.token_hex(32)}" for name in RINGS}
    with tempfile.TemporaryDirectory(prefix="key-rotation-") as folder:
        os.environ |= {"VAR_DIR": folder, "LOG_LEVEL": "CRITICAL", **old}
        subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"], check=True)
        import django

        django.setup()
        return _torture(asked, old)


def _torture(asked: argparse.Namespace, old: dict[str, str]) -> int:
    from django.db import connection

    from trust.rotation.report import report

    world = World(asked.customers)
    before = report()
    values = before.values.total() + before.indexes.total() + before.files.total()
    new = new_rings(old, national=asked.national)
    use(new)
    env: dict[str, Any] = dict(new)
    if os.environ.get("DATABASE_APP_URL"):
        env["DATABASE_URL"] = os.environ["DATABASE_APP_URL"]
    began = time.monotonic()
    chunk = max(50, asked.customers // 100)
    kills, edits, _ = rotate_and_kill(
        world, env, asked.kills, "--chunk", str(chunk), "--pause", "0.01"
    )
    took = time.monotonic() - began
    only_old = report().left
    use({"FIELD_KEYS": new["FIELD_KEYS"].split(",")[0]})
    lost = world.lost()
    print(
        f"{connection.vendor}: rotated {values:,} values with {kills} kills and {edits:,} edits"
        f" meanwhile in {took:.0f} s: {lost} lost, {only_old} readable under the old key only"
    )
    return 1 if lost or only_old or kills < asked.kills else 0


if __name__ == "__main__":
    sys.exit(main())
