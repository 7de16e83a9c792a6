"""Submit, put in force, send back, undo: from the page of a list file."""

from datetime import timedelta

import pytest
from django.utils import timezone

from branches.models import Role
from jobs.models import Job
from tests.cast import make_staff
from tests.whitelist.views.list_files import ListFiles
from whitelist.models import UploadState, WhitelistUpload

PAPERS = {"approval_no": "审2026-8", "model_version": "V3.2"}


@pytest.fixture
def files(cast) -> ListFiles:
    return ListFiles(cast)


def fresh(upload) -> WhitelistUpload:
    return WhitelistUpload.objects.unscoped("test").get(pk=upload.pk)


class TestSubmit:
    def test_hands_the_list_to_the_reviewer(self, as_, cast, files) -> None:
        upload = files.make(UploadState.CHECKED)
        response = as_(cast.qian).post(f"/lists/{upload.pk}/submit/", PAPERS)
        assert response.status_code == 302
        upload = fresh(upload)
        assert (upload.state, upload.approval_no) == (UploadState.SUBMITTED, "审2026-8")
        assert upload.effective_at is None

    def test_keeps_the_time_it_is_to_take_effect(self, as_, cast, files) -> None:
        upload = files.make(UploadState.CHECKED)
        at = timezone.localtime() + timedelta(days=1)
        papers = {**PAPERS, "effective_at": f"{at:%Y-%m-%dT%H:%M}"}
        as_(cast.qian).post(f"/lists/{upload.pk}/submit/", papers)
        assert fresh(upload).effective_at == at.replace(second=0, microsecond=0)

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"approval_no": " "}, "请填写审批单号"),
            ({"model_version": ""}, "请填写模型版本"),
            ({"effective_at": "2020-01-01T08:00"}, "已经过去"),
            ({"effective_at": "明天"}, "完整的日期和时间"),
        ],
    )
    def test_says_what_is_missing_and_keeps_the_rest(self, as_, cast, files, change, says) -> None:
        upload = files.make(UploadState.CHECKED)
        response = as_(cast.qian).post(f"/lists/{upload.pk}/submit/", {**PAPERS, **change})
        page = response.content.decode()
        assert response.status_code == 422
        assert says in page
        assert any(f'value="{value}"' in page for key, value in PAPERS.items() if key not in change)
        assert fresh(upload).state == UploadState.CHECKED

    def test_asks_for_each_confirmation(self, as_, cast, files) -> None:
        upload = files.make(UploadState.CHECKED, needs=("withdrawals", "unmatched"))
        client, url = as_(cast.qian), f"/lists/{upload.pk}/submit/"
        assert client.post(url, {**PAPERS, "confirm_withdrawals": "on"}).status_code == 422
        assert client.post(url, {**PAPERS, "confirm_unmatched": "on"}).status_code == 422
        assert fresh(upload).state == UploadState.CHECKED
        both = {**PAPERS, "confirm_withdrawals": "on", "confirm_unmatched": "on"}
        assert client.post(url, both).status_code == 302
        assert fresh(upload).state == UploadState.SUBMITTED

    def test_twice_is_once(self, as_, cast, files) -> None:
        upload = files.make(UploadState.CHECKED)
        client = as_(cast.qian)
        client.post(f"/lists/{upload.pk}/submit/", PAPERS)
        client.post(f"/lists/{upload.pk}/submit/", {**PAPERS, "approval_no": "另一张"})
        assert fresh(upload).approval_no == "审2026-8"


class TestApprove:
    def test_the_second_person_puts_the_list_in_force(self, as_, cast, files) -> None:
        upload = files.make(UploadState.SUBMITTED)
        as_(cast.feng).post(f"/lists/{upload.pk}/approve/")
        upload = fresh(upload)
        assert (upload.state, upload.reviewed_by) == (UploadState.APPLYING, cast.feng)
        assert upload.job.kind == "outreach.put_in_force"

    def test_twice_starts_one_job(self, as_, cast, files) -> None:
        upload = files.make(UploadState.SUBMITTED)
        client = as_(cast.feng)
        client.post(f"/lists/{upload.pk}/approve/")
        client.post(f"/lists/{upload.pk}/approve/")
        assert Job.objects.count() == 1

    def test_a_set_time_is_waited_for(self, as_, cast, files) -> None:
        later = timezone.now() + timedelta(days=1)
        upload = files.make(UploadState.SUBMITTED, effective_at=later)
        as_(cast.feng).post(f"/lists/{upload.pk}/approve/")
        assert fresh(upload).state == UploadState.SCHEDULED
        assert not Job.objects.exists()

    def test_never_by_who_uploaded_it(self, as_, cast, files) -> None:
        upload = files.make(UploadState.SUBMITTED, uploaded_by=cast.feng)
        response = as_(cast.feng).post(f"/lists/{upload.pk}/approve/")
        assert response.status_code == 409
        assert "要由另一位名单复核来生效" in response.content.decode()
        assert fresh(upload).state == UploadState.SUBMITTED

    def test_not_by_a_clerk(self, as_, cast, files) -> None:
        upload = files.make(UploadState.SUBMITTED)
        assert as_(cast.qian).post(f"/lists/{upload.pk}/approve/").status_code == 403

    def test_by_the_clerk_where_one_person_may(self, as_, cast, files, settings) -> None:
        settings.TWO_PEOPLE = False
        upload = files.make(UploadState.SUBMITTED)
        as_(cast.qian).post(f"/lists/{upload.pk}/approve/")
        assert fresh(upload).state == UploadState.APPLYING


class TestSendBack:
    def test_with_a_reason_that_the_clerk_reads(self, as_, cast, files) -> None:
        upload = files.make(UploadState.SUBMITTED)
        as_(cast.feng).post(f"/lists/{upload.pk}/send-back/", {"reason": "机构不全"})
        assert fresh(upload).state == UploadState.CHECKED
        assert "机构不全" in as_(cast.qian).get(f"/lists/{upload.pk}/").content.decode()

    def test_not_without_a_reason(self, as_, cast, files) -> None:
        upload = files.make(UploadState.SUBMITTED)
        response = as_(cast.feng).post(f"/lists/{upload.pk}/send-back/", {"reason": "  "})
        assert response.status_code == 422
        assert "请写明退回原因" in response.content.decode()
        assert fresh(upload).state == UploadState.SUBMITTED

    def test_stops_what_waits_for_its_time(self, as_, cast, files) -> None:
        upload = files.make(UploadState.SCHEDULED)
        as_(cast.feng).post(f"/lists/{upload.pk}/send-back/", {"reason": "先停"})
        assert fresh(upload).state == UploadState.CHECKED

    def test_not_what_is_in_force(self, as_, cast, files) -> None:
        upload = files.in_force()
        as_(cast.feng).post(f"/lists/{upload.pk}/send-back/", {"reason": "晚了"})
        assert fresh(upload).state == UploadState.IN_FORCE


class TestUndo:
    def test_first_says_what_will_happen(self, as_, cast, files) -> None:
        page = as_(cast.feng).get(f"/lists/{files.in_force().pk}/undo/").content.decode()
        assert "当时新增的 1,100 户从地图和名单上移出" in page
        assert "当时移出的 2,050 户回到名单" in page
        assert "触达记录全部保留" in page

    def test_then_starts_the_compensation_once(self, as_, cast, files) -> None:
        upload = files.in_force()
        client = as_(cast.feng)
        client.post(f"/lists/{upload.pk}/undo/")
        assert fresh(upload).state == UploadState.UNDOING
        assert client.post(f"/lists/{upload.pk}/undo/").status_code == 302
        assert Job.objects.filter(kind="outreach.undo_list").count() == 1

    def test_not_what_is_not_in_force(self, as_, cast, files) -> None:
        upload = files.make(UploadState.SUBMITTED)
        assert as_(cast.feng).get(f"/lists/{upload.pk}/undo/").status_code == 302
        assert as_(cast.feng).post(f"/lists/{upload.pk}/undo/").status_code == 302
        assert fresh(upload).state == UploadState.SUBMITTED

    def test_a_later_list_stands_on_it(self, as_, cast, files) -> None:
        first = files.in_force()
        files.in_force()
        response = as_(cast.feng).post(f"/lists/{first.pk}/undo/")
        assert response.status_code == 409
        assert "请先撤销后一份" in response.content.decode()
        assert fresh(first).state == UploadState.IN_FORCE

    def test_not_by_a_clerk(self, as_, cast, files) -> None:
        assert as_(cast.qian).get(f"/lists/{files.in_force().pk}/undo/").status_code == 403


STEPS = {"submit": Role.CLERK, "approve": Role.REVIEWER, "send-back": Role.REVIEWER}


@pytest.mark.parametrize("step", [*STEPS, "undo"])
def test_another_branch_s_file_is_not_found(as_, cast, files, step: str) -> None:
    role = STEPS.get(step, Role.REVIEWER)
    far = make_staff("far", "远人", role, cast.other_province)
    upload = files.make(UploadState.SUBMITTED)
    assert as_(far).post(f"/lists/{upload.pk}/{step}/", {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("step", [*STEPS, "undo"])
@pytest.mark.parametrize("who", ["wang", "zhao", "zhou"])
def test_other_roles_are_refused(as_, cast, files, step: str, who: str) -> None:
    upload = files.make(UploadState.SUBMITTED)
    assert as_(getattr(cast, who)).post(f"/lists/{upload.pk}/{step}/").status_code == 403


@pytest.mark.parametrize("step", STEPS)
def test_only_post(as_, cast, files, step: str) -> None:
    client = as_(cast.qian if step == "submit" else cast.feng)
    assert client.get(f"/lists/{files.make('submitted').pk}/{step}/").status_code == 405
