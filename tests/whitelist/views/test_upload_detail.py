"""One page a file, which follows its state."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from branches.models import Role
from jobs.models import JobState
from tests.cast import make_staff
from whitelist.models import UploadState

PROGRESS = {"HX-Request": "true", "HX-Target": "progress"}


def page_of(client, upload, query: str = "", **headers: str) -> str:
    response = client.get(f"/lists/{upload.pk}/{query}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("state", UploadState.values)
@pytest.mark.parametrize("who", ["qian", "feng"])
def test_every_state_has_a_page_for_both_roles(as_, cast, files, state: str, who: str) -> None:
    upload = files.make(state, failure="文件里没有内容。" if state == "failed" else "")
    assert upload.file_name in page_of(as_(getattr(cast, who)), upload)


def test_progress_shows_the_step_and_how_far(as_, cast, files, job) -> None:
    running = job(JobState.RUNNING, step="正在校验", done=250, total=1000)
    upload = files.make(UploadState.CHECKING, job=running)
    page = page_of(as_(cast.qian), upload)
    assert "正在校验" in page
    assert "250 / 1,000" in page
    assert "25%" in page
    assert f'hx-get="/lists/{upload.pk}/?was=checking"' in page


def test_polling_gets_the_bar_alone_while_the_state_stays(as_, cast, files, job) -> None:
    upload = files.make(UploadState.CHECKING, job=job(JobState.RUNNING, total=10, done=1))
    response = as_(cast.qian).get(f"/lists/{upload.pk}/?was=checking", headers=PROGRESS)
    assert "HX-Retarget" not in response
    assert response.content.decode().strip().startswith('<section id="progress"')


def test_polling_gets_the_page_when_the_state_has_changed(as_, cast, files) -> None:
    upload = files.make(UploadState.CHECKED)
    response = as_(cast.qian).get(f"/lists/{upload.pk}/?was=checking", headers=PROGRESS)
    assert response["HX-Retarget"] == "#upload"
    assert "待提交" in json.loads(response["HX-Trigger"])["toast"]["text"]
    assert "审批单号" in response.content.decode()


def test_a_job_that_failed_offers_to_try_again(as_, cast, files, job) -> None:
    upload = files.make(UploadState.CHECKING, job=job(JobState.FAILED))
    assert f'action="/lists/{upload.pk}/retry/"' in page_of(as_(cast.qian), upload)
    assert f'action="/lists/{upload.pk}/retry/"' not in page_of(as_(cast.feng), upload)


def test_a_file_that_cannot_be_used_says_why(as_, cast, files) -> None:
    upload = files.make(UploadState.FAILED, failure="这是压缩包，不是表格。")
    assert "这是压缩包，不是表格。" in page_of(as_(cast.qian), upload)


def test_three_numbers_and_five(as_, cast, files) -> None:
    page = page_of(as_(cast.qian), files.make(UploadState.CHECKED))
    for figure in ("1,190", "10", "3", "1,100", "40", "30", "20", "2,050"):
        assert f"<strong>{figure}</strong>" in page
    assert "其中 9 户已有客户经理" in page
    assert "稻田支行网点" in page


def test_the_button_says_exactly_what_it_will_do(as_, cast, files) -> None:
    page = page_of(as_(cast.feng), files.make(UploadState.SUBMITTED))
    assert "生效：新增 1,100，移出 2,050，额度变更 30，资料变更 20" in page


def test_a_scheduled_effect_says_when(as_, cast, files) -> None:
    at = timezone.now() + timezone.timedelta(days=2)
    page = page_of(as_(cast.feng), files.make(UploadState.SUBMITTED, effective_at=at))
    assert f"定于 {timezone.localtime(at):%m-%d %H:%M} 生效：" in page


def test_the_uploader_is_told_that_another_reviews(as_, cast, files) -> None:
    upload = files.make(UploadState.SUBMITTED, uploaded_by=cast.feng)
    page = page_of(as_(cast.feng), upload)
    assert "要由另一位名单复核来生效" in page
    assert f'action="/lists/{upload.pk}/approve/"' not in page


def test_a_clerk_has_no_button_to_put_in_force(as_, cast, files) -> None:
    upload = files.make(UploadState.SUBMITTED)
    assert f'action="/lists/{upload.pk}/approve/"' not in page_of(as_(cast.qian), upload)


def test_where_one_person_may_do_both_the_clerk_has_the_button(as_, cast, files, settings) -> None:
    settings.TWO_PEOPLE = False
    upload = files.make(UploadState.SUBMITTED)
    assert f'action="/lists/{upload.pk}/approve/"' in page_of(as_(cast.qian), upload)


def test_what_has_to_be_confirmed_is_asked(as_, cast, files) -> None:
    upload = files.make(UploadState.CHECKED, needs=("withdrawals", "unmatched"))
    upload.diff["unmatched_branches"] = [cast.sister_outlet.code]
    upload.save()
    page = page_of(as_(cast.qian), upload)
    assert 'name="confirm_withdrawals" required' in page
    assert "占现有名单的 61%" in page
    assert cast.sister_outlet.name in page


def test_what_need_not_be_confirmed_is_not_asked(as_, cast, files) -> None:
    page = page_of(as_(cast.qian), files.make(UploadState.CHECKED))
    assert "confirm_withdrawals" not in page


def test_the_same_file_uploaded_before_is_said(as_, cast, files) -> None:
    first = files.make(UploadState.IN_FORCE)
    again = files.make(UploadState.CHECKED, sha256=first.sha256)
    assert f'<a href="/lists/{first.pk}/">看那一份</a>' in page_of(as_(cast.qian), again)
    assert "看那一份" not in page_of(as_(cast.qian), files.make(UploadState.CHECKED))


def test_the_same_file_of_another_branch_is_not_betrayed(as_, cast, files) -> None:
    clerk = make_staff("clerk41", "豫经办", Role.CLERK, cast.other_province)
    first = files.make(UploadState.IN_FORCE)
    again = files.make(UploadState.CHECKED, sha256=first.sha256, scope=cast.other_province)
    assert "看那一份" not in page_of(as_(clerk), again)


def test_after_effect_the_story_and_a_way_back_for_the_reviewer(as_, cast, files) -> None:
    upload = files.in_force()
    page = page_of(as_(cast.feng), upload)
    assert "审2026-1" in page
    assert "复核通过</strong> 冯复核" in page
    assert f'href="/lists/{upload.pk}/undo/"' in page
    assert f'href="/lists/{upload.pk}/undo/"' not in page_of(as_(cast.qian), upload)


def test_a_file_sent_back_shows_the_reason(as_, cast, files) -> None:
    upload = files.make(UploadState.CHECKED, failure="复核退回：机构不全")
    assert "复核退回：机构不全" in page_of(as_(cast.qian), upload)


def test_what_was_sent_back_keeps_what_the_clerk_wrote(as_, cast, files) -> None:
    at = timezone.localtime() + timedelta(days=1)
    upload = files.make(
        UploadState.CHECKED, approval_no="审2026-1", model_version="V3.2", effective_at=at
    )
    page = page_of(as_(cast.qian), upload)
    for said in ("审2026-1", "V3.2", f"{at:%Y-%m-%dT%H:%M}"):
        assert f'value="{said}"' in page


def test_a_set_time_that_has_passed_is_at_once(as_, cast, files) -> None:
    ahead = files.make(UploadState.SUBMITTED, effective_at=timezone.now() + timedelta(hours=3))
    passed = files.make(UploadState.SUBMITTED, effective_at=timezone.now() - timedelta(hours=3))
    assert "定于" in page_of(as_(cast.feng), ahead)
    page = page_of(as_(cast.feng), passed)
    assert "定于" not in page
    assert "复核通过后立即生效" in page


def test_another_branch_s_file_is_not_found(as_, cast, files) -> None:
    clerk = make_staff("clerk41", "豫经办", Role.CLERK, cast.other_province)
    assert as_(clerk).get(f"/lists/{files.make(UploadState.CHECKED).pk}/").status_code == 404


def test_a_scope_wider_than_the_clerk_s_own_is_not_found(as_, cast, files) -> None:
    clerk = make_staff("clerk37", "鲁经办", Role.CLERK, cast.province)
    upload = files.make(UploadState.CHECKED, scope=cast.hq)
    assert as_(clerk).get(f"/lists/{upload.pk}/").status_code == 404


@pytest.mark.parametrize("who", ["wang", "zhao", "zhou"])
def test_other_roles_are_refused(as_, cast, files, who: str) -> None:
    upload = files.make(UploadState.CHECKED)
    assert as_(getattr(cast, who)).get(f"/lists/{upload.pk}/").status_code == 403


def test_only_get(as_, cast, files) -> None:
    assert as_(cast.qian).post(f"/lists/{files.make('checked').pk}/").status_code == 405
