#!/usr/bin/env python3
"""Malformed list files through the real upload page and the real worker.

    python benchmarks/torture/bad_files.py [--files 1200] [--seed 1]

Clerks upload one after the other. Each file must be answered (no 5xx), be done
with in time, leave the worker alive and the job without an exception, and end
with a reason from the catalogue of sentences, or as a list whose problems are
named by row and column. Between them an honest file must be accepted as ever.
"""

import argparse
import http.client
import json
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks.torture import stage
from benchmarks.torture.said import say

CLERKS = 3
SECONDS, MEGABYTES = 30, 512  # promised for each file
HONEST_EVERY = 60
BOUNDARY = "a-boundary-nobody-uses"
AT_WORK = ("received", "reading", "checking")


@dataclass
class Ledger:
    """What came of the files."""

    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    honest: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def blame(self, label: str, what: str) -> None:
        with self.lock:
            self.wrong.append(f"{label}: {what}")
            print(self.wrong[-1], flush=True)


class Clerk:
    """One browser that uploads, waits, reads the page, and gives the file up."""

    def __init__(self, port: int, session: str, ledger: Ledger) -> None:
        from crowd import CSRF

        self._at = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookie = f"sessionid={session}; csrftoken={CSRF}"
        self._csrf, self._ledger = CSRF, ledger

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        send = {"Cookie": self._cookie, "X-CSRFToken": self._csrf, "Accept-Encoding": "identity"}
        try:
            self._at.request(method, path, body, {**send, **headers})
            answer = self._at.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self._at.close()
            return 0, b""

    def upload(self, content: bytes, name: str) -> tuple[int, dict[str, Any]]:
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        fields = {"programme": "SN2026", "scope": "H", "mode": "full"}
        status, body = self.ask(
            "POST", "/lists/new/", form_of(fields, name, content),
            **kind, Accept="application/json",
        )  # fmt: skip
        try:
            return status, json.loads(body)
        except ValueError:
            return status, {}

    def follow(self, label: str, content: bytes, name: str) -> Any:
        """One file from its upload to its end; the upload, where there is one."""
        began = time.monotonic()
        status, told = self.upload(content, name)
        upload = None
        if status == 201:
            upload = self._ended(label, int(told["location"].rstrip("/").rpartition("/")[2]))
        elif status == 422:
            self._refused_at_once(label, told)
        else:
            self._ledger.blame(label, f"upload answered {status}")
        took = time.monotonic() - began
        with self._ledger.lock:
            self._ledger.slowest = max(self._ledger.slowest, (took, label))
        if took > SECONDS:
            self._ledger.blame(label, f"{took:.0f} s")
        if upload is not None:
            self._read(label, upload)
        return upload

    def _ended(self, label: str, pk: int) -> Any:
        from whitelist.models import WhitelistUpload

        rows = WhitelistUpload.objects.unscoped("the trial waits for its own file")
        until = time.monotonic() + 10 * SECONDS
        while time.monotonic() < until:
            upload = rows.select_related("job").get(pk=pk)
            if upload.state not in AT_WORK or upload.job.error:
                break
            time.sleep(0.03)
        if upload.job.error or upload.job.attempts > 1:
            self._ledger.blame(
                label, f"the job raised: {upload.job.error or 'and was begun again'}"
            )
        elif upload.state in AT_WORK:
            self._ledger.blame(label, f"still {upload.state}")
        with self._ledger.lock:
            self._ledger.ends[upload.state] += 1
        return upload

    def _refused_at_once(self, label: str, told: dict[str, Any]) -> None:
        messages = [each["message"] for errors in told["errors"].values() for each in errors]
        with self._ledger.lock:
            self._ledger.ends["refused at once"] += 1
        if not messages or not all(re.search("[一-龥].*。", each) for each in messages):
            self._ledger.blame(label, f"refused with {messages}")

    def _read(self, label: str, upload: Any) -> None:
        """The page a person sees, and what stands on it."""
        if upload.state == "failed" and not is_sentence(upload.failure):
            self._ledger.blame(label, f"not a sentence of ours: {upload.failure!r}")
        if upload.state == "checked":
            self._problems(label, upload)
        paths = [f"/lists/{upload.pk}/"]
        if upload.state == "mapping":
            paths.append(f"/lists/{upload.pk}/mapping/")
        if upload.state == "checked":
            paths.append(f"/lists/{upload.pk}/report/")
        for path in paths:
            status, body = self.ask("GET", path)
            if status not in (200, 302, 405) or b"Traceback" in body:
                self._ledger.blame(label, f"{path} answered {status}")
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _ = self.ask("POST", f"/lists/{upload.pk}/abandon/", urlencode({}), **form)
        if status not in (200, 204, 302):
            self._ledger.blame(label, f"giving it up answered {status}")

    def _problems(self, label: str, upload: Any) -> None:
        from whitelist.imports.sentences import ROW_PROBLEMS
        from whitelist.models import UploadProblem

        problems = UploadProblem.objects.filter(upload=upload)
        codes = set(problems.values_list("code", flat=True).distinct())
        if codes - set(ROW_PROBLEMS):
            self._ledger.blame(label, f"no sentence for {codes - set(ROW_PROBLEMS)}")
        if problems.filter(row_no__lt=1).exists():
            self._ledger.blame(label, "a problem in no row")
        if upload.totals["rejected"] and not codes:
            self._ledger.blame(label, "rows refused without a reason")


def form_of(fields: dict[str, str], name: str, content: bytes) -> bytes:
    """A form with a file, as browsers send it."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    parts.append(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    )
    return "".join(parts).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def is_sentence(text: str) -> bool:
    """Whether it is one of the catalogue's, with its figures filled in."""
    from whitelist.imports.sentences import FILE_PROBLEMS

    return any(
        re.fullmatch(re.sub(r"%\\?\((\w+)\\?\)s", r"[\\d,]+", re.escape(str(words))), text)
        for words in FILE_PROBLEMS.values()
    )


class ReaderMemory(threading.Thread):
    """Peak memory of the reading processes below the worker, in MB: looked at all the time."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._tasks = Path(f"/proc/{pid}/task")
        self.over = threading.Event()
        self.peak = 0

    def run(self) -> None:
        while not self.over.wait(0.02):
            for child in self._children():
                try:
                    status = Path(f"/proc/{child}/status").read_text()
                except OSError:
                    continue
                high = re.search(r"VmHWM:\s+(\d+)", status)
                self.peak = max(self.peak, int(high[1]) // 1024 if high else 0)

    def _children(self) -> list[str]:
        found: list[str] = []
        for task in self._tasks.glob("*/children"):
            try:
                found += task.read_text().split()
            except OSError:
                continue
        return found


def with_honest_ones(files: Iterator[Any]) -> Iterator[Any]:
    """An honest file now and then: the control."""
    import random

    from benchmarks.torture.corpus.families import Bad, as_text, honest_rows

    for number, each in enumerate(files):
        if number % HONEST_EVERY == 0:
            rows = honest_rows(random.Random(f"honest:{number}"), 5)
            yield Bad("honest", as_text(rows).encode(), "list.csv")
        yield each


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--family", default="", help="only those whose name holds this")
    asked = parser.parse_args()
    engine = stage.ready()
    sys.exit(attack(asked, engine))


def attack(asked: argparse.Namespace, engine: str) -> int:
    from django.db import connection

    from benchmarks.torture.corpus import corpus
    from tests.cast import make_cast

    cast = make_cast()
    sessions = stage.sessions_of([cast.qian] * CLERKS)
    ledger, lock = Ledger(), threading.Lock()
    files = with_honest_ones(corpus(asked.files, asked.seed))
    if asked.family:
        files = (each for each in files if asked.family in each.label or each.label == "honest")

    def work(clerk: Clerk) -> None:
        try:
            while True:
                with lock:
                    file = next(files, None)
                if file is None:
                    return
                upload = clerk.follow(file.label, file.content, file.name)
                if file.label == "honest":
                    if upload is None or upload.totals.get("accepted") != 5:
                        ledger.blame("honest", "not accepted any more")
                    ledger.honest += 1
        except Exception as error:
            ledger.blame("the trial itself", repr(error))
        finally:
            connection.close()

    log = stage.var() / "worker.log"
    with stage.product() as port, stage.worker(log) as process:
        memory = ReaderMemory(process.pid)
        memory.start()
        clerks = [Clerk(port, session, ledger) for session in sessions]
        threads = [threading.Thread(target=work, args=(clerk,)) for clerk in clerks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        is_alive = process.poll() is None
        memory.over.set()
    traces = log.read_text(errors="replace").count("Traceback")
    if traces:
        ledger.blame("worker", f"{traces} tracebacks")
        print(log.read_text(errors="replace")[-3000:])
    if not is_alive:
        ledger.blame("worker", "ended")
    if memory.peak > MEGABYTES:
        ledger.blame("reader", f"{memory.peak} MB")
    seconds, slowest = ledger.slowest
    total = sum(ledger.ends.values())
    ends = ", ".join(f"{count} {state}" for state, count in ledger.ends.most_common())
    say(
        f"{total:,} files: {len(ledger.wrong)} wrong ({ends}); slowest {seconds:.1f} s ({slowest}),"
        f" reader ≤ {memory.peak} MB, worker {'alive' if is_alive else 'dead'}",
        control=f"{ledger.honest} honest files between them accepted",
    )
    return 1 if ledger.wrong else 0


if __name__ == "__main__":
    main()
