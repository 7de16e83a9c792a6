"""What a request asks for, as text that any database takes."""

from django.http import QueryDict

LONGEST = 400


def text_of(query: QueryDict, name: str) -> str:
    """One parameter, trimmed, without NUL: PostgreSQL refuses it in every text."""
    return query.get(name, "").replace("\0", "").strip()[:LONGEST]
