"""The story of a list file, and the lists before and after it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from branches.models import Role
from outreach.actions.list_decisions import approve_list, send_list_back, submit_list
from outreach.models import Lead
from tests.cast import Cast, make_staff
from tests.lists import compared, put, undo
from whitelist.lineage import earlier_lists, later_lists, superseded_by
from whitelist.models import Mode, Offer, WhitelistUpload
from whitelist.story import neighbours_of, story_of


def told(upload: WhitelistUpload) -> list[tuple[str, str, str]]:
    upload = WhitelistUpload.objects.unscoped("test").get(pk=upload.pk)
    return [(event.what, event.who, event.remark) for event in story_of(upload)]


def test_every_round_of_submitting_is_told(cast: Cast) -> None:
    upload = compared(cast, [{"no": "A1"}])
    papers = {"approval_no": "SP-1", "model_version": "M1"}
    submit_list(upload=upload, by=cast.qian, **papers)
    send_list_back(upload=upload, by=cast.feng, reason="范围不对")
    assert told(upload)[-1] == ("退回经办", "冯复核", "复核退回：范围不对")
    at = timezone.now() + timedelta(days=1)
    submit_list(
        upload=upload, by=cast.qian, approval_no="SP-2", model_version="M1", effective_at=at
    )
    approve_list(upload=upload, by=cast.feng)
    when = timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
    assert told(upload) == [
        ("上传", "钱经办", "名单.csv · 文件指纹 000000000000"),
        ("提交复核", "钱经办", "审批单号 SP-1，模型版本 M1"),
        ("退回经办", "冯复核", ""),
        ("提交复核", "钱经办", "审批单号 SP-2，模型版本 M1"),
        ("复核通过", "冯复核", f"定于 {when} 生效"),
    ]


def test_taking_effect_and_being_taken_back_are_told_with_numbers(cast: Cast) -> None:
    cast.programme.control_percent = 0
    cast.programme.save()
    put(cast, [{"no": "A1"}])
    batch = put(cast, [{"no": "A1", "amount": 1}, {"no": "B2"}])
    compensation = undo(cast, batch)
    lines = told(batch.upload)
    assert ("生效", "冯复核", f"批次 {batch.pk} · 新增 1，额度变更 1") in lines
    restored = "还原 2 户，0 户没有还原（后来又被别的名单改动）"
    assert lines[-1] == ("撤销", "冯复核", f"批次 {compensation.pk} · {restored}")


def test_the_columns_tell_what_the_audit_log_does_not(cast: Cast) -> None:
    upload = compared(cast, [{"no": "A1"}])
    helper = make_staff("qian2", "钱助理", Role.CLERK, cast.hq)
    now = timezone.now()
    upload.submitted_by, upload.submitted_at, upload.approval_no = helper, now, "SP-9"
    upload.save()
    assert told(upload)[-1] == ("提交复核", "钱助理", "审批单号 SP-9，模型版本 —")


def test_a_list_knows_what_it_stands_on_and_what_replaced_it(cast: Cast) -> None:
    first = put(cast, [{"no": "A1"}])
    added = put(cast, [{"no": "B2"}], mode=Mode.ADD, scope=cast.county)
    elsewhere = put(cast, [{"no": "C3", "branch": cast.far_outlet}], scope=cast.other_province)
    assert [each.label for each in neighbours_of(first, cast.qian)] == ["之后生效"]
    last = put(cast, [{"no": "A1"}, {"no": "B2"}])
    assert superseded_by(first) == superseded_by(added) == last
    assert list(later_lists(first)) == [added, last]
    assert list(earlier_lists(last)) == [added, first]
    assert not later_lists(elsewhere).exists()
    assert [each.label for each in neighbours_of(added, cast.qian)] == ["之前生效", "已被接替"]
    undo(cast, last)
    assert superseded_by(first) is None


def test_a_list_beyond_the_users_scope_is_named_by_its_branch_and_not_linked(
    cast: Cast, as_: Any
) -> None:
    wide = put(cast, [{"no": "A1"}])
    clerk = make_staff("clerk83", "寿光经办", Role.CLERK, cast.county)
    own = put(cast, [{"no": "A1"}, {"no": "B2"}], scope=cast.county)
    assert [each.is_open for each in neighbours_of(own, clerk)] == [False]
    page = as_(clerk).get(f"/lists/{own.upload_id}/").content.decode()
    assert f'href="/lists/{wide.upload_id}/"' not in page
    assert "之前生效" in page


@pytest.mark.parametrize(("percent", "drawn"), [(0, 0), (50, None)])
def test_the_page_says_how_many_were_drawn_as_control(
    cast: Cast, as_: Any, percent: int, drawn: int | None
) -> None:
    cast.programme.control_percent = percent
    cast.programme.save()
    batch = put(cast, [{"no": f"A{n}"} for n in range(40)])
    held_back = Offer.objects.unscoped("test").filter(is_control=True).count()
    assert batch.counts["control"] == held_back
    assert drawn is None or held_back == drawn
    page = as_(cast.qian).get(f"/lists/{batch.upload_id}/").content.decode()
    assert f"抽取 {held_back} 户" in page
    assert (f"其中 {held_back} 户进入对照组，不上地图" in page) == bool(held_back)
    assert (f"新增 40，新增中对照组 {held_back}" in told(batch.upload)[-1][2]) == bool(held_back)
    on_map = Lead.objects.visible_to(cast.qian).workable().count()
    assert on_map == batch.counts["new"] - held_back
    assert "000000000000" in page


def test_beforehand_the_report_says_how_many_the_map_will_not_show(cast: Cast, as_: Any) -> None:
    cast.programme.control_percent = 5
    cast.programme.save()
    upload = compared(cast, [{"no": "A1"}])
    said = "其中约 5% 在生效时抽入对照组，不上地图"
    assert said in as_(cast.qian).get(f"/lists/{upload.pk}/").content.decode()
    cast.programme.control_percent = 0
    cast.programme.save()
    assert said not in as_(cast.qian).get(f"/lists/{upload.pk}/").content.decode()
