"""Keys are changed while the product runs: nothing is lost, nothing stays under the old key."""

import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from benchmarks.key_rotation import World, new_rings, rings_now, rotate_and_kill, use
from jobs.queue import NotYet
from tests.cast import Cast, make_lead
from trust.cipher import Unreadable, keyed_index, same_index, seal
from trust.files import sealed, unsealed
from trust.models import AuditEvent, Rotation
from trust.rotation.places import Place, places
from trust.rotation.report import report
from trust.rotation.rows import _take, _write
from trust.rotation.settled import index_is_settled
from whitelist.models import Customer
from whitelist.tasks import wait_for_the_index

anywhere = pytest.mark.django_db
families = pytest.mark.parametrize("national", [False, True], ids=["to AES", "to SM4"])


@pytest.fixture(autouse=True)
def one_key_each_at_first(settings: Any) -> None:
    """Whatever the profile the tests run under."""
    settings.FIELD_KEYS = f"1:{'1a' * 32}"
    settings.INDEX_KEYS = f"1:{'2b' * 32}"
    settings.AUDIT_KEYS = f"1:{'3c' * 32}"


@pytest.fixture
def new_keys(settings: Any) -> Any:
    """A function that puts new keys before those of the settings, as a restart would."""

    def renew(*, national: bool = False) -> dict[str, str]:
        rings = new_rings(rings_now(), national=national)
        for name, ring in rings.items():
            setattr(settings, name, ring)
        return rings

    return renew


def rotate(**options: Any) -> str:
    out = io.StringIO()
    call_command("rotate_keys", stdout=out, **options)
    return out.getvalue()


def the_customer() -> Customer:
    return Customer.objects.unscoped("test").get()


def customers() -> Place:
    return next(place for place in places() if place.table == "whitelist_customer")


@families
def test_everything_opens_and_is_found_without_the_old_key(
    cast: Cast, settings, new_keys, national: bool
) -> None:
    make_lead(cast, name="吕建国", phone="16900009999")
    stored = default_storage.save("uploads/x.sealed", ContentFile(b"".join(sealed([b"rows"]))))
    new_keys(national=national)
    told = rotate()
    algorithm = "SM4-GCM" if national else "AES-256-GCM"
    assert f"FIELD_KEYS key 2, {algorithm}" in told
    assert "key 1, AES-256-GCM: 0 values, 0 files. It may be removed here" in told
    settings.FIELD_KEYS = settings.FIELD_KEYS.split(",")[0]
    assert (the_customer().name, the_customer().phone) == ("吕建国", "16900009999")
    assert the_customer().phone_index == keyed_index("phone", "16900009999")
    with default_storage.open(stored) as file:
        assert b"".join(unsealed(file)) == b"rows"
    event = AuditEvent.objects.get(action="keys.rotate")
    assert (event.detail["files"], event.detail["values"]["whitelist_customer"] > 0) == (1, True)


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_and_no_edit_is_lost(settings, tmp_path, new_keys) -> None:
    world = World(400)
    rings = new_keys()
    kept = connection.settings_dict
    url = f"sqlite:///{kept['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgres://{kept['USER']}@{kept['HOST']}:{kept['PORT']}/{kept['NAME']}"
    env = {**rings, "DATABASE_URL": url, "VAR_DIR": str(tmp_path), "SECRET_KEY": "x" * 50}
    env["CRYPTO_PROFILE"] = "international"
    kills, edits, told = rotate_and_kill(world, env, 2, "--chunk", "10", "--pause", "0.05")
    assert kills == 2
    assert edits > 10
    assert "0 values, 0 files. It may be removed here" in told
    assert report().left == 0
    use({"FIELD_KEYS": rings["FIELD_KEYS"].split(",")[0]})
    assert world.lost() == 0


@anywhere
def test_a_value_changed_since_it_was_read_is_left_alone(cast: Cast, new_keys) -> None:
    customer = make_lead(cast, phone="16900000001").customer
    new_keys()
    rows = _take(customers(), 0, 10)
    customer.phone = "16900000002"
    customer.save(update_fields=["phone"])
    _write(customers(), rows)
    assert the_customer().phone == "16900000002"
    assert rotate()


@anywhere
def test_a_value_under_an_unknown_key_stops_it_before_anything_is_changed(
    cast: Cast, settings, new_keys
) -> None:
    make_lead(cast)
    mine = settings.FIELD_KEYS
    settings.FIELD_KEYS = f"9:{'ab' * 32}"
    foreign = seal("稻田镇", "whitelist_customer.home_address")
    settings.FIELD_KEYS = mine
    with connection.cursor() as cursor:
        cursor.execute("UPDATE whitelist_customer SET home_address = %s", [foreign])
    new_keys()
    with pytest.raises(CommandError, match="home_address: 1 under key 9, which is not in FIELD"):
        rotate()
    assert not Rotation.objects.exists()
    with pytest.raises(Unreadable):
        the_customer()


@anywhere
def test_an_altered_value_stops_it_and_is_named(cast: Cast, new_keys) -> None:
    customer = make_lead(cast).customer
    altered = seal("吕建国", "whitelist_customer.name")[:-1] + b"\0"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE whitelist_customer SET name = %s", [altered])
    new_keys()
    with pytest.raises(CommandError, match=rf"customer\.name, row {customer.pk}: wrong key"):
        rotate()


@anywhere
def test_lists_wait_until_no_index_is_under_an_older_key(cast: Cast, new_keys) -> None:
    make_lead(cast)
    wait_for_the_index()  # with one key there is nothing to wait for
    new_keys()
    with pytest.raises(NotYet):
        wait_for_the_index()
    rotate()
    assert index_is_settled()
    wait_for_the_index()


@anywhere
def test_an_index_whose_value_is_gone_is_renewed_all_the_same(cast: Cast, new_keys) -> None:
    """A tombstone keeps others from bringing the person back, long after their number went."""
    customer = make_lead(cast).customer
    index = keyed_index("id", "379901198001010011")
    Customer.objects.unscoped("test").update(id_number=None, id_index=index)
    new_keys()
    assert same_index(index, keyed_index("id", "379901198001010011"))
    rotate()
    customer.refresh_from_db()
    assert customer.id_index == keyed_index("id", "379901198001010011") != index


@anywhere
def test_taking_away_a_key_below_the_index_is_an_error_not_an_empty_answer(
    cast: Cast, settings, new_keys
) -> None:
    make_lead(cast, phone="16900000001")
    new_keys()
    rotate()
    settings.INDEX_KEYS = settings.INDEX_KEYS.split(",")[0]
    with pytest.raises(Unreadable):
        the_customer()
    with pytest.raises(CommandError, match="which is not in INDEX_KEYS"):
        rotate(report=True)


@anywhere
def test_the_report_alone_changes_nothing(cast: Cast, new_keys) -> None:
    make_lead(cast)
    new_keys()
    with pytest.raises(CommandError, match="values are under former keys"):
        rotate(report=True)
    assert not Rotation.objects.exists()


@anywhere
def test_a_file_deleted_while_it_is_sealed_anew_does_not_come_back(new_keys, monkeypatch) -> None:
    from trust.rotation import files

    stored = default_storage.save("uploads/x.sealed", ContentFile(b"".join(sealed([b"rows"]))))
    new_keys()
    monkeypatch.setattr(files.shutil, "copymode", lambda *_: default_storage.delete(stored))
    assert files.renew_files() == 0
    assert default_storage.listdir("uploads") == ([], [])
