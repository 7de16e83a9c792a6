"""Whether all indexes are under the newest key: lists are compared by them in SQL, and wait."""

from django.conf import settings
from django.utils import timezone

from trust.keyring import ring_of
from trust.models import Rotation

INDEX = "*index"


def _ring() -> str:
    return ",".join(str(key.id) for key in ring_of(settings.INDEX_KEYS))


def index_is_settled() -> bool:
    """True with one key; with several, once `rotate_keys` has found no index under an older one."""
    if len(ring_of(settings.INDEX_KEYS)) == 1:
        return True
    return Rotation.objects.filter(place=INDEX, ring=_ring()).exists()


def note_settled() -> None:
    """From now on every index is under the newest key."""
    done = {"ring": _ring(), "finished_at": timezone.now()}
    Rotation.objects.update_or_create(place=INDEX, defaults=done)
