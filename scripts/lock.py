"""`make lock`: the versions that run, with the hashes of their files.

The lock files name no index: which one serves the packages is the installer's
own matter. Arguments go to pip-compile (``--upgrade``, ``--upgrade-package X``).
"""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import ROOT, VENV, ensure

OPTIONS = (
    *("--generate-hashes", "--strip-extras", "--allow-unsafe", "--quiet", "--no-header"),
    *("--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links", "--no-emit-options"),
)


def main() -> None:
    ensure("dev")
    env = {**os.environ, "CUSTOM_COMPILE_COMMAND": "make lock"}
    for arguments in (
        ["-o", "requirements/run.txt"],
        ["-o", "requirements/dev.txt", "--extra", "dev", "--extra", "gazetteer"],
        ["-o", "requirements/bench.txt", "--extra", "bench"],
        ["-o", "requirements/attack.txt", "--extra", "attack"],
    ):
        command = [str(VENV / "bin" / "pip-compile"), *OPTIONS, *arguments, *sys.argv[1:]]
        constraint = ["-c", "requirements/run.txt"] if "--extra" in arguments else []
        subprocess.run([*command, *constraint, "pyproject.toml"], cwd=ROOT, env=env, check=True)


if __name__ == "__main__":
    main()
