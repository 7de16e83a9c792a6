"""What the one page of a file of headquarters shows."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from branches.models import Role, Staff
from jobs.models import JobState
from outreach.feeds.sentences import sentence, title
from outreach.models import Feed, FeedProblem, FeedState
from whitelist.asked import text_of

PAGE_SIZE = 20


def feed_or_404(user: Staff, pk: int) -> Feed:
    """The file with everything its page names; 404 beyond the user's scope."""
    rows = Feed.objects.visible_to(user).select_related("branch", "by", "job")
    feed: Feed = get_object_or_404(rows, pk=pk)
    return feed


def show_feed(request: HttpRequest, feed: Feed, template: str = "feeds/feed.html") -> HttpResponse:
    """The page of one file, whatever its state."""
    user: Any = request.user
    is_clerk = user.role == Role.CLERK
    context = {
        "feed": feed,
        "is_clerk": is_clerk,
        "is_stuck": _is_stuck(feed),
        "at_work": _at_work(feed),
        "earlier": _same_file_before(user, feed),
        "five": five_of(feed.totals),
        **problems_context(feed, request.GET),
    }
    return render(request, template, context)


def show_progress(request: HttpRequest, feed: Feed) -> HttpResponse:
    """The bar while the work goes on; when it has ended, the whole page's content."""
    if _at_work(feed):
        return render(request, "feeds/progress.html", {"feed": feed})
    response = show_feed(request, feed, template="feeds/feed.html#feed")
    response["HX-Retarget"] = "#feed"
    response["HX-Reswap"] = "outerHTML"
    text = _("当前状态：%(state)s") % {"state": feed.get_state_display()}
    kind = "success" if feed.state == FeedState.DONE else "error"
    response["HX-Trigger"] = json.dumps({"toast": {"text": text, "kind": kind}})
    return response


def five_of(totals: Mapping[str, int]) -> list[dict[str, Any]]:
    """The five numbers in the order of reading, with the class that colours each."""
    labels = (
        ("rows", _("读取行数"), ""),
        ("added", _("新增"), ""),
        ("known", _("已有，不变"), ""),
        ("unknown", _("没有这位客户"), "warning"),
        ("rejected", _("不能使用"), "error"),
    )
    return [
        {"key": key, "label": label, "count": totals.get(key, 0), "level": level}
        for key, label, level in labels
    ]


def problems_context(feed: Feed, asked: QueryDict) -> dict[str, Any]:
    """One page of problems, as filtered, and the choices of the filters."""
    rows = FeedProblem.objects.filter(feed=feed)
    kinds = list(rows.order_by().values("code", "column").annotate(count=Count("pk")))
    filters = {key: text_of(asked, key) for key in ("code", "column", "row")}
    if filters["code"]:
        rows = rows.filter(code=filters["code"])
    if filters["column"]:
        rows = rows.filter(column=filters["column"])
    if filters["row"]:
        number = int(filters["row"]) if filters["row"].isdecimal() else 0
        rows = rows.filter(row_no=min(number, 2**31 - 1))
    page = Paginator(rows, PAGE_SIZE).get_page(asked.get("page"))
    return {
        "problem_page": page,
        "problems": [(row, sentence(row.code)) for row in page],
        "filters": filters,
        "is_filtered": any(filters.values()),
        "codes": [(code, title(code), count) for code, count in _counted(kinds, "code")],
        "columns": [(each, each, count) for each, count in _counted(kinds, "column") if each],
        "has_problems": bool(kinds),
    }


def _counted(kinds: Iterable[Mapping[str, Any]], key: str) -> list[tuple[str, int]]:
    """Each value with its number of problems, the commonest first."""
    counts: dict[str, int] = {}
    for kind in kinds:
        counts[kind[key]] = counts.get(kind[key], 0) + kind["count"]
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _is_stuck(feed: Feed) -> bool:
    """The worker gave up; nothing more happens by itself."""
    waits = feed.state in (FeedState.RECEIVED, FeedState.RUNNING)
    return waits and feed.job is not None and feed.job.state == JobState.FAILED


def _at_work(feed: Feed) -> bool:
    return feed.state in (FeedState.RECEIVED, FeedState.RUNNING) and not _is_stuck(feed)


def _same_file_before(user: Staff, feed: Feed) -> Feed | None:
    same = Feed.objects.visible_to(user).filter(
        sha256=feed.sha256, kind=feed.kind, branch=feed.branch_id, pk__lt=feed.pk
    )
    found: Feed | None = same.order_by("-pk").first()
    return found
