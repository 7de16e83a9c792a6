"""员工 and 离岗释放; 收回 from the panel; who has held a customer."""

import re
from typing import Any

import pytest
from django.urls import reverse

from outreach.actions.return_lead import ReturnReason, return_lead
from outreach.models import Assignment, AssignmentOperation, Lead, OperationKind
from tests.cast import Cast, make_lead
from tests.outreach.morning.test_briefing import links, rows_behind, text_of

HTMX = {"HX-Request": "true"}


def holder_of(lead: Lead) -> Any:
    return Lead.objects.unscoped("test").get(pk=lead.pk).holder


def leave(staff: Any) -> None:
    staff.is_active = False
    staff.save()


def release(client: Any, staff: Any, **fields: Any) -> Any:
    return client.post(reverse("staff_release", args=[staff.pk]), {"sure": "1", **fields})


def test_my_people_with_their_load(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    make_lead(cast, holder=cast.wang, stage="drawn", eligibility="withdrawn")
    make_lead(cast)
    zhao = as_(cast.zhao)
    page = zhao.get("/staff/")
    loads = {each.staff.name: (each.held, each.in_process) for each in page.context["members"]}
    assert loads == {"王经理": (2, 1), "李经理": (0, 0)}
    assert page.context["left"] == [] and page.context["pool"] == 1
    ((link, count),) = links(page)
    assert rows_behind(zhao, link) == count == 1


def test_whoever_left_with_customers_stands_on_top(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    leave(cast.wang)
    leave(cast.li)  # without customers: nothing to do
    page = as_(cast.zhao).get("/staff/")
    assert [each.staff.name for each in page.context["left"]] == ["王经理"]
    assert page.context["members"] == []
    assert "名下还有客户" in text_of(page)


def test_released_into_the_pool_and_undone(cast: Cast, as_: Any) -> None:
    leads = [make_lead(cast, holder=cast.wang) for _ in range(3)]
    zhao = as_(cast.zhao)
    answer = release(zhao, cast.wang)
    assert answer.status_code == 302 and {holder_of(lead) for lead in leads} == {None}
    page = zhao.get(answer.url)
    assert "已释放 王经理 的 3 位客户" in text_of(page)
    operation = AssignmentOperation.objects.get(kind=OperationKind.LEAVER)
    undo = reverse("staff_release_undo", args=[cast.wang.pk, operation.pk])
    assert undo in page.content.decode()
    assert "已撤销 3 位" in text_of(zhao.get(zhao.post(undo).url))
    assert {holder_of(lead) for lead in leads} == {cast.wang}
    assert "已经撤销过" in text_of(zhao.get(zhao.post(undo).url))


def test_handed_to_a_colleague(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang)
    leave(cast.wang)
    zhao = as_(cast.zhao)
    answer = release(zhao, cast.wang, to=cast.li.pk)
    assert holder_of(lead) == cast.li
    assert "移交给 李经理" in text_of(zhao.get(answer.url))


def test_nothing_without_the_tick_or_with_a_stranger(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang)
    zhao = as_(cast.zhao)
    unsure = release(zhao, cast.wang, sure="")
    assert unsure.status_code == 422 and "请先勾选确认" in text_of(unsure)
    for to in (cast.sun.pk, cast.wang.pk, cast.zhao.pk, "x", 10**30):
        answer = release(zhao, cast.wang, to=to)
        assert answer.status_code == 422 and "在岗的客户经理" in text_of(answer)
    assert holder_of(lead) == cast.wang


def test_foreign_people_are_not_found(cast: Cast, as_: Any) -> None:
    zhao = as_(cast.zhao)
    make_lead(cast, holder=cast.sun)
    for pk in (cast.sun.pk, cast.qian.pk, 999_999):
        assert zhao.get(reverse("staff_member", args=[pk])).status_code == 404
        assert zhao.post(reverse("staff_release", args=[pk]), {"sure": "1"}).status_code == 404
    assert zhao.get("/staff/", {"branch": cast.far_outlet.code}).status_code == 404
    make_lead(cast, holder=cast.sun, branch=cast.outlet)  # holds one of ours
    page = zhao.get(reverse("staff_member", args=[cast.sun.pk]))
    assert "另有 1 位属于别的机构" in text_of(page)


def test_somebody_elses_release_is_not_mine_to_undo(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    release(as_(cast.zhao), cast.wang)
    operation = AssignmentOperation.objects.get(kind=OperationKind.LEAVER)
    above = type(cast.zhao).objects.create_user(
        "hou", password="pw", name="侯主管", role="supervisor", branch=cast.province
    )
    undo = reverse("staff_release_undo", args=[cast.wang.pk, operation.pk])
    assert as_(above).post(undo).status_code == 404


@pytest.mark.parametrize("who", ["wang", "qian", "feng", "zhou"])
def test_only_supervisors(cast: Cast, as_: Any, who: str) -> None:
    client = as_(getattr(cast, who))
    assert client.get("/staff/").status_code == 403
    assert client.get(reverse("staff_member", args=[cast.li.pk])).status_code == 403
    assert release(client, cast.li).status_code == 403
    assert client.post(reverse("take_back")).status_code == 403


def test_wrong_method(cast: Cast, as_: Any) -> None:
    zhao = as_(cast.zhao)
    assert zhao.post("/staff/").status_code == 405
    assert zhao.get(reverse("staff_release", args=[cast.wang.pk])).status_code == 405
    assert zhao.get(reverse("take_back")).status_code == 405


def panel(client: Any, cast: Cast) -> dict[str, str]:
    """The hidden fields of the panel that takes back."""
    page = client.get("/assign/panel/", {"village": cast.village.code, "do": "take_back"})
    form = page.content.decode().split("data-take-back-form")[1]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def test_a_village_taken_back(cast: Cast, as_: Any) -> None:
    mine, of_li = make_lead(cast, holder=cast.wang), make_lead(cast, holder=cast.li)
    busy = make_lead(cast, holder=cast.wang, stage="applied")
    zhao = as_(cast.zhao)
    answer = zhao.post("/assign/take-back/", panel(zhao, cast), headers=HTMX)
    assert answer.status_code == 200 and "已收回 2 位" in answer["HX-Trigger"].encode().decode(
        "unicode_escape"
    )
    assert (holder_of(mine), holder_of(of_li), holder_of(busy)) == (None, None, cast.wang)
    operation = AssignmentOperation.objects.get(kind=OperationKind.TAKE_BACK)
    assert reverse("assign_undo", args=[operation.pk]) in answer["HX-Trigger"]
    recent = text_of(zhao.get("/assign/recent/"))
    assert "收回到待分配 2 位" in recent
    undone = zhao.post(reverse("assign_undo", args=[operation.pk]), headers=HTMX)
    assert undone.status_code == 200 and holder_of(of_li) == cast.li


def test_from_one_holder_and_with_business_in_process(cast: Cast, as_: Any) -> None:
    busy = make_lead(cast, holder=cast.wang, stage="applied")
    of_li = make_lead(cast, holder=cast.li)
    zhao = as_(cast.zhao)
    fields = {**panel(zhao, cast), "from": str(cast.wang.pk)}
    none = zhao.post("/assign/take-back/", fields, headers=HTMX)
    assert none.status_code == 422 and "没有可以收回" in text_of(none)
    zhao.post("/assign/take-back/", {**fields, "include": "in_process"}, headers=HTMX)
    assert (holder_of(busy), holder_of(of_li)) == (None, cast.li)


def test_handing_over_leaves_business_in_process_unless_asked_for(cast: Cast, as_: Any) -> None:
    free, busy = make_lead(cast, holder=cast.wang), make_lead(cast, holder=cast.wang, stage="drawn")
    zhao = as_(cast.zhao)
    for include, with_li in (("held", {free.pk}), ("all", {free.pk, busy.pk})):
        fields = {**panel(zhao, cast), "to": cast.li.pk, "include": include}
        assert zhao.post("/assign/give/", fields, headers=HTMX).status_code == 200
        held = Lead.objects.unscoped("test").filter(holder=cast.li)
        assert set(held.values_list("pk", flat=True)) == with_li


def test_without_scripts_it_is_a_page(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang)
    zhao = as_(cast.zhao)
    answer = zhao.post("/assign/take-back/", panel(zhao, cast))
    assert answer.status_code == 302 and answer.url == "/assign/"
    assert "已收回 1 位" in text_of(zhao.get(answer.url)) and holder_of(lead) is None


def test_what_was_shown_is_no_longer_so(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang)
    zhao = as_(cast.zhao)
    fields = panel(zhao, cast)
    make_lead(cast, holder=cast.li)
    answer = zhao.post("/assign/take-back/", fields, headers=HTMX)
    assert answer.status_code == 409 and "data-take-back-form" in answer.content.decode()
    assert holder_of(lead) == cast.wang


@pytest.mark.parametrize(
    "fields", [{}, {"village": "x"}, {"lead": "x"}, {"polygon": "x"}, {"outlet": "H41010101"}]
)
def test_a_selection_that_is_none(cast: Cast, as_: Any, fields: dict[str, str]) -> None:
    answer = as_(cast.zhao).post("/assign/take-back/", fields, headers=HTMX)
    assert answer.status_code in {404, 422}


def test_by_manager_in_the_list_of_places(cast: Cast, as_: Any) -> None:
    for stage in ("to_contact", "applied"):
        make_lead(cast, holder=cast.wang, stage=stage)
    make_lead(cast)
    make_lead(cast, holder=cast.sun)
    zhao = as_(cast.zhao)
    page = zhao.get("/assign/?by=manager")
    (only,) = page.context["places"]
    assert (only["name"], only["total"], only["in_process"]) == ("王经理", 2, 1)
    opened = zhao.get(f"/assign/panel/?{only['query']}")
    assert 'data-total="2"' in opened.content.decode() and "王经理名下的客户" in text_of(opened)
    assert "没有找到" in text_of(zhao.get("/assign/?by=manager&q=nobody"))


def test_the_card_tells_a_supervisor_who_has_held_the_customer(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.li)
    return_lead(lead=lead, by=cast.li, reason=ReturnReason.NOT_MINE)
    operation = AssignmentOperation.objects.create(
        kind=OperationKind.VILLAGE, to=cast.wang, by=cast.zhao, count=1
    )
    Assignment.objects.create(lead=lead, holder=cast.wang, operation=operation, at=operation.at)
    Lead.objects.unscoped("test").filter(pk=lead.pk).update(holder=cast.wang)
    text = text_of(as_(cast.zhao).get(reverse("lead_card", args=[lead.pk])))
    held = text.split("历任持有人")[1]
    assert held.index("王经理") < held.index("李经理")
    assert "按村 赵主管 分配" in held and "因退回结束：不在我的片区" in held
    assert "历任持有人" not in text_of(as_(cast.wang).get(reverse("lead_card", args=[lead.pk])))
