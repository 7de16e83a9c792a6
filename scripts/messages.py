"""`make messages`: collect the texts of the screens for locale/en, and compile them.

Texts are written in Chinese; locale/en holds their English. Needs gettext.
"""

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import PYTHON, ROOT, ensure, need_packages

LEFT_OUT = (".venv", "var", "tests", "benchmarks", "scripts", "static")


def main() -> None:
    ensure("dev")
    if shutil.which("xgettext") is None:
        need_packages(["gettext"], "to collect and compile translations")
    ignore = [part for name in LEFT_OUT for part in ("--ignore", f"{name}/*")]
    manage = [str(PYTHON), "manage.py"]
    collect = [
        "makemessages",
        "--locale",
        "en",
        "--no-wrap",
        "--no-obsolete",
        "--add-location=file",
    ]
    subprocess.run([*manage, *collect, *ignore], cwd=ROOT, check=True)
    subprocess.run(
        [*manage, "compilemessages", "--locale", "en", "--ignore", ".venv"], cwd=ROOT, check=True
    )


if __name__ == "__main__":
    main()
