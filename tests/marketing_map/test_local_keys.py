"""Keys of an installation that was given none."""

import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from marketing_map.local_keys import local_key

NAMES = ("SECRET_KEY", "FIELD_KEY", "INDEX_KEY", "AUDIT_KEY")


def keys_of(path: Path) -> list[str]:
    return [local_key(path, name) for name in NAMES]


def test_processes_that_start_together_have_the_same_keys(tmp_path: Path) -> None:
    """Else one of them seals data that nobody opens again."""
    with ProcessPoolExecutor(4, mp_context=get_context("fork")) as pool:
        for round_ in range(20):
            path = tmp_path / str(round_) / "keys.json"
            found = {tuple(keys) for keys in pool.map(keys_of, [path] * 4)}
            assert found == {tuple(keys_of(path))}


def test_only_the_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    first = keys_of(path)
    assert len(set(first)) == len(NAMES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys_of(path) == first
