"""Fixtures every test may use: the cast, and no network."""

import socket
import threading
from collections.abc import Iterator
from contextvars import copy_context
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from hypothesis import settings as hypothesis_settings

from tests.cast import Cast, make_cast
from tests.database import as_application_role
from tests.factors import confirm
from trust.wall import whole_bank

# No test asserts a time: a busy machine is not a counter-example.
hypothesis_settings.register_profile("no_deadline", deadline=None)
hypothesis_settings.load_profile("no_deadline")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--what-asks-the-database",
        action="store_true",
        help="leave out what is the same on either engine, and has run on the other one",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    """Tile keys, datums and cells of lists do not change with the engine."""
    if not config.getoption("--what-asks-the-database"):
        return
    asks = [each for each in items if _asks_the_database(each)]
    config.hook.pytest_deselected(items=[each for each in items if each not in set(asks)])
    items[:] = asks


def _asks_the_database(item: Any) -> bool:
    wanted = {"db", "transactional_db", "django_db_setup"}
    return bool(wanted & set(item.fixturenames)) or bool(item.get_closest_marker("django_db"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A database of its own for each test process.

    SQLite as it runs in earnest: a file with a log, where writers queue.

    In memory, connections of several threads share one cache and fail at once
    with "table is locked": no test of what happens at the same time would hold.
    """
    database = connections["default"].settings_dict
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The tables belong to their owner; the tests run as the application (PostgreSQL)."""
    with django_db_blocker.unblock():
        switch = as_application_role()
        switch.__enter__()
    with whole_bank("what is prepared for many tests is anybody's, too"):
        yield
    with django_db_blocker.unblock():
        switch.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def fast_plain_settings(settings: Any, tmp_path: Any) -> None:
    """Quick password hashing, plain static names, files in the test's own folder."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
        },
    }


@pytest.fixture(autouse=True, scope="session")
def threads_of_a_test_are_the_test() -> Iterator[None]:
    """Threads start without a reach (`trust.wall`): those that a test starts have the test's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", _start_within_this_context)
        yield


def _start_within_this_context(
    thread: threading.Thread, start: Any = threading.Thread.start
) -> None:
    thread.run = partial(copy_context().run, thread.run)  # type: ignore[method-assign]
    start(thread)


@pytest.fixture(autouse=True)
def a_test_plays_every_branch() -> Iterator[None]:
    """What a test prepares and looks at is anybody's; the requests it makes are their user's."""
    with whole_bank("a test plays every branch"):
        yield


@pytest.fixture(autouse=True)
def nothing_kept_from_before() -> None:
    """What is cached by a branch's id is not another test's branch of that id."""
    cache.clear()


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches beyond this machine fails at once."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def cast(db: None) -> Cast:
    """王经理, 李经理, 赵主管, 孙经理, 钱经办, 冯复核, 周审计 in a small branch tree."""
    return make_cast()


@pytest.fixture
def as_(client: Client) -> Any:
    """``as_(staff)`` gives a client logged in as them, by password and a moment ago.

    ``as_(staff, confirmed=False)``: longer ago than sensitive acts allow (`branches.step_up`).
    """

    def login(staff: Any, *, confirmed: bool = True) -> Client:
        mine = Client()
        mine.force_login(staff)
        if confirmed:
            confirm(mine)
        return mine

    return login
