"""Confirm the columns, try again, give up."""

import pytest

from branches.models import Role
from jobs.models import Job, JobState
from tests.cast import make_staff
from whitelist.models import ColumnMapping, UploadState, WhitelistUpload

RIGHT = {
    "column-0": "customer_no",
    "column-1": "name",
    "column-2": "branch_code",
    "column-3": "amount",
    "column-4": "valid_from",
    "column-5": "valid_to",
}


def state_of(upload) -> str:
    return WhitelistUpload.objects.unscoped("test").get(pk=upload.pk).state


def test_the_mapping_screen_shows_masked_samples_and_what_is_missing(as_, cast, files) -> None:
    page = as_(cast.qian).get(f"/lists/{files.mapping().pk}/").content.decode()
    assert "<code>吕**</code>" in page
    assert "缺少必需的列：姓名、预授信额度（元）" in page
    assert '<option value="branch_code" selected>' in page


def test_confirmed_columns_are_remembered_and_checked(as_, cast, files) -> None:
    upload = files.mapping()
    response = as_(cast.qian).post(f"/lists/{upload.pk}/mapping/", RIGHT)
    assert response.status_code == 302
    assert state_of(upload) == UploadState.RECEIVED
    assert Job.objects.filter(state=JobState.QUEUED).count() == 1
    assert ColumnMapping.objects.get(heading="户主").field == "name"


def test_confirming_twice_queues_one_check(as_, cast, files) -> None:
    upload = files.mapping()
    client = as_(cast.qian)
    client.post(f"/lists/{upload.pk}/mapping/", RIGHT)
    assert client.post(f"/lists/{upload.pk}/mapping/", RIGHT).status_code == 302
    assert Job.objects.count() == 1


def test_missing_and_double_columns_come_back_with_the_choices_kept(as_, cast, files) -> None:
    upload = files.mapping()
    wrong = {**RIGHT, "column-3": "valid_to", "column-1": "segment"}
    response = as_(cast.qian).post(f"/lists/{upload.pk}/mapping/", wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert "多列都对应“失效日期”" in page
    assert "缺少必需的列：姓名" in page
    assert '<option value="segment" selected>' in page
    assert state_of(upload) == UploadState.MAPPING


def test_fields_nobody_offered_are_not_taken(as_, cast, files) -> None:
    upload = files.mapping()
    response = as_(cast.qian).post(f"/lists/{upload.pk}/mapping/", {**RIGHT, "column-1": "holder"})
    assert response.status_code == 422


def test_a_failed_job_is_queued_again_once(as_, cast, files, job) -> None:
    failed = job(JobState.FAILED, attempts=6, error="x")
    upload = files.make(UploadState.CHECKING, job=failed)
    client = as_(cast.qian)
    client.post(f"/lists/{upload.pk}/retry/")
    failed.refresh_from_db()
    assert (failed.state, failed.attempts, failed.error) == (JobState.QUEUED, 0, "")
    Job.objects.filter(pk=failed.pk).update(state=JobState.RUNNING, attempts=1)
    client.post(f"/lists/{upload.pk}/retry/")
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == (JobState.RUNNING, 1)


def test_an_unusable_file_is_not_tried_again(as_, cast, files, job) -> None:
    failed = job(JobState.FAILED)
    upload = files.make(UploadState.FAILED, job=failed)
    as_(cast.qian).post(f"/lists/{upload.pk}/retry/")
    failed.refresh_from_db()
    assert failed.state == JobState.FAILED


@pytest.mark.parametrize("state", [UploadState.CHECKED, UploadState.SCHEDULED, UploadState.FAILED])
def test_giving_up(as_, cast, files, state: str) -> None:
    upload = files.make(state)
    assert as_(cast.qian).post(f"/lists/{upload.pk}/abandon/").status_code == 302
    assert state_of(upload) == UploadState.ABANDONED


def test_what_is_in_force_cannot_be_given_up(as_, cast, files) -> None:
    upload = files.in_force()
    response = as_(cast.qian).post(f"/lists/{upload.pk}/abandon/", follow=True)
    assert "现在不能放弃" in response.content.decode()
    assert state_of(upload) == UploadState.IN_FORCE


@pytest.mark.parametrize("step", ["mapping", "retry", "abandon"])
def test_who_may_and_how(as_, cast, files, step: str) -> None:
    upload = files.mapping()
    url = f"/lists/{upload.pk}/{step}/"
    far = make_staff("clerk41", "豫经办", Role.CLERK, cast.other_province)
    assert as_(far).post(url, RIGHT).status_code == 404
    for who in (cast.wang, cast.zhao, cast.feng, cast.zhou):
        assert as_(who).post(url, RIGHT).status_code == 403
    assert as_(cast.qian).get(url).status_code == 405
    assert state_of(upload) == UploadState.MAPPING
