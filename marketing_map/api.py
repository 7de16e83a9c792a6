"""What all API lists have in common."""

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class NewestFirst(CursorPagination):
    """Cursor pages: stable while rows are added, and as fast on the last page as on the first."""

    ordering = "-pk"
    page_size_query_param = "page_size"
    max_page_size = 500

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Where the page begins: a row number. Whoever writes a cursor of their own gets 404."""
        cursor = super().decode_cursor(request)
        at = str((cursor.position if cursor else None) or 0)
        if not (at.isascii() and at.isdecimal() and len(at) < 19):
            raise NotFound(self.invalid_cursor_message)
        return cursor
