"""No space left: said to whoever pressed the button, and to whoever watches the log.

A disk fills under the database, under the stored files, or while a form is still
arriving. Each raises something else, in a view or before any view; all of it ends
in the page for errors, so that is where it is told apart.
"""

import errno
import sys
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import server_error

INSUFFICIENT_STORAGE = 507  # RFC 4918
_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_POSTGRES = {"53100", "53000"}  # disk_full, insufficient_resources
_SQLITE = ("database or disk is full",)


def is_full_disk(error: BaseException | None) -> bool:
    """Whether it was raised, at the bottom, because nothing more can be written."""
    for each in _with_causes(error):
        if isinstance(each, OSError) and each.errno in _ERRNOS:
            return True
        if getattr(each, "sqlstate", None) in _POSTGRES:
            return True
        if any(words in str(each) for words in _SQLITE):
            return True
    return False


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def page_of_errors(request: HttpRequest) -> HttpResponse:
    """Django's handler500; 507 in words when the disk is full."""
    if not is_full_disk(sys.exc_info()[1]):
        return server_error(request)
    words = _("服务器磁盘已满，刚才这一步没有保存。请告诉系统管理员清理空间，然后再试。")
    if request.headers.get("Accept") == "application/json":
        errors = {"file": [{"message": words, "code": "full_disk"}]}
        return JsonResponse({"errors": errors}, status=INSUFFICIENT_STORAGE)
    page = render_to_string("507.html", {"words": words})
    return HttpResponse(page, status=INSUFFICIENT_STORAGE)
