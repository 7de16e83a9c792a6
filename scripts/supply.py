"""What the product is made of: licences, a bill of materials, known holes.

    scripts/supply.py licences         each package that runs, and its licence; part of `make check`
    scripts/supply.py sbom [FILE]      CycloneDX 1.5, from the lock file (`make sbom`: var/sbom.cdx.json)
    scripts/supply.py audit            `make audit`: pip-audit over the lock file, where it can ask

Licences are what the installed packages say of themselves.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import PYTHON, ROOT, ensure, say

LOCK = ROOT / "requirements" / "run.txt"
AUDIT_VENV = ROOT / ".venv-audit"
# May be used and passed on with a product of any kind. LGPL: as packages of their own, unchanged.
ALLOWED = re.compile(
    r"(MIT(-0| License)?|0?BSD([- ].*)?|Apache(-2\.0| Software License)|PSF-2\.0|Zlib|CC0-1\.0|ISC|LGPL-3\.0-only)"
)


class Package(NamedTuple):
    name: str
    version: str
    sha256: tuple[str, ...]  # of its files


def locked() -> Iterator[Package]:
    """Every package of the lock file."""
    found = re.findall(
        r"^([A-Za-z0-9_.-]+)==([^ \\]+) \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
        LOCK.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    for name, version, hashes in found:
        yield Package(name, version, tuple(re.findall(r"sha256:([0-9a-f]{64})", hashes)))


def licence_of(name: str) -> str:
    """As an SPDX expression where the package has one; its own words otherwise."""
    told = distribution(name).metadata
    classified = [
        line.rsplit(" :: ", 1)[-1]
        for line in told.get_all("Classifier") or []
        if line.startswith("License :: ")
    ]
    expression, words = told.get_all("License-Expression"), told.get_all("License")
    return str((expression or [""])[0] or "; ".join(classified) or (words or [""])[0])


def is_allowed(licence: str) -> bool:
    """Whether one of the alternatives (OR) is made of allowed licences alone (AND)."""
    return bool(licence) and any(
        all(ALLOWED.fullmatch(part.strip(" ()")) for part in re.split(r" AND |; ", choice))
        for choice in licence.split(" OR ")
    )


def licences() -> int:
    packages = [(package, licence_of(package.name)) for package in locked()]
    wrong = [
        f"{package.name}: {licence or 'says no licence'}"
        for package, licence in packages
        if not is_allowed(licence)
    ]
    for line in wrong:
        say(line)
    if not wrong:
        say(f"{len(packages)} packages, all licences allowed.")
    return len(wrong)


def sbom() -> dict[str, Any]:
    """A bill of materials in CycloneDX 1.5."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "marketing-map"}},
        "components": [
            {
                "type": "library",
                "name": package.name,
                "version": package.version,
                "purl": f"pkg:pypi/{package.name.lower().replace('_', '-')}@{package.version}",
                "licenses": [{"license": {"name": licence_of(package.name)}}],
                "hashes": [{"alg": "SHA-256", "content": each} for each in package.sha256],
            }
            for package in locked()
        ],
    }


def audit() -> int:
    """pip-audit in an environment of its own; without a way to the advisories it says so."""
    program = AUDIT_VENV / "bin" / "pip-audit"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(AUDIT_VENV)], check=True)
        install = [str(AUDIT_VENV / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        if subprocess.run([*install, "pip-audit>=2.7"]).returncode:
            say("Skipped: pip-audit could not be installed.")
            return 0
    command = [str(program), "--requirement", str(LOCK), "--require-hashes", "--disable-pip"]
    done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True)
    try:
        told = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        told = []
    asked = [each for each in told if "skip_reason" not in each]
    if not asked:
        say("Skipped: the advisories cannot be asked from here. Run `make audit` where they can.")
        return 0
    holes = [each for each in asked if each["vulns"]]
    for each in holes:
        say(f"{each['name']} {each['version']}: {', '.join(v['id'] for v in each['vulns'])}")
    say(f"{len(asked)} of {len(told)} packages asked about, {len(holes)} with known holes.")
    return len(holes)


def main() -> None:
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    ensure("run")
    if Path(sys.executable).resolve() != PYTHON.resolve() or sys.prefix == sys.base_prefix:
        # The packages are looked up where they are installed.
        sys.exit(subprocess.run([str(PYTHON), __file__, *sys.argv[1:]]).returncode)
    if asked == "licences":
        sys.exit(1 if licences() else 0)
    if asked == "sbom":
        file = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "var" / "sbom.cdx.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(sbom(), indent=1) + "\n", encoding="utf-8")
        say(f"Written to {file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}.")
        return
    if asked == "audit":
        sys.exit(1 if audit() else 0)
    sys.exit(f"usage: {__doc__}")


if __name__ == "__main__":
    main()
