"""From an address to a point, and how sure it is (being filled in)."""

from whitelist.geocoding.names import match_name

__all__ = ["match_name"]
