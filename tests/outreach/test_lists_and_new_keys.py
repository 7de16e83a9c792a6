"""A list after the keys were changed: the same people, found and compared as before."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from benchmarks.key_rotation import new_rings, rings_now
from outreach.models import Lead
from tests.cast import Cast
from tests.outreach.test_import_whitelist import line, run
from trust.cipher import keyed_index
from whitelist.models import Customer, WhitelistUpload


@pytest.fixture(autouse=True)
def no_control_group(settings: Any) -> None:
    settings.CONTROL_GROUP_PERCENT = 0


@pytest.mark.parametrize("national", [False, True], ids=["AES", "SM4"])
def test_the_same_list_changes_nothing(
    cast: Cast, tmp_path: Path, settings: Any, national: bool
) -> None:
    rows = [line("C1"), line("C2", name="王秀英")]
    assert run(tmp_path, rows, "--commit")["committed"] is True
    for name, ring in new_rings(rings_now(), national=national).items():
        setattr(settings, name, ring)
    call_command("rotate_keys")
    again = run(tmp_path, [*rows, line("C3")], "--commit")
    assert {name: again[name] for name in ("new", "kept", "withdrawn")} == {
        "new": 1,
        "kept": 2,
        "withdrawn": 0,
    }
    assert Customer.objects.unscoped("t").get(name_index=keyed_index("name", "王秀英")).phone
    assert Lead.objects.unscoped("t").count() == 3


def test_a_list_goes_in_force_where_there_never_was_another_algorithm(
    cast: Cast, tmp_path: Path, settings: Any
) -> None:
    settings.FIELD_KEYS = f"1:sm:{'5c' * 16}"
    settings.INDEX_KEYS = f"1:sm:{'6d' * 32}"
    settings.AUDIT_KEYS = f"1:sm:{'7e' * 32}"
    assert run(tmp_path, [line("C1"), line("C2")], "--commit")["committed"] is True
    assert WhitelistUpload.objects.unscoped("t").get().state == "in_force"
    assert {row.name for row in Customer.objects.unscoped("t")} == {"吕建国"}
    call_command("verify_audit")
