"""Names of places as maps and rows write them."""

from whitelist.place_names import ENDINGS, shortened

__all__ = ["ENDINGS", "shortened"]
