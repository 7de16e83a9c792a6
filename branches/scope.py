"""Rows that belong to a branch are never read without saying on whose behalf.

A model whose manager is made from `ScopedQuerySet` answers nothing until
`visible_to(user)` or `unscoped(reason)` was called on the query: forgetting
raises `ScopeMissing`, in tests and in production alike, instead of leaking.
"""

from typing import Any, Self

from django.db import models

NumberRange = tuple[int, int]


class ScopeMissing(RuntimeError):
    """A scoped model was read without `visible_to(user)` or `unscoped(reason)`."""


class ScopedQuerySet(models.QuerySet[Any]):
    """Base of the querysets of scoped models."""

    _scope_stated = False

    def visible_to(self, user: Any) -> Self:
        """The rows this user may see. Each model says which."""
        raise NotImplementedError

    def unscoped(self, reason: str) -> Self:
        """All rows; `reason` says, to whoever reads the code, why that is right here."""
        if not reason:
            raise ValueError("unscoped() needs a reason")
        return self._scoped()

    def _scoped(self) -> Self:
        clone: Self = self._chain()  # type: ignore[attr-defined]
        clone._scope_stated = True
        return clone

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]
        clone._scope_stated = self._scope_stated
        return clone

    def _require_scope(self) -> None:
        if not self._scope_stated:
            raise ScopeMissing(
                f"{self.model.__name__}: call visible_to(user) or unscoped(reason) first"
            )

    # Every way a queryset touches the database passes one of these.
    def _fetch_all(self) -> None:
        self._require_scope()
        super()._fetch_all()

    def iterator(self, *args: Any, **kwargs: Any) -> Any:
        self._require_scope()
        return super().iterator(*args, **kwargs)

    def count(self) -> int:
        self._require_scope()
        return super().count()

    def exists(self) -> bool:
        self._require_scope()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._require_scope()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._require_scope()
        return super().update(**kwargs)

    def delete(self) -> Any:
        self._require_scope()
        return super().delete()

    def explain(self, *args: Any, **kwargs: Any) -> str:
        self._require_scope()
        return super().explain(*args, **kwargs)

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        self._require_scope()
        return super().resolve_expression(*args, **kwargs)  # type: ignore[misc]
