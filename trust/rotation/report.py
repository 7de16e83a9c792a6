"""What is under which key, and which keys are needed no more."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Count

from trust.keyring import SM, Key, ring_of
from trust.models import AuditEvent, AuditLink
from trust.rotation.files import held_by_files
from trust.rotation.places import Held, held, places
from trust.wall import whole_bank

ALGORITHMS = {
    "FIELD_KEYS": {"": "AES-256-GCM", SM: "SM4-GCM"},
    "INDEX_KEYS": {"": "HMAC-SHA256", SM: "HMAC-SM3"},
    "AUDIT_KEYS": {"": "HMAC-SHA256", SM: "HMAC-SM3"},
}


@dataclass
class Report:
    """Counts by key id. `unknown` says in words what no key of the rings opens."""

    values: Held = field(default_factory=Held)
    files: Held = field(default_factory=Held)
    indexes: Held = field(default_factory=Held)
    events: Held = field(default_factory=Held)
    unknown: list[str] = field(default_factory=list)

    @property
    def old_indexes(self) -> int:
        return _former(self.indexes, settings.INDEX_KEYS)

    @property
    def left(self) -> int:
        """Values, files and indexes that are not under the key in use."""
        fields = settings.FIELD_KEYS
        return _former(self.values, fields) + _former(self.files, fields) + self.old_indexes

    def lines(self) -> Iterator[str]:
        """For whoever runs the command."""
        for name, counted in (
            ("FIELD_KEYS", {"values": self.values, "files": self.files}),
            ("INDEX_KEYS", {"indexes": self.indexes}),
            ("AUDIT_KEYS", {"events and links": self.events}),
        ):
            for at, key in enumerate(ring_of(getattr(settings, name))):
                counts = ", ".join(f"{each[key.id]:,} {what}" for what, each in counted.items())
                algorithm = ALGORITHMS[name][key.family]
                in_use = " (in use)" if at == 0 else f". {self._advice(name, key)}"
                yield f"{name} key {key.id}, {algorithm}: {counts}{in_use}"

    def _advice(self, name: str, key: Key) -> str:
        if name == "FIELD_KEYS":
            if self.values[key.id] or self.files[key.id]:
                return "It is still needed."
            return "It may be removed here; backups made before need it."
        if name == "INDEX_KEYS":
            return "It stays for good, below the newer ones; alone it finds nobody any more."
        if self.events[key.id]:
            return "It stays until these are archived, and with the archives after that."
        return "It may be removed here; archives made before need it to be verified."


def _former(counted: Held, spec: str) -> int:
    return counted.total() - counted[ring_of(spec)[0].id]


@whole_bank("what is not seen would be called done")
def report() -> Report:
    """Count everything; reads every table that holds values under keys."""
    found = Report(files=held_by_files())
    _tell_unknown(found, found.files, "FIELD_KEYS", "files")
    for place in places():
        for column in place.columns:
            is_sealed = column in place.sealed
            counted = held(place, column)
            (found.values if is_sealed else found.indexes).update(counted)
            ring = "FIELD_KEYS" if is_sealed else "INDEX_KEYS"
            _tell_unknown(found, counted, ring, f"{place.table}.{column}")
    for model in (AuditEvent, AuditLink):
        rows = model._base_manager.values_list("key_id").annotate(Count("pk")).order_by()
        counted = Held(dict(rows))
        found.events.update(counted)
        _tell_unknown(found, counted, "AUDIT_KEYS", model._meta.db_table)
    return found


def _tell_unknown(found: Report, counted: Held, ring: str, where: str) -> None:
    known = {key.id for key in ring_of(getattr(settings, ring))}
    found.unknown += [
        f"{where}: {count:,} under key {key_id}, which is not in {ring}"
        for key_id, count in sorted(counted.items())
        if key_id not in known
    ]
