"""What all API lists have in common."""

from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class NewestFirst(CursorPagination):
    """Cursor pages: stable while rows are added, and as fast on the last page as on the first."""

    ordering = "-pk"
    page_size_query_param = "page_size"
    max_page_size = 500

    def get_page_size(self, request: Request) -> int:
        """As many as are asked for, 500 at most; what is no number is refused, not passed over."""
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return super().get_page_size(request) or self.max_page_size
        if not (asked.isascii() and asked.isdecimal() and int(asked[:9])):
            raise ValidationError({self.page_size_query_param: ["要填 1 到 500 的整数。"]})
        return min(int(asked[:9]), self.max_page_size)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """As the schema says it: a page has one row at least."""
        parameters = super().get_schema_operation_parameters(view)
        for each in parameters:
            if each["name"] == self.page_size_query_param:
                each["schema"] |= {"minimum": 1}
        return parameters

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Where the page begins: a row number. Whoever writes a cursor of their own gets 404."""
        cursor = super().decode_cursor(request)
        at = str((cursor.position if cursor else None) or 0)
        if not (at.isascii() and at.isdecimal() and len(at) < 19):
            raise NotFound(self.invalid_cursor_message)
        return cursor
