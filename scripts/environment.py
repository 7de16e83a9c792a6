"""The environment the product runs in: .venv, filled from the lock files. Standard library only.

What the benchmarks compare with stands in an environment of its own, .venv-bench, and so does
what attacks the product, .venv-attack: a package that only they need must not hide that the
product lacks it.

Works where Python has no ensurepip (a bare Debian): then the system's pip fills
the environment from outside, or python3-venv is installed when we may.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OWN_VENVS = {kind: ROOT / f".venv-{kind}" for kind in ("bench", "attack")}
OLDEST = (3, 11)


def say(text: str) -> None:
    print(text, flush=True)


def ensure(kind: str) -> None:
    """Make .venv hold exactly what requirements/<kind>.txt locks ("run", "dev"; "bench" and "attack"
    in environments of their own).

    A stamp holds the digest of the lock file, so that a second start is quick.
    Exits with a sentence when it cannot be done.
    """
    if sys.version_info < OLDEST:
        sys.exit(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version}.")
    lock = ROOT / "requirements" / f"{kind}.txt"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    venv = OWN_VENVS.get(kind, VENV)
    stamp = venv / f".installed-{kind}"
    if (venv / "bin" / "python").exists() and stamp.exists() and stamp.read_text() == digest:
        return
    pip = _make_venv(venv)
    say(f"Installing packages from requirements/{lock.name} …")
    install = [*pip, "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    if subprocess.run([*install, "-r", str(lock)], cwd=ROOT).returncode:
        sys.exit("Packages could not be installed: see pip's message above, then try again.")
    stamp.write_text(digest)


def _make_venv(venv: Path) -> list[str]:
    """Create the environment if there is none; the command that installs into it."""
    python = venv / "bin" / "python"
    has_pip = importlib.util.find_spec("pip") is not None
    if not python.exists():
        if importlib.util.find_spec("ensurepip") is None and not has_pip:
            need_packages(["python3-venv"], "to make the Python environment")
            importlib.invalidate_caches()
        with_pip = importlib.util.find_spec("ensurepip") is not None
        command = [sys.executable, "-m", "venv", str(venv)]
        made = subprocess.run(command if with_pip else [*command, "--without-pip"])
        if made.returncode:
            shutil.rmtree(venv, ignore_errors=True)
            sys.exit("The Python environment could not be made: is python3-venv installed?")
    if (venv / "bin" / "pip").exists():
        return [str(python), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(python)]


def need_packages(packages: list[str], why: str) -> None:
    """Install Debian packages when we may; otherwise exit and say what to install."""
    names = " ".join(packages)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.exit(f"Needed {why}: install {names} (for example: sudo apt-get install {names}).")
    say(f"Installing {names} …")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    if subprocess.run(install, env=quiet, stdout=subprocess.DEVNULL).returncode == 0:
        return
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, stdout=subprocess.DEVNULL)
    if subprocess.run(install, env=quiet, stdout=subprocess.DEVNULL).returncode:
        sys.exit(f"Needed {why}, and apt could not install it: {names}.")


def need_programs(*names: str) -> None:
    """Programs that Debian has under their own names."""
    missing = [name for name in names if shutil.which(name) is None]
    if missing:
        need_packages(missing, "to attack the product with")


def need_postgis() -> None:
    """PostgreSQL with PostGIS, which the peers on the map stand on (and GDAL with it)."""
    if not list(Path("/usr/share/postgresql").glob("*/extension/postgis.control")):
        packages = ["postgresql", "postgresql-15-postgis-3"]
        need_packages(packages, "to measure against PostGIS")


if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) > 1 else "run"
    ensure(asked)
    if asked == "bench":
        ensure("run")  # our own server runs as anywhere else
        need_postgis()
    if asked == "attack":
        ensure("dev")
        need_programs("wapiti", "sqlmap")
