"""The admin: what the organisation's administrator can do there, and cannot."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client

from branches.models import Branch, Role, Staff, SystemToken
from outreach.models import Lead, Script
from tests.cast import Cast, make_lead
from tests.factors import confirm
from trust.models import AuditEvent

KEPT_OUT = {"customer", "lead", "location", "offer", "contactlog", "assignment", "auditevent"}


@pytest.fixture
def clerk(cast: Cast) -> Client:
    """钱经办, with the administrator's permissions (not those of a reviewer)."""
    return with_rights(cast.qian, Permission.objects.exclude(codename="review_script"))


@pytest.fixture
def reviewer(cast: Cast) -> Client:
    codes = ("view_script", "review_script")
    return with_rights(cast.feng, Permission.objects.filter(codename__in=codes))


def with_rights(staff: Staff, rights: Any) -> Client:
    staff.is_staff = True
    staff.save()
    staff.user_permissions.set(rights)
    client = Client()
    client.force_login(staff)
    confirm(client)
    return client


def test_customers_are_not_in_the_admin() -> None:
    assert not KEPT_OUT & {model._meta.model_name for model in admin.site._registry}


def test_every_list_and_form_opens(cast: Cast, clerk: Client) -> None:
    for model in admin.site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert clerk.get(base).status_code == 200, base
        assert clerk.get(f"{base}add/").status_code == 200, base
        first = model._default_manager.first()
        if first is not None:
            assert clerk.get(f"{base}{first.pk}/change/").status_code == 200, base


@pytest.mark.parametrize("sent", ["1¿'\"(", "-1", "9" * 30, "²", " "])
def test_a_reference_that_is_none_shows_the_form_again(clerk: Client, sent: str) -> None:
    looked_up = 0
    for model, page in admin.site._registry.items():
        for field in page.autocomplete_fields:
            base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/add/"
            answer = clerk.post(base, {field: sent, "level": "outlet"})
            assert answer.status_code == 200, base
            assert answer.context["adminform"].form.errors, base
            looked_up += 1
    assert looked_up >= 5


def test_people_without_the_right_stay_out(cast: Cast, as_: Any) -> None:
    for person in (cast.wang, cast.zhao, cast.zhou):
        assert as_(person).get("/admin/branches/branch/").status_code == 302


def test_a_branch_moved_takes_its_leads_along(cast: Cast, clerk: Client) -> None:
    lead = make_lead(cast, branch=cast.sister_outlet)
    form = {"name": "纪台网点", "level": "outlet", "parent": cast.other_province.pk}
    answer = clerk.post(f"/admin/branches/branch/{cast.sister_outlet.pk}/change/", form)
    assert answer.status_code == 302
    moved = Branch.objects.get(pk=cast.sister_outlet.pk)
    assert Branch.objects.get(pk=cast.other_province.pk).contains(moved)
    assert Lead.objects.unscoped("test").get(pk=lead.pk).branch_number == moved.number
    assert AuditEvent.objects.filter(action="admin.edit", target=f"branch:{moved.pk}").exists()


def test_an_administrator_gives_nobody_rights_and_keeps_their_own_role(
    cast: Cast, clerk: Client
) -> None:
    form = {"username": "wang", "name": "王经理", "role": "manager", "branch": cast.outlet.pk}
    rights = {"is_active": "on", "is_staff": "on", "is_superuser": "on"}
    clerk.post(f"/admin/branches/staff/{cast.wang.pk}/change/", form | rights)
    cast.wang.refresh_from_db()
    assert not cast.wang.is_staff
    assert not cast.wang.is_superuser
    own = {"username": "qian", "name": "钱经办", "role": "reviewer", "branch": cast.hq.pk}
    clerk.post(f"/admin/branches/staff/{cast.qian.pk}/change/", own)
    cast.qian.refresh_from_db()
    assert cast.qian.role == Role.CLERK


def test_an_administrator_of_a_province_sees_that_province(cast: Cast, as_: Any) -> None:
    cast.qian.branch = cast.other_province
    client = with_rights(cast.qian, Permission.objects.all())
    assert client.get(f"/admin/branches/staff/{cast.sun.pk}/change/").status_code == 200
    assert client.get(f"/admin/branches/staff/{cast.wang.pk}/change/").status_code == 302
    assert client.get(f"/admin/branches/branch/{cast.outlet.pk}/change/").status_code == 302


def test_a_token_is_shown_once_and_works(cast: Cast, clerk: Client) -> None:
    form = {"system": cast.system.pk, "label": "信贷系统"}
    answer = clerk.post("/admin/branches/systemtoken/add/", form)
    text = answer.context["text"]
    assert text in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert text not in str(answer.cookies)
    token = SystemToken.objects.get()
    assert token.digest == SystemToken.digest_of(text)
    bearer = Client(headers={"authorization": f"Bearer {text}"})
    assert bearer.get("/api/v1/branches/").status_code == 200
    clerk.post("/admin/branches/systemtoken/", {"action": "revoke", "_selected_action": token.pk})
    assert bearer.get("/api/v1/branches/").status_code == 401


def write_script(client: Client) -> Script:
    form = {
        "kind": "call",
        "title": "开场",
        "segment": "",
        "product": "",
        "version": 1,
        "body": "您好",
    }
    client.post("/admin/outreach/script/add/", form)
    return Script.objects.get()


def review(client: Client, script: Script) -> Script:
    client.post("/admin/outreach/script/", {"action": "review", "_selected_action": script.pk})
    script.refresh_from_db()
    return script


def test_a_script_is_reviewed_by_another_person(
    cast: Cast, clerk: Client, reviewer: Client
) -> None:
    script = write_script(clerk)
    assert script.written_by == cast.qian
    assert Script.objects.for_lead("", None) is None
    assert review(clerk, script).reviewed_at is None  # no right
    cast.qian.user_permissions.add(Permission.objects.get(codename="review_script"))
    assert review(clerk, script).reviewed_at is None  # wrote it
    assert review(reviewer, script).reviewed_by == cast.feng
    assert Script.objects.for_lead("", None) == script


def test_a_reviewed_text_is_not_changed_any_more(
    cast: Cast, clerk: Client, reviewer: Client
) -> None:
    script = review(reviewer, write_script(clerk))
    clerk.post(f"/admin/outreach/script/{script.pk}/change/", {"body": "别的"})
    script.refresh_from_db()
    assert script.body == "您好"


def test_a_clerk_who_administers_makes_no_second_person(cast: Cast, clerk: Client) -> None:
    """Else they would upload a list as one and put it in force as the other."""
    form = {"username": "feng2", "name": "冯二", "role": "reviewer", "branch": cast.hq.pk}
    form |= {"usable_password": "true", "password1": "long-enough-1", "password2": "long-enough-1"}
    clerk.post("/admin/branches/staff/add/", form)
    assert not Staff.objects.filter(username="feng2").exists()
    clerk.post("/admin/branches/staff/add/", form | {"role": "manager"})
    assert Staff.objects.filter(username="feng2").exists()

    new = {"usable_password": "true", "password1": "taken-over-1", "password2": "taken-over-1"}
    clerk.post(f"/admin/branches/staff/{cast.feng.pk}/password/", new)
    cast.feng.refresh_from_db()
    assert cast.feng.check_password("pw")


@pytest.mark.parametrize(
    ("who", "whom"), [("zhao", Role.REVIEWER), ("feng", Role.SUPERVISOR), ("feng", Role.CLERK)]
)
def test_who_asks_for_exports_makes_nobody_who_agrees(cast: Cast, who: str, whom: Role) -> None:
    """Else one person would ask for a file of customers, agree to it, and take it along."""
    client = with_rights(getattr(cast, who), Permission.objects.all())
    form = {"username": "two", "name": "二号", "role": whom, "branch": cast.county.pk}
    form |= {"usable_password": "true", "password1": "long-enough-1", "password2": "long-enough-1"}
    client.post("/admin/branches/staff/add/", form)
    assert not Staff.objects.filter(username="two").exists()
    as_manager = form | {"role": "manager", "is_active": "on"}
    client.post("/admin/branches/staff/add/", as_manager)
    second = Staff.objects.get(username="two")
    address = f"/admin/branches/staff/{second.pk}/change/"
    client.post(address, as_manager | {"role": whom})
    second.refresh_from_db()
    assert second.role == Role.MANAGER
    Staff.objects.filter(pk=second.pk).update(role=whom)
    assert client.post(address, as_manager | {"name": "三号"}).status_code == 403


def test_a_password_that_is_set_is_in_the_audit_log(cast: Cast, clerk: Client) -> None:
    new = {
        "usable_password": "true",
        "password1": "quite-new-rain-1",
        "password2": "quite-new-rain-1",
    }
    clerk.post(f"/admin/branches/staff/{cast.wang.pk}/password/", new)
    cast.wang.refresh_from_db()
    assert cast.wang.check_password("quite-new-rain-1")
    event = AuditEvent.objects.get(action="admin.edit", target=f"staff:{cast.wang.pk}")
    assert event.detail["what"] == "password"
    assert "quite-new-rain-1" not in str(event.detail)


def test_a_branch_never_hangs_below_itself(cast: Cast, clerk: Client) -> None:
    """A loop is outside the tree: its numbers would stay, and overlap with others'."""
    for parent in (cast.county.pk, cast.outlet.pk):
        form = {"name": "寿光支行", "level": "county", "parent": parent}
        clerk.post(f"/admin/branches/branch/{cast.county.pk}/change/", form)
        assert Branch.objects.get(pk=cast.county.pk).parent_id == cast.county.parent_id


def test_an_administrator_does_not_take_a_branch_out_of_the_tree(cast: Cast) -> None:
    cast.qian.branch = cast.province
    client = with_rights(cast.qian, Permission.objects.all())
    for branch in (cast.province, cast.county):
        form = {"name": branch.name, "level": "hq", "parent": ""}
        client.post(f"/admin/branches/branch/{branch.pk}/change/", form)
        assert Branch.objects.get(pk=branch.pk).parent_id == branch.parent_id
    client.post(
        "/admin/branches/branch/add/", {"code": "X", "name": "新总行", "level": "hq", "parent": ""}
    )
    assert not Branch.objects.filter(code="X").exists()


def test_a_text_with_a_gap_nobody_fills_is_not_saved(cast: Cast, clerk: Client) -> None:
    form = {"kind": "page", "title": "推送页", "segment": "", "product": "", "version": 1}
    for body in ("{客户姓名}您好", "介绍在这里：{链接}"):
        answer = clerk.post("/admin/outreach/script/add/", form | {"body": body})
        assert answer.status_code == 200 and answer.context["adminform"].errors["body"]
    assert not Script.objects.exists()
    message = form | {"kind": "message", "body": "{机构}的{姓名}：{链接}"}
    clerk.post("/admin/outreach/script/add/", message)
    assert Script.objects.get().wants_link


def test_a_text_is_shown_as_it_will_be_sent(cast: Cast, clerk: Client) -> None:
    script = Script.objects.create(kind="message", title="文案", body="<b>{姓名}</b>：{链接}")
    page = clerk.get(f"/admin/outreach/script/{script.pk}/change/").content.decode()
    assert "&lt;b&gt;示例经理&lt;/b&gt;：https://…/s/……/" in page


@pytest.mark.parametrize(
    "address",
    [
        "http://bank.example/apply",
        "javascript:alert(1)",
        "//bank.example",
        "/apply",
        "https://",
        "https://{code}.example/",
        "https://bank.example/?a={code}&b={other}",
        "https://bank.example/ apply",
        "https://bank.example\\@evil.example",
        "https://[bank",
        "otherapp://apply",
    ],
)
def test_customers_are_sent_to_no_odd_address(cast: Cast, clerk: Client, address: str) -> None:
    form = {"code": "JSD", "name": "极速贷", "terms": "", "card": ""}
    url = f"/admin/whitelist/product/{cast.product.pk}/change/"
    answer = clerk.post(url, form | {"apply_url": address})
    assert answer.status_code == 200 and answer.context["adminform"].errors["apply_url"]
    cast.product.refresh_from_db()
    assert cast.product.apply_url == ""


def test_customers_are_sent_where_the_bank_says(cast: Cast, clerk: Client, settings: Any) -> None:
    settings.APPLY_APP_SCHEMES = ["bankapp"]
    form = {"code": "JSD", "name": "极速贷", "terms": "", "card": ""}
    url = f"/admin/whitelist/product/{cast.product.pk}/change/"
    for address in ("https://bank.example/apply?from={code}", "bankapp://apply?from={code}", ""):
        assert clerk.post(url, form | {"apply_url": address}).status_code == 302
        cast.product.refresh_from_db()
        assert cast.product.apply_url == address
        assert cast.product.apply_link("Ab-_9") == address.replace("{code}", "Ab-_9")
