"""The act of assigning, its undo and the claim, as requests."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from outreach.actions.assign import assign_leads
from outreach.models import Assignment, AssignmentOperation, Eligibility, Lead, OperationKind
from tests.cast import Cast, make_lead

HTMX = {"HX-Request": "true"}


def fresh(lead: Lead) -> Lead:
    return Lead.objects.unscoped("test").get(pk=lead.pk)


def shown(client: Any, **selection: Any) -> dict[str, Any]:
    """The hidden fields of the panel, as the browser would send them back."""
    page = client.post("/assign/panel/", selection, headers=HTMX).content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(seen|seen_at)" value="([^"]*)"', page))
    return {**selection, **fields}


def events(response: Any) -> dict[str, Any]:
    return json.loads(response.headers.get("HX-Trigger", "{}"))


def give(client: Any, form: dict[str, Any], to: Any, **more: Any) -> Any:
    return client.post("/assign/give/", {**form, "to": to.pk, **more}, headers=HTMX)


def test_only_the_unassigned_unless_told_otherwise(cast: Cast, as_: Any) -> None:
    pool, held = make_lead(cast), make_lead(cast, holder=cast.li)
    zhao = as_(cast.zhao)
    response = give(zhao, shown(zhao, village=cast.village.code), cast.wang)
    assert response.status_code == 200 and response.content == b""
    assert events(response)["assigned"]["text"] == "已分配 1 位给 王经理"
    assert "leads:changed" in events(response)
    assert (fresh(pool).holder, fresh(held).holder) == (cast.wang, cast.li)
    assert AssignmentOperation.objects.get(by=cast.zhao).kind == "village"


def test_held_ones_too_when_asked(cast: Cast, as_: Any) -> None:
    leads = [make_lead(cast), make_lead(cast, holder=cast.li), make_lead(cast, holder=cast.wang)]
    zhao = as_(cast.zhao)
    response = give(zhao, shown(zhao, village=cast.village.code), cast.wang, include="held")
    assert events(response)["assigned"]["text"] == "已分配 2 位给 王经理"  # one was his already
    assert {fresh(lead).holder for lead in leads} == {cast.wang}


def test_a_changed_count_is_said_and_nothing_is_done(cast: Cast, as_: Any) -> None:
    first, second = make_lead(cast), make_lead(cast)
    zhao, other = as_(cast.zhao), as_(cast.zhao)
    form = shown(zhao, village=cast.village.code)
    give(other, shown(other, lead=[first.pk]), cast.li)
    response = give(zhao, form, cast.wang)
    page = response.content.decode()
    assert response.status_code == 409
    assert "还没有分配" in page and "1 位已被 赵主管 抢先分配给 李经理" in page
    assert 'data-count="1"' in page and fresh(second).holder is None
    again = dict(re.findall(r'name="(seen|seen_at)" value="([^"]*)"', page))
    assert give(zhao, {**form, **again}, cast.wang).status_code == 200
    assert fresh(second).holder == cast.wang


def test_same_count_but_other_hands_is_a_change_too(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.li)
    zhao = as_(cast.zhao)
    form = shown(zhao, village=cast.village.code)
    other = make_lead(cast, holder=cast.wang)
    Lead.objects.unscoped("test").filter(pk=other.pk).update(eligibility="withdrawn")
    Lead.objects.unscoped("test").filter(pk=lead.pk).update(holder=cast.wang)
    assert give(zhao, form, cast.wang, include="held").status_code == 409


def test_without_what_was_shown_nothing_is_done(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast)
    for seen in ({}, {"seen": "x", "seen_at": "NaN"}, {"seen": "x", "seen_at": "1e300"}):
        form = {"village": cast.village.code, **seen}
        assert give(as_(cast.zhao), form, cast.wang).status_code == 409
    assert fresh(lead).holder is None


def test_nothing_to_assign_is_refused(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.li)
    zhao = as_(cast.zhao)
    assert give(zhao, shown(zhao, village=cast.village.code), cast.wang).status_code == 422


def test_bad_input(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    zhao = as_(cast.zhao)
    assert give(zhao, {"polygon": "{"}, cast.wang).status_code == 422
    for to in ("", "abc", "-1", "9" * 30):
        response = zhao.post("/assign/give/", {"village": cast.village.code, "to": to})
        assert response.status_code == 404


def test_a_manager_of_another_subtree_is_not_found(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    zhao = as_(cast.zhao)
    form = shown(zhao, village=cast.village.code)
    for foreign in (cast.sun, cast.zhao, cast.qian):
        assert give(zhao, form, foreign).status_code == 404


@pytest.mark.parametrize("who", ["wang", "qian", "feng", "zhou"])
@pytest.mark.parametrize("url", ["/assign/give/", "/assign/1/undo/"])
def test_only_supervisors(cast: Cast, as_: Any, who: str, url: str) -> None:
    assert as_(getattr(cast, who)).post(url).status_code == 403


@pytest.mark.parametrize("url", ["/assign/give/", "/assign/1/undo/"])
def test_only_by_post(cast: Cast, as_: Any, url: str) -> None:
    assert as_(cast.zhao).get(url).status_code == 405


def test_undo(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast)
    zhao = as_(cast.zhao)
    done = events(give(zhao, shown(zhao, village=cast.village.code), cast.wang))["assigned"]
    assert done["undo"] in zhao.get("/assign/recent/", headers=HTMX).content.decode()
    response = zhao.post(done["undo"], headers=HTMX)
    assert response.status_code == 200 and "已撤销 1 位" in response.content.decode()
    assert "leads:changed" in events(response) and fresh(lead).holder is None
    assert zhao.post(done["undo"], headers=HTMX).status_code == 409
    assert done["undo"] not in zhao.get("/assign/recent/", headers=HTMX).content.decode()


def test_another_supervisors_assignment_is_not_found(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)  # by a list, by nobody
    operation = AssignmentOperation.objects.get()
    assert as_(cast.zhao).post(f"/assign/{operation.pk}/undo/").status_code == 404


def test_recent_lists_only_mine(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    assert "今天还没有分配" in as_(cast.zhao).get("/assign/recent/").content.decode()
    assert as_(cast.wang).get("/assign/recent/").status_code == 403
    assert as_(cast.zhao).post("/assign/recent/").status_code == 405


def test_claim(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast)
    response = as_(cast.wang).post(f"/leads/{lead.pk}/claim/", headers=HTMX)
    assert response.status_code == 204 and fresh(lead).holder == cast.wang
    assert {"leads:changed", "lead:claimed", "toast"} <= set(events(response))


def test_what_a_colleague_holds_is_not_found(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.li)
    assert as_(cast.wang).post(f"/leads/{lead.pk}/claim/").status_code == 404
    assert as_(cast.sun).post(f"/leads/{make_lead(cast).pk}/claim/").status_code == 404


def test_who_comes_too_late_to_the_pool_is_told_who_was_first(cast: Cast, as_: Any) -> None:
    claimed, given = make_lead(cast), make_lead(cast)
    as_(cast.li).post(f"/leads/{claimed.pk}/claim/", headers=HTMX)
    assign_leads(leads={given.pk: None}, to=cast.li, kind=OperationKind.LASSO, by=cast.zhao)
    for lead, who in ((claimed, "已被 李经理 抢先认领"), (given, "已被 赵主管 抢先分配给 李经理")):
        for headers in (HTMX, {}):
            response = as_(cast.wang).post(f"/leads/{lead.pk}/claim/", headers=headers)
            assert response.status_code == 409 and who in response.content.decode()
        assert as_(cast.sun).post(f"/leads/{lead.pk}/claim/").status_code == 404
    Assignment.objects.update(at=timezone.now() - timedelta(days=1))  # a colleague's for long
    assert as_(cast.wang).post(f"/leads/{claimed.pk}/claim/").status_code == 404


def test_a_claim_beyond_the_cap_is_refused_in_words(cast: Cast, as_: Any, settings: Any) -> None:
    settings.CLAIMS_PER_DAY = 0
    lead = make_lead(cast)
    response = as_(cast.wang).post(f"/leads/{lead.pk}/claim/", headers=HTMX)
    assert response.status_code == 409 and "达到上限" in response.content.decode()
    assert fresh(lead).holder is None and not Assignment.objects.exists()


def test_claiming_is_for_managers_and_by_post(cast: Cast, as_: Any) -> None:
    url = f"/leads/{make_lead(cast).pk}/claim/"
    for who in (cast.zhao, cast.qian, cast.zhou):
        assert as_(who).post(url).status_code == 403
    assert as_(cast.wang).get(url).status_code == 405


def test_a_claim_says_nothing_of_the_control_group(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, eligibility=Eligibility.CONTROL)
    assert as_(cast.wang).post(f"/leads/{lead.pk}/claim/").status_code == 404
