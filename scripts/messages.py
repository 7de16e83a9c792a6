"""`make messages`: collect the texts of the screens for locale/en, and compile them.

Texts are written in Chinese; locale/en holds their English: ``django.po`` that of
templates and Python, ``djangojs.po`` that of the modules in static/js. Needs gettext.
"""

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import PYTHON, ROOT, ensure, need_packages

LEFT_OUT = (".venv", "var", "tests", "benchmarks", "scripts")
FORM = ("--locale", "en", "--no-wrap", "--no-obsolete", "--add-location=file")


def main() -> None:
    ensure("dev")
    if shutil.which("xgettext") is None:
        need_packages(["gettext"], "to collect and compile translations")
    collect(ROOT)
    manage("compilemessages", "--locale", "en", "--ignore", ".venv")


def collect(root: Path) -> None:
    """Write what the sources under `root` say now into its catalogues."""
    ignore = [part for name in LEFT_OUT for part in ("--ignore", f"{name}/*")]
    manage("makemessages", *FORM, *ignore, "--ignore", "static/*", root=root)
    manage("makemessages", "--domain", "djangojs", *FORM, *ignore, root=root)


def manage(*arguments: str, root: Path = ROOT) -> None:
    subprocess.run([str(PYTHON), str(root / "manage.py"), *arguments], cwd=root, check=True)


if __name__ == "__main__":
    main()
