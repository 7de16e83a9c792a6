"""What is promised, with its goal, and the command that shows each: the registry of `make torture`.

A command is a script or module of this folder, run in a process of its own with
a fresh VAR_DIR and database. It ends with 0 when the promise was kept; what it
found is the line that begins with FOUND (see `said.py`), or its last line.
"""

from dataclasses import dataclass
from pathlib import Path

HERE = "benchmarks/torture"
BOTH = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Trial:
    """One command. `arguments` make the promised size, `short` seconds of it (None: left out)."""

    script: str  # from the root of the repository; "pytest" runs tests
    arguments: tuple[str, ...] = ()
    short: tuple[str, ...] | None = ()
    engines: tuple[str, ...] = BOTH
    control: str = ""  # what must fail, or be found, for the figure to mean anything
    alone: bool = False  # it compares durations: nothing else may be at work

    def is_built(self, root: Path) -> bool:
        return self.script == "pytest" or (root / self.script).exists()


@dataclass(frozen=True)
class Promise:
    """A row of the table."""

    key: str
    promise: str
    goal: str
    trials: tuple[Trial, ...]


def _own(name: str, *arguments: str, short: tuple[str, ...] | None = (), **more: object) -> Trial:
    return Trial(f"{HERE}/{name}.py", arguments, short, **more)  # type: ignore[arg-type]


PROMISES = (
    Promise(
        "imports",
        "An import is all or nothing",
        "killed at ≥ 200 points of 5,000 rows and ≥ 10 of 300,000, ≥ 40 % inside applying:"
        " 0 half-applied, each finishes unaided",
        (
            Trial(
                "benchmarks/crash_import.py",
                ("--kills", "200"),
                None,  # a minute of worlds to build: tests kill workers, too
            ),
            Trial(
                "benchmarks/crash_import.py",
                ("--rows", "300000", "--points", "12", "--kills", "12"),
                None,
            ),
        ),
    ),
    Promise(
        "again",
        "Uploading again is harmless",
        "the same file, shuffled, as XLSX, as GB18030, with BOM: 0 changes in 10 of 10",
        (_own("again", short=None, control="one amount raised is one change"),),
    ),
    Promise(
        "races",
        "One winner per customer",
        "1,000 rounds × 20 clients assign or claim one customer: 1 winner, the others told who won",
        (
            _own(
                "races",
                *("--rounds", "1000"),
                short=("--rounds", "4", "--clients", "6"),
                control="without the guard and the constraint there are two winners",
            ),
        ),
    ),
    Promise(
        "new-list",
        "A new list loses no work",
        "50 managers logging while the list is replaced 5×: every acknowledged log stored, 0 × 5xx",
        (_own("new_list", short=None),),
    ),
    Promise(
        "replay",
        "Offline logs arrive exactly once",
        "10,000 histories: 0 lost, 0 doubled; the same again accepted, other content refused",
        (
            _own(
                "replay",
                *("--histories", "10000"),
                short=("--histories", "8"),
                control="without the UUID, histories are doubled",
            ),
            Trial("benchmarks/interrupted_calls.py", (), None),
        ),
    ),
    Promise(
        "geocoder",
        "A sick geocoder stays outside",
        "stall, reset, 429, HTML, NaN, (0,0), 10 MB: pages unaffected, breaker opens, work resumes,"
        " no address paid twice",
        (
            _own(
                "sick_geocoder",
                short=None,
                control="in health every address is placed",
                alone=True,
            ),
        ),
    ),
    Promise(
        "restarts",
        "The database may restart",
        "20 × pg_ctl restart -m immediate under load: 0 acknowledged writes lost",
        (
            _own(
                "restarts",
                *("--restarts", "20"),
                short=None,
                engines=("postgresql",),
                control="with synchronous_commit=off acknowledged writes are lost",
            ),
        ),
    ),
    Promise(
        "full-disk",
        "A full disk is said, and half of nothing",
        "upload, import, log and audit with no space: a clear sentence, nothing half-applied,"
        " works again with space",
        (_own("full_disk", short=None),),
    ),
    Promise(
        "bad-files",
        "Bad files never hurt",
        "≥ 1,000 malformed CSV and XLSX: 0 × 5xx, ≤ 512 MB, ≤ 30 s each, worker alive, a reason"
        " a person understands",
        (
            _own(
                "bad_files",
                *("--files", "1200"),
                short=("--files", "20"),
                control="a good file between them is accepted",
            ),
            _own("fuzz_reader", "--seconds", "60", short=None, engines=("sqlite",)),
        ),
    ),
    Promise(
        "scope",
        "Nobody sees another branch",
        "every address × every role, by guessing ids too: 0 leaks; foreign things are 404",
        (
            Trial(
                "pytest",
                ("tests/test_access.py", "tests/test_other_branches.py"),
                None,  # part of the tests anyway
            ),
        ),
    ),
    Promise(
        "second-wall",
        "A second wall in the database",
        "row-level security: without context 0 rows, to raw SQL as the application's role",
        (Trial("benchmarks/second_wall.py", engines=("postgresql",)),),
    ),
    Promise(
        "in-clear",
        "No personal data in clear",
        "a canary customer found nowhere: database file, dump, logs, URLs, cache, session,"
        " browser storage, outbound requests",
        (_own("in_clear", short=None, control="a canary written in clear is found"),),
    ),
    Promise(
        "audit",
        "Audit cannot be rewritten",
        "1,000 of 1,000 edits, deletions, cuts behind the sealed head found",
        (
            Trial(
                "benchmarks/audit_attacks.py",
                short=("--attacks", "30", "--events", "100"),
                control="the log as it was has no fault",
            ),
        ),
    ),
    Promise(
        "theft",
        "Bulk theft is slow and seen",
        "reveals limited per hour; exports with personal data need two people and are marked",
        (Trial("benchmarks/exports_watched.py"),),
    ),
    Promise(
        "sessions",
        "Sessions end",
        "idle 15 min, 12 h at most, lock after 5 failures, a disabled user out within 60 s",
        (Trial("benchmarks/sessions_end.py"),),
    ),
    Promise(
        "keys",
        "Keys can be changed",
        "a new key, everything sealed anew under it, the old one gone: every value still opens",
        (Trial("benchmarks/key_rotation.py"),),
    ),
    Promise(
        "deploy",
        "Safe to deploy",
        "check --deploy clean; refuses SQLite, weak or default keys, DEBUG, no MFA in production",
        (
            _own(
                "deploy",
                short=None,  # `make check` and tests/marketing_map/test_checks.py do the same
                engines=("postgresql",),
                control="as it should be set, it starts",
            ),
        ),
    ),
    Promise(
        "addresses",
        "Addresses are found, and rarely wrong",
        "≥ 95 % at their village, ≤ 0.5 % in a wrong one",
        (Trial("benchmarks/geocoding.py", short=None, engines=("sqlite",)),),
    ),
    Promise(
        "writers",
        "Many writers at once lose nothing",
        "50 people assigning and logging over the same customers: every write once",
        (_own("writing", short=None),),
    ),
)
