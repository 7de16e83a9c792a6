"""The pages of who asks: the form, how it stands, the file."""

import csv
import io
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from branches.models import Role
from outreach.actions.exports import agree_to_export
from outreach.exports.shown import question_in_words
from outreach.models import Export, ExportCopy, ExportState
from tests.cast import Cast, make_lead, make_staff
from tests.exports import again, ask, ready
from tests.factors import enrolled
from trust.models import AuditEvent

NEW = "/exports/new/"


def shown(client: Client, query: str = "") -> str:
    text = client.get(f"{NEW}?{query}").content.decode()
    return re.search(r'name="shown" value="(\w+)"', text)[1]


def filled(**more: Any) -> dict[str, Any]:
    return {"columns": ["phone"], "purpose": "visit", "words": "走访组用，周五前销毁"} | more


def exports() -> list[Export]:
    return list(Export.objects.unscoped("test"))


def test_the_list_leads_to_the_form_with_its_filter(cast: Cast, as_: Any) -> None:
    make_lead(cast, village=cast.next_village)
    make_lead(cast)
    client = as_(cast.zhao)
    query = f"village={cast.village.code}"
    assert f'href="{NEW}?{query}"' in client.get(f"/leads/?{query}").content.decode()
    text = client.get(f"{NEW}?{query}").content.decode()
    assert "<strong>1</strong>" in text and "刘庄村" in text and "核对码" in text
    assert NEW not in as_(cast.wang).get("/leads/").content.decode()


def test_a_filter_tells_no_name_of_another_branch(cast: Cast) -> None:
    """Numbers of staff can be tried out: only colleagues in the subtree have names here."""
    assert question_in_words(f"holder={cast.wang.pk}", cast.zhao) == ["持有人：王经理"]
    assert question_in_words(f"holder={cast.sun.pk}", cast.zhao) == [f"持有人：{cast.sun.pk}"]


def test_asking(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    client = as_(cast.zhao)
    response = client.post(NEW, filled(shown=shown(client), clear=["phone"]), follow=True)
    text = response.content.decode()
    assert "等名单复核审核" in text and "手机号 · 明文" in text and "姓名 · 脱敏" in text
    (export,) = exports()
    assert export.clear == ["phone"] and export.asked_by == cast.zhao
    listed = client.get("/exports/").content.decode()
    assert "待审核" in listed and "赵主管" in listed


def test_the_list_says_when_a_file_can_be_fetched(cast: Cast, as_: Any) -> None:
    """Nobody else's list does, and no more once it was fetched so often as it may."""
    make_lead(cast)
    colleague = make_staff("he", "何主管", Role.SUPERVISOR, cast.zhao.branch)
    export = ready(cast)
    said = "1 份可以下载"
    assert said in as_(cast.zhao).get("/leads/").content.decode()
    assert said not in as_(colleague).get("/leads/").content.decode()
    Export.objects.unscoped("test").filter(pk=export.pk).update(downloads=settings.EXPORT_DOWNLOADS)
    assert said not in as_(cast.zhao).get("/leads/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"purpose": ""}, "请选择用途"),
        ({"purpose": "sell"}, ""),
        ({"words": ""}, "请写明谁用"),
        ({"words": "打 16900001234"}, "不要写电话"),
        ({"words": "好" * 121}, "120"),
        ({"clear": ["id_number"]}, ""),
        ({"columns": ["customer_no"]}, ""),
    ],
)
def test_what_is_not_filled_in_well(cast: Cast, as_: Any, wrong: Any, said: str) -> None:
    make_lead(cast)
    client = as_(cast.zhao)
    response = client.post(NEW, filled(shown=shown(client)) | wrong)
    assert response.status_code == 422 and said in response.content.decode()
    assert exports() == []


def test_a_list_that_changed_is_looked_at_again(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    client = as_(cast.zhao)
    before = shown(client)
    make_lead(cast)
    response = client.post(NEW, filled(shown=before))
    text = response.content.decode()
    assert response.status_code == 409 and "有变化" in text and "<strong>2</strong>" in text
    assert exports() == []


def test_nobody_too_many_and_nonsense_are_said(cast: Cast, as_: Any, settings: Any) -> None:
    client = as_(cast.zhao)
    assert "没有可以导出的客户" in client.get(NEW).content.decode()
    settings.EXPORT_ROWS = 1
    make_lead(cast)
    make_lead(cast)
    assert "超过 1 位" in client.get(NEW).content.decode()
    for wrong in ("village=1", f"holder={'9' * 30}", "stage=x", "by=1"):
        assert "筛选条件有误" in client.get(f"{NEW}?{wrong}").content.decode(), wrong
    endless = "&".join(["segment=" + "菜" * 40] * 40)
    posted = client.post(f"{NEW}?{endless}", filled(shown="0"))
    assert posted.status_code == 409 and exports() == []


def test_a_filter_longer_than_is_kept_is_said(cast: Cast, as_: Any) -> None:
    make_lead(cast, segment="种植户")
    client = as_(cast.zhao)
    query = "&".join(["segment=种植户", *(f"segment=x{n:05d}" for n in range(400))])
    response = client.post(f"{NEW}?{query}", filled(shown=shown(client, query)))
    assert response.status_code == 409 and "筛选条件太长" in response.content.decode()
    assert exports() == []


def test_fetching_it_takes_the_password(cast: Cast, as_: Any) -> None:
    make_lead(cast, phone="16900001234")
    export = ready(cast, clear=["phone"])
    client, url = as_(cast.zhao, confirmed=False), reverse("export_download", args=[export.pk])
    page = "http://testserver" + reverse("export", args=[export.pk])
    asked = client.post(url, {"format": "csv"}, headers={"Referer": page})
    assert asked["Location"].startswith("/me/confirm/?next=%2Fexports%2F")
    assert not ExportCopy.objects.exists()
    back = client.post(asked["Location"], {"current": "pw"})
    assert back["Location"] == reverse("export", args=[export.pk])
    response = client.post(url, {"format": "csv"})
    assert response["Content-Disposition"] == f'attachment; filename="export-{export.pk}-1.csv"'
    assert response["Cache-Control"] == "private, no-store"
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 2 and "16900001234" in {row["手机号"] for row in rows}
    assert AuditEvent.objects.get(action__startswith="export.download").result == "ok"
    text = client.get(reverse("export", args=[export.pk])).content.decode()
    assert f"{export.pk}-1" in text and "还能下载 2 次" in text


def test_fetching_it_takes_the_second_factor_too(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    phone, url = enrolled(cast.zhao), reverse("export_download", args=[ready(cast).pk])
    client = as_(cast.zhao, confirmed=False)
    assert client.post(url, {"format": "csv", "current": "pw"}).status_code == 302
    assert client.post("/me/confirm/", {"current": "pw"}).status_code == 422
    assert client.post(url, {"format": "csv", "current": "pw"}).status_code == 302
    assert not ExportCopy.objects.exists()
    client.post("/me/confirm/", {"current": "pw", "code": phone.code()})
    assert client.post(url, {"format": "csv"}).status_code == 200


def test_as_excel(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    url = reverse("export_download", args=[ready(cast).pk])
    response = as_(cast.zhao).post(url, {"format": "xlsx"})
    assert response.content[:2] == b"PK"
    assert as_(cast.zhao).post(url, {"format": "pdf"}).status_code == 404


def test_often_enough_is_said(cast: Cast, as_: Any, settings: Any) -> None:
    settings.EXPORT_DOWNLOADS = 1
    make_lead(cast)
    export = ready(cast)
    client, url = as_(cast.zhao), reverse("export_download", args=[export.pk])
    assert client.post(url, {"format": "csv"}).status_code == 200
    again_ = client.post(url, {"format": "csv"})
    text = again_.content.decode()
    assert again_.status_code == 409 and "下载次数已经用完" in text
    assert "已下完" in text and "可下载" not in text
    assert f'href="{NEW}"' in text  # asking anew, under the same filter


def test_the_list_leads_to_what_was_asked_for(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    assert 'href="/exports/"' in as_(cast.zhao).get("/leads/").content.decode()
    assert 'href="/exports/"' not in as_(cast.wang).get("/leads/").content.decode()


def test_it_is_the_askers_alone(cast: Cast, as_: Any) -> None:
    """Whoever is above sees that there is one, and may neither fetch it nor take it back."""
    make_lead(cast)
    export = ready(cast)
    boss = make_staff("boss", "陈行长", Role.SUPERVISOR, cast.province)
    client = as_(boss)
    page = client.get(reverse("export", args=[export.pk])).content.decode()
    assert "只有申请人能下载" in page and "/download/" not in page
    for name in ("export_download", "export_take_back"):
        url = reverse(name, args=[export.pk])
        assert client.post(url, {"format": "csv"}).status_code == 404
    assert again(export).downloads == 0


def test_of_another_branch_there_is_none(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    export = ready(cast)
    elsewhere = make_staff("zheng", "郑主管", Role.SUPERVISOR, cast.other_province)
    client = as_(elsewhere)
    assert client.get(reverse("export", args=[export.pk])).status_code == 404
    url = reverse("export_download", args=[export.pk])
    assert client.post(url, {"format": "csv"}).status_code == 404
    assert "赵主管" not in client.get("/exports/").content.decode()


def test_roles_and_methods(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    export = ask(cast.zhao)
    for staff in (cast.wang, cast.qian, cast.feng, cast.zhou):
        client = as_(staff)
        for url in ("/exports/", NEW, reverse("export", args=[export.pk])):
            assert client.get(url).status_code == 403, (staff, url)
        assert client.post(reverse("export_take_back", args=[export.pk])).status_code == 403
        assert client.post(reverse("export_download", args=[export.pk])).status_code == 403
    client = as_(cast.zhao)
    assert client.get(reverse("export_download", args=[export.pk])).status_code == 405
    assert client.get(reverse("export_take_back", args=[export.pk])).status_code == 405
    assert client.post("/exports/").status_code == 405


def test_taking_back(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    export = ask(cast.zhao)
    url = reverse("export_take_back", args=[export.pk])
    client = as_(cast.zhao)
    assert "已撤回" in client.post(url, follow=True).content.decode()
    assert "已经处理过" in client.post(url, follow=True).content.decode()
    assert again(export).state == ExportState.TAKEN_BACK


def test_the_page_looks_again_while_it_is_made(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    export = ask(cast.zhao)
    agree_to_export(export=export, by=cast.feng)
    url = reverse("export", args=[export.pk])
    assert 'hx-trigger="every' in as_(cast.zhao).get(url).content.decode()
    text = as_(cast.zhao).get(url, headers={"HX-Request": "true", "HX-Target": "progress"})
    assert text.content.decode().strip().startswith("<section")
