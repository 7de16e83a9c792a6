"""客户轨迹: one customer looked up by 客户号, on screen and on the command line."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from outreach.models import Lead
from tests.cast import Cast, make_lead
from trust import audit
from trust.models import AuditEvent


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang)


def look_up(client: Any, number: Any) -> Any:
    return client.post("/lists/customers/", {"customer_no": number}, follow=True)


@pytest.mark.parametrize("who", ["zhou", "qian", "feng"])
def test_a_number_leads_to_the_chain(cast: Cast, as_: Any, lead: Lead, who: str) -> None:
    audit.record("phone.reveal", by=cast.wang, target=f"lead:{lead.pk}")
    response = look_up(as_(getattr(cast, who)), f" {lead.customer.customer_no} ")
    text = response.content.decode()
    assert response.status_code == 200
    assert response.redirect_chain == [(f"/lists/customers/{lead.customer_id}/", 302)]
    for told in ("吕**", "查看电话号码", "分配给 王经理 wang"):
        assert told in text
    assert "吕建国" not in text
    assert lead.customer.phone not in text
    assert "no-store" in response["Cache-Control"]


def test_the_reading_is_an_event_and_shows_in_the_chain(cast: Cast, as_: Any, lead: Lead) -> None:
    look_up(as_(cast.zhou), lead.customer.customer_no)
    event = AuditEvent.objects.get(action="customer.trace")
    assert (event.actor_id, event.target) == (cast.zhou.pk, f"customer:{lead.customer_id}")
    text = look_up(as_(cast.feng), lead.customer.customer_no).content.decode()
    assert "查询客户轨迹" in text
    assert "周审计 zhou" in text


@pytest.mark.parametrize("number", ["nobody", "x\0y", "9" * 500, "  "])
def test_an_unknown_number_is_said_and_recorded_without_it(
    cast: Cast, as_: Any, number: str
) -> None:
    response = look_up(as_(cast.zhou), number)
    assert response.status_code == (422 if not number.strip() else 404)
    assert "客户号" in response.content.decode()
    for event in AuditEvent.objects.filter(action="customer.trace"):
        assert (event.target, event.result, event.detail) == ("", "not_found", {})


def test_a_foreign_customer_is_as_unknown_as_none(cast: Cast, as_: Any, lead: Lead) -> None:
    cast.zhou.branch = cast.other_province
    cast.zhou.save()
    client = as_(cast.zhou)
    foreign, unknown = look_up(client, lead.customer.customer_no), look_up(client, "nobody")
    assert foreign.status_code == unknown.status_code == 404
    said = "没有找到这个客户号"
    assert said in foreign.content.decode()
    assert said in unknown.content.decode()
    assert client.get(f"/lists/customers/{lead.customer_id}/").status_code == 404
    assert client.get("/lists/customers/999999/").status_code == 404


@pytest.mark.parametrize("who", ["wang", "zhao"])
def test_the_field_has_no_such_page(cast: Cast, as_: Any, lead: Lead, who: str) -> None:
    client = as_(getattr(cast, who))
    assert client.get("/lists/customers/").status_code == 403
    assert look_up(client, lead.customer.customer_no).status_code == 403
    assert client.get(f"/lists/customers/{lead.customer_id}/").status_code == 403


def test_the_audit_log_leads_to_the_chain(cast: Cast, as_: Any, lead: Lead) -> None:
    audit.record("lead.call", by=cast.wang, target=f"lead:{lead.pk}")
    audit.record("lead.expire", by=None, target="leads:3")
    client, link = as_(cast.zhou), f"/lists/customers/of-lead/{lead.pk}/"
    page = client.get("/audit/").content.decode()
    assert page.count('href="/lists/customers/of-lead/') == 1
    assert f'href="{link}"' in page
    assert client.get(link)["Location"] == f"/lists/customers/{lead.customer_id}/"
    assert client.get("/lists/customers/of-lead/999999/").status_code == 404
    assert as_(cast.wang).get(link).status_code == 403


def test_the_chain_is_only_read(cast: Cast, as_: Any, lead: Lead) -> None:
    assert as_(cast.zhou).post(f"/lists/customers/{lead.customer_id}/").status_code == 405


def test_filters_by_kind_and_day(cast: Cast, as_: Any, lead: Lead) -> None:
    audit.record("phone.reveal", by=cast.wang, target=f"lead:{lead.pk}")
    get, url = as_(cast.zhou).get, f"/lists/customers/{lead.customer_id}/"
    shown = get(url, {"kind": "reveal"}).context["shown"]
    assert [event.what for event in shown] == ["查看电话号码"]
    assert get(url, {"since": "2999-01-01"}).context["shown"] == []
    response = get(url, {"since": "no day", "kind": "nonsense"})
    assert response.status_code == 200
    assert response.context["shown"] == []
    assert response.context["form"].errors


def test_the_file_holds_the_events_shown_with_formulas_escaped(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    cast.wang.name = "=1+1"
    cast.wang.save()
    url = f"/lists/customers/{lead.customer_id}/"
    response = as_(cast.zhou).get(url, {"kind": "assignment", "download": "csv"})
    lines = response.content.decode("utf-8-sig").splitlines()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    assert str(lead.customer.customer_no) not in response["Content-Disposition"]
    assert lines[0] == "客户号,时间,内容,事项,人员,说明"
    assert len(lines) == 2
    assert "吕" not in lines[1]
    audit.record("phone.reveal", by=cast.wang, target=f"lead:{lead.pk}")
    assert "'=1+1 wang" in as_(cast.zhou).get(url, {"download": "csv"}).content.decode("utf-8-sig")
    assert AuditEvent.objects.filter(detail__download="csv").count() == 2


def test_the_command_tells_the_same(cast: Cast, as_: Any, lead: Lead, capsys: Any) -> None:
    audit.record("phone.reveal", by=cast.wang, target=f"lead:{lead.pk}")
    number = str(lead.customer.customer_no)
    page = as_(cast.zhou).get(f"/lists/customers/{lead.customer_id}/").context["trace"]
    call_command("who_saw", number, "--json")
    told = json.loads(capsys.readouterr().out)
    events = [event for event in told["events"] if event["what"] != "查询客户轨迹"]
    assert [event["what"] for event in events] == [event.what for event in page.events]
    assert told["name"] == "吕**"
    call_command("who_saw", number)
    text = capsys.readouterr().out
    assert "查看电话号码" in text
    assert "吕建国" not in text
    assert AuditEvent.objects.filter(action="customer.trace", actor_id=None).count() == 2


def test_the_command_says_when_there_is_nobody(cast: Cast) -> None:
    with pytest.raises(CommandError, match="没有找到"):
        call_command("who_saw", "nobody")


def test_a_number_no_database_can_hold_is_not_found(cast: Cast, as_: Any) -> None:
    client = as_(cast.zhou)
    assert client.get("/lists/customers/of-lead/99999999999999999999/").status_code == 404
