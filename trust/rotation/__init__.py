"""Bringing what is stored under the keys in use, while the product runs (docs/adr/0032)."""
