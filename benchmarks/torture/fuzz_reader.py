#!/usr/bin/env python3
"""The reader of list files under a fuzzer that sees which code its inputs reach (atheris).

    python benchmarks/torture/fuzz_reader.py [--seconds 60]

An input is a file; it is looked at, and its rows are read. The reader must answer
with rows or one problem: anything it raises, and 10 seconds, are a finding,
kept in var/torture/ (its memory is limited by the kernel, not here). The package atheris is in `.venv-bench`; where there is
none, this says so and shows nothing.
"""

import argparse
import io
import re
import subprocess
import sys
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from benchmarks.torture.said import say

SEEDS = 130
LIMITS = ("-timeout=10", "-rss_limit_mb=4000", "-max_len=20000")
TASK = {
    "headings": ["客户号", "姓名"],
    "wanted": [0, 1],
    "header_row": 1,
    "size": 1,
    "max_rows": 99,
}
WAYS = (
    {"encoding": "utf-8", "delimiter": ",", "sheet": "S"},
    {"encoding": "gb18030", "delimiter": "\t", "sheet": "名单"},
)


def fuzz(arguments: list[str]) -> None:
    """In a process of its own: never returns."""
    import atheris

    with atheris.instrument_imports(include=["whitelist.imports.reading", "zipfile"]):
        from whitelist.imports.reading import child

    def read(content: bytes) -> None:
        child.main({"task": "peek"}, io.BytesIO(content), io.BytesIO())
        for way in WAYS:
            # Asked for an encoding that the first look would not have named.
            with suppress(UnicodeDecodeError):
                child.main({"task": "rows", **TASK, **way}, io.BytesIO(content), io.BytesIO())

    atheris.Setup([sys.argv[0], *arguments], read)
    atheris.Fuzz()


def python_with_atheris() -> str:
    """Whichever Python here can import it; empty when none can."""
    for python in (sys.executable, str(ROOT / ".venv-bench" / "bin" / "python")):
        if Path(python).exists():
            known = subprocess.run([python, "-c", "import atheris"], capture_output=True)
            if known.returncode == 0:
                return python
    return ""


def write_seeds(folder: Path) -> None:
    import django

    django.setup()
    from benchmarks.torture.corpus import corpus

    for number, file in enumerate(corpus(SEEDS, seed=2)):
        if len(file.content) < 20_000 and _unpacked(file.content) < 100_000:
            (folder / str(number)).write_bytes(file.content)


def _unpacked(content: bytes) -> int:
    """Small files that unpack to large ones are for `bad_files.py`: here they would cost the time."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return sum(entry.file_size for entry in book.infolist())
    except Exception:
        return 0


def main() -> None:
    if "--inside" in sys.argv:
        fuzz(sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60)
    asked = parser.parse_args()
    python = python_with_atheris()
    if not python:
        say("skipped: atheris is not installed here (scripts/environment.py bench)")
        return
    finds = ROOT / "var" / "torture"
    finds.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        write_seeds(Path(folder))
        command = [python, __file__, "--inside", folder, f"-max_total_time={asked.seconds}"]
        command += [*LIMITS, f"-artifact_prefix={finds}/fuzz-", "-print_final_stats=1"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(done.stdout[-3000:])
    runs = re.findall(r"stat::number_of_executed_units:\s+(\d+)", done.stdout)
    reached = re.findall(r"cov: (\d+)", done.stdout)
    figure = f"{int(runs[-1]) if runs else 0:,} inputs in {asked.seconds} s,"
    figure += f" {reached[-1] if reached else 0} edges reached, "
    say(figure + ("0 findings" if done.returncode == 0 else f"FOUND: ended with {done.returncode}"))
    sys.exit(1 if done.returncode else 0)


if __name__ == "__main__":
    main()
