"""The second person: what is to leave, who asks, what they asked for before; yes, or why not."""

from typing import Any

from django.urls import reverse

from branches.models import Role
from outreach.models import ExportState
from tests.cast import Cast, make_lead, make_staff
from tests.exports import again, ask, ready

LIST = "/lists/exports/"


def test_what_waits_stands_first_and_in_the_tab(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    client = as_(cast.feng)
    assert "没有等您审核的导出" in client.get(LIST).content.decode()
    export = ask(cast.zhao, clear=["phone"])
    text = client.get(LIST).content.decode()
    assert "寿光支行 赵主管 · 1 位客户 · 上门走访" in text and "含明文" in text
    assert 'class="tab-count"' in text
    assert reverse("export_request", args=[export.pk]) in text


def test_everything_that_is_to_be_known(cast: Cast, as_: Any) -> None:
    make_lead(cast, phone="16900001234")
    make_lead(cast, branch=cast.sister_outlet)
    before = ready(cast)
    export = ask(cast.zhao, question=f"village={cast.village.code}", clear=["phone"])
    text = as_(cast.feng).get(reverse("export_request", args=[export.pk])).content.decode()
    for said in (
        *("2 位客户", "手机号 · 明文", "姓名 · 脱敏", "上门走访", "刘庄走访组用"),
        *("行政村：刘庄村", "zhao · 寿光支行", "稻田支行网点 1", "纪台网点 1", "同意导出"),
    ):
        assert said in text, said
    lately = text.split("此人近 30 天的导出")[1]
    assert "可下载" in lately and before.pk != export.pk
    assert "16900001234" not in text and "吕建国" not in text


def test_yes(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    export = ask(cast.zhao)
    url = reverse("export_agree", args=[export.pk])
    client = as_(cast.feng)
    assert "已同意" in client.post(url, follow=True).content.decode()
    assert again(export).state == ExportState.MAKING
    assert "已经处理过" in client.post(url, follow=True).content.decode()
    assert "冯复核" in client.get(LIST).content.decode()


def test_yes_is_said_by_who_sits_there(cast: Cast, as_: Any) -> None:
    """A screen that a reviewer left open lets nobody agree."""
    make_lead(cast)
    export = ask(cast.zhao)
    url = reverse("export_agree", args=[export.pk])
    client = as_(cast.feng, confirmed=False)
    assert client.post(url)["Location"].startswith("/me/confirm/")
    assert again(export).state == ExportState.ASKED
    client.post("/me/confirm/", {"current": "pw"})
    client.post(url)
    assert again(export).state == ExportState.MAKING


def test_no_needs_a_reason_the_asker_reads(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    export = ask(cast.zhao)
    url = reverse("export_refuse", args=[export.pk])
    client = as_(cast.feng)
    for reason, said in (("", "请写明不同意的原因"), ("见 16900001234", "不要写电话")):
        response = client.post(url, {"reason": reason})
        assert response.status_code == 422 and said in response.content.decode()
    assert again(export).state == ExportState.ASKED
    client.post(url, {"reason": "不需要明文号码"})
    assert again(export).state == ExportState.REFUSED
    page = as_(cast.zhao).get(reverse("export", args=[export.pk])).content.decode()
    assert "不需要明文号码" in page and "未同意" in page
    assert "已经处理过" in client.post(url, {"reason": "不"}, follow=True).content.decode()


def test_scope(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    export = ask(cast.zhao)
    client = as_(make_staff("feng2", "冯二", Role.REVIEWER, cast.other_province))
    assert "赵主管" not in client.get(LIST).content.decode()
    for name in ("export_request", "export_agree", "export_refuse"):
        url = reverse(name, args=[export.pk])
        assert client.get(url).status_code in {404, 405}
        assert client.post(url, {"reason": "不"}).status_code in {404, 405}
    assert again(export).state == ExportState.ASKED


def test_roles_and_methods(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    export = ask(cast.zhao)
    for staff in (cast.wang, cast.zhao, cast.qian, cast.zhou):
        client = as_(staff)
        assert client.get(LIST).status_code == 403
        for name in ("export_request", "export_agree", "export_refuse"):
            assert client.post(reverse(name, args=[export.pk])).status_code == 403
    client = as_(cast.feng)
    assert client.get(reverse("export_agree", args=[export.pk])).status_code == 405
    assert client.get(reverse("export_refuse", args=[export.pk])).status_code == 405
    assert client.post(LIST).status_code == 405
    assert again(export).state == ExportState.ASKED
