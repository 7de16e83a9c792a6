"""On PostgreSQL the tests run as the application's role, which owns no table.

The test database is created and migrated by the owner (DATABASE_URL); then the
connection becomes DATABASE_APP_ROLE. What the application may not do, the tests
may not either, but for one thing: emptying tables between transactional tests.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections
from environ import Env


@contextmanager
def as_application_role() -> Iterator[None]:
    """For the time being, the default connection belongs to the application's role."""
    connection = connections["default"]
    role = settings.DATABASE_APP_ROLE
    if connection.vendor != "postgresql" or not role:
        yield
        return
    _let_it_empty_tables(role)
    owner = connection.settings_dict["USER"]
    _become(role)
    try:
        yield
    finally:
        _become(owner)


@contextmanager
def as_table_owner() -> Iterator[None]:
    """For the time being, the default connection may change tables again."""
    connection = connections["default"]
    if connection.vendor != "postgresql" or not settings.DATABASE_APP_ROLE:
        yield
        return
    now = connection.settings_dict["USER"]
    _become(str(Env().db("DATABASE_URL")["USER"]))
    try:
        yield
    finally:
        _let_it_empty_tables(settings.DATABASE_APP_ROLE)  # new ones, too
        _become(now)


def _let_it_empty_tables(role: str) -> None:
    connection = connections["default"]
    with connection.cursor() as cursor:
        quoted = connection.ops.quote_name(role)
        cursor.execute(f"GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {quoted}")


def _become(user: str) -> None:
    connections["default"].close()
    # Shared by the connections of all threads: a live server's are the role's, too.
    connections["default"].settings_dict["USER"] = user
