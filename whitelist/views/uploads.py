"""名单文件: what needs doing, and every file within the user's scope."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from branches.access import LIST_ROLES, StaffRequest, allow
from branches.models import Role, Staff
from jobs.models import JobState
from whitelist.asked import text_of
from whitelist.forms import programmes_for
from whitelist.models import UploadState, WhitelistUpload
from whitelist.models.upload import AT_WORK, UploadQuerySet

PAGE_SIZE = 30


@dataclass(frozen=True)
class Task:
    """One line of "what needs doing": a sentence, and where to do it."""

    text: str
    url: str
    is_mine: bool = True  # False: waits for somebody else


@allow(*LIST_ROLES)
@require_GET
def uploads(request: StaffRequest) -> HttpResponse:
    """The first screen of clerk and reviewer."""
    everything = WhitelistUpload.objects.visible_to(request.user).select_related(
        "programme", "scope", "uploaded_by", "reviewed_by"
    )
    shown = everything
    state, programme = text_of(request.GET, "state"), text_of(request.GET, "programme")
    if state in UploadState.values:
        shown = shown.filter(state=state)
    if programme:
        shown = shown.filter(programme__code=programme)
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "state": state,
        "programme": programme,
        "states": UploadState.choices,
        "programmes": programmes_for(request.user),
        "tasks": _tasks(request.user, everything),
        "is_empty": not everything.exists(),
        "can_upload": request.user.role == Role.CLERK,
    }
    template = "lists/uploads.html#table" if request.htmx else "lists/uploads.html"
    return render(request, template, context)


def _tasks(user: Staff, rows: UploadQuerySet) -> list[Task]:
    """What waits for this user first, then what waits for the colleague."""
    stuck = rows.filter(state__in=AT_WORK, job__state=JobState.FAILED)
    if user.role == Role.REVIEWER:
        found = [
            _task(rows.filter(state=UploadState.SUBMITTED).exclude(uploaded_by=user), _review),
            _task(rows.filter(state=UploadState.SCHEDULED), _scheduled, is_mine=False),
        ]
    else:
        found = [
            _task(rows.filter(state=UploadState.MAPPING), _mapping),
            _task(rows.filter(state=UploadState.CHECKED), _submit),
            _task(rows.filter(state=UploadState.FAILED), _unusable),
            _task(stuck, _stuck),
            _task(rows.filter(state=UploadState.SUBMITTED), _waiting, is_mine=False),
            _task(rows.filter(state=UploadState.SCHEDULED), _scheduled, is_mine=False),
        ]
    return [task for task in found if task is not None]


def _task(rows: UploadQuerySet, wording: Any, is_mine: bool = True) -> Task | None:
    """A sentence with the number; one file leads straight to it, several to the list of them."""
    found = list(rows.values_list("pk", "state")[:1000])
    if not found:
        return None
    if len(found) == 1:
        url = reverse("upload_detail", args=[found[0][0]])
    else:
        url = f"{reverse('uploads')}?state={found[0][1]}#files"
    return Task(wording(len(found)), url, is_mine)


def _review(n: int) -> str:
    return ngettext("%(n)d 份待您复核", "%(n)d 份待您复核", n) % {"n": n}


def _scheduled(n: int) -> str:
    return ngettext("%(n)d 份已复核，等待定时生效", "%(n)d 份已复核，等待定时生效", n) % {"n": n}


def _mapping(n: int) -> str:
    return ngettext("%(n)d 份待确认列", "%(n)d 份待确认列", n) % {"n": n}


def _submit(n: int) -> str:
    return ngettext("%(n)d 份校验完成，待您提交", "%(n)d 份校验完成，待您提交", n) % {"n": n}


def _unusable(n: int) -> str:
    return ngettext("%(n)d 份无法使用，请重新上传", "%(n)d 份无法使用，请重新上传", n) % {"n": n}


def _stuck(n: int) -> str:
    return ngettext("%(n)d 份处理中断，请重试", "%(n)d 份处理中断，请重试", n) % {"n": n}


def _waiting(n: int) -> str:
    return ngettext("%(n)d 份等待复核", "%(n)d 份等待复核", n) % {"n": n}
