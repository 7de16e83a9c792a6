"""Whether all indexes are under the newest key: lists are compared by them in SQL, and wait."""

from django.conf import settings
from django.utils import timezone

from trust.keyring import ring_of
from trust.models import Rotation
from trust.rotation.places import ids_of

INDEX = "*index"


def index_is_settled() -> bool:
    """True with one key; with several, once `rotate_keys` has found no index under an older one."""
    if len(ring_of(settings.INDEX_KEYS)) == 1:
        return True
    return Rotation.objects.filter(place=INDEX, ring=ids_of(settings.INDEX_KEYS)).exists()


def note_settled() -> None:
    """From now on every index is under the newest key."""
    done = {"ring": ids_of(settings.INDEX_KEYS), "finished_at": timezone.now()}
    Rotation.objects.update_or_create(place=INDEX, defaults=done)
