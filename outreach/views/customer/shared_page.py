"""The page a manager sent, as its customer opens it: no login, no script, nothing about them.

It is made from the sent row, its manager, product and text; lead and customer
are not read at all. Its template gets no request: nothing on it depends on who
is logged in, and no cookie is set.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from branches.access import public
from outreach.actions.count_visit import count_click, count_open
from outreach.models import Share
from outreach.navigation import amap, tencent
from outreach.shares import address_of
from trust.qr import qr_of
from trust.wall import whole_bank

LONGEST_CODE = 32
NOT_A_PERSON = ("bot", "spider", "crawl", "preview", "slurp")


@public
@csrf_exempt
@require_safe
@cache_control(private=True, no_store=True)
def shared_page(request: HttpRequest, code: str) -> HttpResponseBase:
    """Branch, product and manager. Whatever does not answer any more looks the same: 404."""
    share = _share(code)
    if share is None:
        return _closed()
    if _is_a_customers_visit(request):
        count_open(share=share)
    return _unseen(HttpResponse(render_to_string("share/page.html", _context(request, share))))


@public
@csrf_exempt
@require_safe
@cache_control(private=True, no_store=True)
def apply(request: HttpRequest, code: str) -> HttpResponseBase:
    """On to where the product is applied for; the address is the product's, never the request's."""
    share = _share(code)
    link = share.product.apply_link(share.code) if share else ""
    if share is None or not link:
        return _closed()
    if _is_a_customers_visit(request):
        count_click(share=share)
    return _unseen(HttpResponse(status=302, headers={"Location": link}))


@whole_bank("whoever has the code may open it")
def _share(code: str) -> Share | None:
    """The page under this code, if it still answers: one query."""
    if len(code) > LONGEST_CODE:
        return None
    shares = Share.objects.unscoped("whoever has the code may open it").alive(timezone.now())
    found: Share | None = (
        shares.select_related("staff__branch", "product", "script").filter(code=code).first()
    )
    return found


def _is_a_customers_visit(request: HttpRequest) -> bool:
    """A browser's GET by somebody who is not logged in here.

    WeChat fetches a page for its preview under the name of a browser: that
    cannot be told apart, and the screens say so.
    """
    agent = request.headers.get("User-Agent", "").lower()
    is_browser = "mozilla/" in agent and not any(name in agent for name in NOT_A_PERSON)
    is_staff = settings.SESSION_COOKIE_NAME in request.COOKIES
    return request.method == "GET" and is_browser and not is_staff


def _context(request: HttpRequest, share: Share) -> dict[str, Any]:
    staff, branch = share.staff, share.staff.branch
    go = address_of(share, request, "shared_apply") if share.product.apply_link(share.code) else ""
    agent = request.headers.get("User-Agent", "")
    return {
        "share": share,
        "product": share.product,
        "branch": branch,
        "manager": staff if staff.is_active else None,
        "text": "" if share.script.retired_at else share.script.spoken_by(staff),
        "go": go,
        "qr": qr_of(go) if go else "",
        "app_is_blocked": share.product.applies_in_app and "MicroMessenger" in agent,
        "ways": _ways_to(branch.lon, branch.lat, branch.name),
    }


def _ways_to(lon: float | None, lat: float | None, name: str) -> dict[str, str]:
    """By https only: WeChat's browser blocks the schemes of other apps."""
    if lon is None or lat is None:
        return {}
    return {"tencent": tencent(lon, lat, name), "amap": amap(lon, lat, name)}


def _closed() -> HttpResponseBase:
    """The same answer for a code that never was, one past its days, and one taken back."""
    return _unseen(HttpResponse(render_to_string("share/closed.html"), status=404))


def _unseen(response: HttpResponseBase) -> HttpResponseBase:
    """Not in search engines, and nobody behind a link learns the code."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
