"""Model fields whose values are encrypted before they touch a table."""

from typing import TYPE_CHECKING, Any

from django.core import checks
from django.db import models

from trust.cipher import INDEX_BYTES, index_layer, seal, unseal

if TYPE_CHECKING:  # to the type checker: text in, text out; index bytes likewise
    TextInBytes = models.BinaryField[str, str]
    IndexBytes = models.BinaryField[bytes | None, bytes | None]
else:
    TextInBytes = IndexBytes = models.BinaryField


class EncryptedTextField(TextInBytes):
    """Text, sealed for its own table and column. Empty text is stored as NULL.

    Args:
        bound_to: ``"table.column"`` the value is sealed for, when that is not
            this field's own place: a staging table holds values already sealed
            for the table they will be copied to, so that copying needs no key.

    It cannot be filtered on: keep a `KeyedIndexField` beside it.
    """

    def __init__(self, *args: Any, bound_to: str = "", **kwargs: Any) -> None:
        self.bound_to = bound_to
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs["editable"] = True
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        if self.bound_to:
            kwargs["bound_to"] = self.bound_to
        return name, path, args, kwargs

    @property
    def place(self) -> str:
        """The place its values are sealed for."""
        return self.bound_to or f"{self.model._meta.db_table}.{self.column}"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str:
        return "" if value is None else unseal(bytes(value), self.place)

    def to_python(self, value: Any) -> str:
        return value if isinstance(value, str) else ""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = seal(value, self.place) if value else None
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [
            *super().check(**kwargs),
            *(
                [checks.Error("an encrypted field cannot be indexed", obj=self, id="trust.E001")]
                if getattr(self, "db_index", False) or self.unique
                else []
            ),
        ]


class KeyedIndexField(IndexBytes):
    """The keyed index of a value (`trust.cipher.keyed_index`): 16 or 17 bytes, or NULL.

    One under a key that is not in INDEX_KEYS raises `Unreadable`: a look-up that
    quietly finds nobody would be worse.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs.pop("max_length", None)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "max_length": INDEX_BYTES}  # as in the migrations

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        if value is None:
            return None
        index = bytes(value)
        if len(index) != INDEX_BYTES:
            index_layer(index)
        return index
