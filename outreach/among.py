"""Thousands of keys in one condition, as one parameter.

Django's `__in` makes a parameter of each key; writing 5,000 of them into a
statement costs more than the statement does. Here they travel as one array
(PostgreSQL) or one JSON text (SQLite).
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, F, Func


class Among(Func):
    """A condition for `filter`: the whole number in `field` is one of `keys`.

    Raises:
        ValueError: a key is no whole number.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, field: str, keys: Iterable[int]) -> None:
        super().__init__(F(field))
        self.keys = ",".join(str(int(key)) for key in keys)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        column, parameters = compiler.compile(self.source_expressions[0])
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s::bigint[])", [*parameters, f"{{{self.keys}}}"]
        return f"{column} IN (SELECT value FROM json_each(%s))", [*parameters, f"[{self.keys}]"]  # noqa: S608
