"""名单文件: what needs doing, and the table."""

import pytest

from jobs.models import JobState
from whitelist.models import UploadState


def test_a_clerk_sees_what_to_do(as_, cast, files) -> None:
    upload = files.make(UploadState.CHECKED)
    page = as_(cast.qian).get("/lists/").content.decode()
    assert "1 份校验完成，待您提交" in page
    assert f'class="task " href="/lists/{upload.pk}/"' in page
    assert "上传名单" in page


def test_a_reviewer_sees_what_waits_for_review(as_, cast, files) -> None:
    files.make(UploadState.SUBMITTED)
    files.make(UploadState.SUBMITTED)
    page = as_(cast.feng).get("/lists/").content.decode()
    assert "2 份待您复核" in page
    assert 'href="/lists/?state=submitted#files"' in page
    assert "上传名单" not in page


def test_what_a_reviewer_uploaded_does_not_wait_for_them(as_, cast, files) -> None:
    files.make(UploadState.SUBMITTED, uploaded_by=cast.feng)
    assert "待您复核" not in as_(cast.feng).get("/lists/").content.decode()


def test_work_that_stopped_is_said(as_, cast, files, job) -> None:
    files.make(UploadState.CHECKING, job=job(JobState.FAILED))
    assert "1 份处理中断，请重试" in as_(cast.qian).get("/lists/").content.decode()


def test_an_empty_page_says_what_to_do(as_, cast) -> None:
    assert "上传第一份名单" in as_(cast.qian).get("/lists/").content.decode()
    assert "上传第一份名单" not in as_(cast.feng).get("/lists/").content.decode()


def test_filters_by_state_and_programme(as_, cast, files) -> None:
    shown = files.make(UploadState.IN_FORCE)
    hidden = files.make(UploadState.FAILED)
    client = as_(cast.qian)
    page = client.get("/lists/?state=in_force").content.decode()
    assert shown.file_name in page
    assert hidden.file_name not in page
    assert "没有符合条件" in client.get("/lists/?programme=NONE").content.decode()


def test_htmx_gets_the_table_alone(as_, cast, files) -> None:
    files.make(UploadState.IN_FORCE)
    page = as_(cast.qian).get("/lists/", headers={"HX-Request": "true"}).content.decode()
    assert page.strip().startswith('<section id="files"')


def test_nonsense_filters_do_no_harm(as_, cast, files) -> None:
    files.make(UploadState.IN_FORCE)
    assert as_(cast.qian).get("/lists/?state=x'&page=-1&programme=%00a").status_code == 200


def test_another_branch_s_files_are_not_listed(as_, cast, files) -> None:
    from branches.models import Role
    from tests.cast import make_staff

    far = make_staff("far-clerk", "远经办", Role.CLERK, cast.other_province)
    upload = files.make(UploadState.CHECKED)
    assert upload.file_name not in as_(far).get("/lists/").content.decode()


@pytest.mark.parametrize("who", ["wang", "zhao", "zhou"])
def test_other_roles_are_refused(as_, cast, who: str) -> None:
    assert as_(getattr(cast, who)).get("/lists/").status_code == 403


def test_only_get(as_, cast) -> None:
    assert as_(cast.qian).post("/lists/").status_code == 405


def test_without_login_to_the_login_page(client, cast) -> None:
    assert client.get("/lists/").status_code == 302
