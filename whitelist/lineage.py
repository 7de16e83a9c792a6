"""Which list came before which: batches of one programme whose scopes overlap."""

from django.db.models import QuerySet

from whitelist.models import Mode, WhitelistBatch


def _standing_beside(batch: WhitelistBatch) -> QuerySet[WhitelistBatch]:
    """Lists of the programme in an overlapping scope that nobody took back."""
    return WhitelistBatch.objects.filter(
        programme_id=batch.programme_id,
        undoes=None,
        undone_by=None,
        scope__number__lte=batch.scope.last_number,
        scope__last_number__gte=batch.scope.number,
    ).select_related("upload", "scope")


def later_lists(batch: WhitelistBatch) -> QuerySet[WhitelistBatch]:
    """Lists that took effect after this one and stand on it, the first of them first."""
    return _standing_beside(batch).filter(pk__gt=batch.pk).order_by("pk")


def earlier_lists(batch: WhitelistBatch) -> QuerySet[WhitelistBatch]:
    """Lists that this one stands on, the last of them first."""
    return _standing_beside(batch).filter(pk__lt=batch.pk).order_by("-pk")


def superseded_by(batch: WhitelistBatch) -> WhitelistBatch | None:
    """The first later 全量 list whose scope holds all of this one's: nothing of it is left alone."""
    return (
        later_lists(batch)
        .filter(
            mode=Mode.FULL,
            scope__number__lte=batch.scope.number,
            scope__last_number__gte=batch.scope.last_number,
        )
        .first()
    )
