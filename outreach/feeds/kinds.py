"""Which kinds of files there are."""

from outreach.feeds import contacts, refusals, results
from outreach.feeds.applying import Kind
from outreach.models import FeedKind

KINDS: dict[str, Kind] = {
    FeedKind.CONTACTS: Kind(contacts.COLUMNS, contacts.read, contacts.apply),
    FeedKind.RESULTS: Kind(results.COLUMNS, results.read, results.apply),
    FeedKind.REFUSALS: Kind(refusals.COLUMNS, refusals.read, refusals.apply),
}
