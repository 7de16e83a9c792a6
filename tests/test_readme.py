"""The configuration table names every variable the settings read, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OF_THE_SCRIPTS = {"PORT", "DEMO_PASSWORD"}
OF_A_CLONE = {"FIELD_KEY"}  # the one key a clone draws for itself, see FIELD_KEYS


def test_every_setting_is_in_the_table_and_every_row_is_a_setting() -> None:
    settings = (ROOT / "marketing_map" / "settings.py").read_text()
    read = set(re.findall(r"""(?:env\.\w+|env|_key)\(\s*["']([A-Z][A-Z0-9_]+)["']""", settings))
    table = (ROOT / "README.md").read_text().split("## Configuration")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row)}
    assert told - OF_THE_SCRIPTS == read - OF_A_CLONE
