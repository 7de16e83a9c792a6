"""The API for the bank's other systems: who gets in, what they see, what they may send."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from branches.models import Role, SystemToken
from outreach.actions.erase_customer import erase_customer
from outreach.models import ContactLog, Lead, Stage, StageBasis
from tests.cast import Cast, make_lead, make_staff
from whitelist.models import ProblemLevel, UploadProblem, UploadState, WhitelistUpload

LISTS = ["leads", "contact-logs", "uploads", "branches", "staff"]


@pytest.fixture
def api(cast: Cast) -> Client:
    """A client of the system that belongs to the province 山东."""
    _, text = SystemToken.issue(cast.system, "测试")
    return Client(headers={"authorization": f"Bearer {text}"})


def post(client: Client, **changes: Any) -> Any:
    body = {
        "uuid": str(uuid4()),
        "channel": "hq_ai_call",
        "started_at": timezone.now().isoformat(),
        "call_state": "connected",
        "person": "self",
        "outcome": "interested",
    } | changes
    return client.post("/api/v1/contact-logs/", json.dumps(body), content_type="application/json")


@pytest.mark.parametrize("name", LISTS)
def test_without_a_token_401(cast: Cast, name: str) -> None:
    assert Client().get(f"/api/v1/{name}/").status_code == 401
    wrong = Client(headers={"authorization": "Bearer nonsense"})
    assert wrong.get(f"/api/v1/{name}/").status_code == 401


@pytest.mark.parametrize("name", LISTS)
def test_people_use_the_pages_not_the_api(cast: Cast, as_: Any, name: str) -> None:
    assert as_(cast.zhao).get(f"/api/v1/{name}/").status_code == 401


def test_a_revoked_token_or_a_disabled_system_is_out(cast: Cast, api: Client) -> None:
    assert api.get("/api/v1/branches/").status_code == 200
    cast.system.is_active = False
    cast.system.save()
    assert api.get("/api/v1/branches/").status_code == 401
    cast.system.is_active = True
    cast.system.save()
    SystemToken.objects.update(revoked_at=timezone.now())
    assert api.get("/api/v1/branches/").status_code == 401


def test_leads_are_masked_and_only_of_the_subtree(cast: Cast, api: Client) -> None:
    mine = make_lead(cast, holder=cast.wang, name="吕建国", phone="16912345678")
    foreign = make_lead(cast, holder=cast.sun)
    answer = api.get("/api/v1/leads/")
    (lead,) = answer.json()["results"]
    assert lead["id"] == mine.pk
    assert (lead["name"], lead["phone"]) == ("吕**", "169****5678")
    assert (lead["holder"], lead["branch"], lead["stage"]) == ("wang", "H37078301", "to_contact")
    assert "建国" not in answer.content.decode()
    assert api.get(f"/api/v1/leads/{mine.pk}/").status_code == 200
    assert api.get(f"/api/v1/leads/{foreign.pk}/").status_code == 404


def test_leads_are_filtered_as_on_the_map(cast: Cast, api: Client) -> None:
    make_lead(cast, stage=Stage.INTERESTED)
    make_lead(cast)
    assert len(api.get("/api/v1/leads/?stage=interested").json()["results"]) == 1
    assert api.get("/api/v1/leads/?stage=nonsense").status_code == 400


def test_lists_come_in_cursor_pages(cast: Cast, api: Client) -> None:
    wanted = {make_lead(cast).pk for _ in range(5)}
    url, seen, pages = "/api/v1/leads/?page_size=2", [], 0
    while url:
        page = api.get(url).json()
        seen += [lead["id"] for lead in page["results"]]
        url, pages = page["next"], pages + 1
    assert (pages, sorted(seen)) == (3, sorted(wanted))


def test_a_contact_moves_the_stage_as_the_sheet_does(cast: Cast, api: Client) -> None:
    lead = make_lead(cast, holder=cast.wang)
    answer = post(api, customer_no=lead.customer.customer_no, steps=["explained"], note="秘密")
    assert answer.status_code == 201, answer.content
    assert answer.json()["is_contact"] is True
    assert "秘密" not in answer.content.decode()
    lead = Lead.objects.unscoped("test").get(pk=lead.pk)
    assert (lead.stage, lead.stage_basis) == (Stage.INTERESTED, StageBasis.REPORTED)


def test_the_same_again_is_answered_and_stored_once(cast: Cast, api: Client) -> None:
    lead = make_lead(cast, holder=cast.wang)
    body = {"uuid": str(uuid4()), "lead": lead.pk, "started_at": timezone.now().isoformat()}
    first, again = post(api, **body), post(api, **body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert ContactLog.objects.unscoped("test").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "not_interested"},
        {"channel": "hq_call"},
        {"started_at": (timezone.now() - timedelta(hours=1)).isoformat()},
    ],
)
def test_the_same_uuid_with_other_content_is_refused(
    cast: Cast, api: Client, change: dict[str, Any]
) -> None:
    lead = make_lead(cast, holder=cast.wang)
    body = {"uuid": str(uuid4()), "lead": lead.pk, "started_at": timezone.now().isoformat()}
    assert post(api, **body).status_code == 201
    assert post(api, **body | change).status_code == 409
    other = make_lead(cast, holder=cast.wang)
    assert post(api, **body | {"lead": other.pk}).status_code == 409
    log = ContactLog.objects.unscoped("test").get()
    assert (log.lead_id, log.outcome, log.channel) == (lead.pk, "interested", "hq_ai_call")


def test_a_system_cannot_finish_a_managers_own_call(cast: Cast, api: Client) -> None:
    lead = make_lead(cast, holder=cast.wang)
    open_call = ContactLog.objects.create(
        uuid=uuid4(), lead=lead, staff=cast.wang, channel="call", started_at=timezone.now()
    )
    answer = post(
        api,
        uuid=str(open_call.uuid),
        lead=lead.pk,
        channel="call",
        staff="wang",
        started_at=open_call.started_at.isoformat(),
    )
    assert answer.status_code == 409
    assert ContactLog.objects.unscoped("test").waiting().count() == 1


def test_foreign_customers_and_staff_are_not_found(cast: Cast, api: Client) -> None:
    foreign = make_lead(cast, holder=cast.sun)
    mine = make_lead(cast, holder=cast.wang)
    assert post(api, lead=foreign.pk).status_code == 404
    assert post(api, lead=mine.pk, channel="visit", call_state="", staff="sun").status_code == 404
    assert not ContactLog.objects.unscoped("test").exists()


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("uuid", {"uuid": "no"}),
        ("channel", {"channel": "pigeon"}),
        ("started_at", {"started_at": "2999-01-01T00:00:00Z"}),
        ("lead", {"customer_no": "C1"}),
        ("staff", {"staff": "wang"}),
        ("staff", {"channel": "visit", "call_state": ""}),
        ("call_state", {"channel": "hq_sms"}),
        ("call_state", {"call_state": "no_answer"}),
        ("outcome", {"person": "family"}),
        ("outcome", {"person": ""}),
        ("steps", {"steps": ["danced"]}),
        ("need_amount", {"need_amount": -1}),
    ],
)
def test_a_senseless_body_is_refused_by_field(
    cast: Cast, api: Client, field: str, change: dict[str, Any]
) -> None:
    lead = make_lead(cast, holder=cast.wang)
    answer = post(api, lead=lead.pk, **change)
    assert answer.status_code == 400
    assert field in answer.json()
    assert not ContactLog.objects.unscoped("test").exists()


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff"])
def test_what_is_not_json_is_refused(api: Client, body: bytes) -> None:
    answer = api.post("/api/v1/contact-logs/", body, content_type="application/json")
    assert answer.status_code == 400


def test_logs_are_read_in_scope_without_free_text(cast: Cast, api: Client) -> None:
    lead = make_lead(cast, holder=cast.wang)
    uuid = post(api, lead=lead.pk, business="种彩椒").json()["uuid"]
    answer = api.get(f"/api/v1/contact-logs/{uuid}/")
    assert answer.status_code == 200
    assert "彩椒" not in answer.content.decode()
    assert len(api.get(f"/api/v1/contact-logs/?lead={lead.pk}").json()["results"]) == 1
    make_staff("hn", "河南系统", Role.SYSTEM, cast.other_province)
    _, text = SystemToken.issue(make_staff("hn2", "系统", Role.SYSTEM, cast.other_province), "x")
    elsewhere = Client(headers={"authorization": f"Bearer {text}"})
    assert elsewhere.get(f"/api/v1/contact-logs/{uuid}/").status_code == 404
    assert elsewhere.get("/api/v1/contact-logs/").json()["results"] == []


def test_uploads_and_their_report(cast: Cast, api: Client) -> None:
    def upload(scope: Any) -> WhitelistUpload:
        return WhitelistUpload.objects.create(
            programme=cast.programme,
            scope=scope,
            file_name="名单.csv",
            size=1,
            sha256="0" * 64,
            state=UploadState.CHECKED,
            totals={"rows": 3},
            uploaded_by=cast.qian,
        )

    mine, foreign = upload(cast.county), upload(cast.other_province)
    UploadProblem.objects.create(
        upload=mine,
        row_no=7,
        column="证件号码",
        code="id_check_digit",
        level=ProblemLevel.ERROR,
        customer_no="370712345678",
        shown="3799**********123X",
    )
    (found,) = api.get("/api/v1/uploads/").json()["results"]
    assert (found["id"], found["scope"], found["totals"]) == (mine.pk, "H370783", {"rows": 3})
    (problem,) = api.get(f"/api/v1/uploads/{mine.pk}/problems/").json()["results"]
    assert (problem["row"], problem["code"]) == (7, "id_check_digit")
    assert problem["message"]
    assert "12345678" not in problem["customer_no"]
    assert api.get(f"/api/v1/uploads/{foreign.pk}/").status_code == 404
    assert api.get(f"/api/v1/uploads/{foreign.pk}/problems/").status_code == 404


def test_branches_and_staff_of_the_subtree(cast: Cast, api: Client) -> None:
    codes = {each["code"] for each in api.get("/api/v1/branches/").json()["results"]}
    assert codes == {"H37", "H3707", "H370783", "H37078301", "H37078302"}
    names = {each["username"] for each in api.get("/api/v1/staff/").json()["results"]}
    assert names == {"wang", "li", "zhao", "crm"}
    assert api.get("/api/v1/branches/H41/").status_code == 404
    assert api.get("/api/v1/staff/sun/").status_code == 404


@pytest.mark.parametrize("name", ["leads", "branches", "staff", "uploads"])
def test_nothing_else_can_be_written(api: Client, name: str) -> None:
    for method in (api.post, api.put, api.patch, api.delete):
        assert method(f"/api/v1/{name}/").status_code in {404, 405}


def test_the_schema_describes_every_list_and_warns_of_nothing(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Client().get("/api/schema/?format=json")
    assert answer.status_code == 200
    paths = json.loads(answer.content)["paths"]
    assert {f"/api/v1/{name}/" for name in LISTS} <= set(paths)
    assert "post" in paths["/api/v1/contact-logs/"]
    assert capsys.readouterr().err == ""


def test_the_page_about_the_api_fetches_nothing_from_outside(db: None) -> None:
    answer = Client().get("/api/docs/")
    assert answer.status_code == 200
    assert "https://" not in answer.content.decode()
    assert "swagger-ui-bundle" in answer.content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"follow_up_at": "9999-12-31T00:00:00Z"},
        {"follow_up_at": "1900-01-01T00:00:00Z"},
        {"started_at": "0001-01-01T00:00:00Z"},
    ],
)
def test_a_time_out_of_all_bounds_is_refused(
    cast: Cast, api: Client, changes: dict[str, Any]
) -> None:
    answer = post(api, lead=make_lead(cast).pk, **changes)
    assert answer.status_code == 400
    assert list(answer.json()) == list(changes)


@pytest.mark.parametrize(
    "query",
    [
        "leads/?holder=1" + "0" * 30,
        "contact-logs/?lead=1" + "0" * 30,
        "contact-logs/?since=0001-01-01",
        "contact-logs/?until=9999-12-31T23:59:59-14:00",
    ],
)
def test_a_question_no_database_can_hold_is_400(cast: Cast, api: Client, query: str) -> None:
    assert api.get(f"/api/v1/{query}").status_code == 400


@pytest.mark.parametrize("cursor", ["cD1hYmM=", "cD0lMDA=", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk="])
def test_a_cursor_of_ones_own_making_is_404(cast: Cast, api: Client, cursor: str) -> None:
    assert api.get(f"/api/v1/leads/?cursor={cursor}").status_code == 404


def test_of_whom_the_data_was_deleted_nothing_is_stored(cast: Cast, api: Client) -> None:
    lead = make_lead(cast)
    erase_customer(customer=lead.customer, by=None, reason="客户书面要求")
    answer = post(api, lead=lead.pk, note="种了四亩黄瓜")
    assert answer.status_code == 409 and "已按本人要求删除" in answer.json()["detail"]
    assert not ContactLog.objects.unscoped("test").exists()


@pytest.mark.parametrize("asked", ["null", "0", "-1", "x", "", "1.5", "²"])
def test_a_page_size_that_is_none_is_refused(api: Client, asked: str) -> None:
    answer = api.get("/api/v1/leads/", {"page_size": asked})
    assert (answer.status_code, list(answer.json())) == (400, ["page_size"])


def test_the_schema_says_what_may_be_refused(db: None) -> None:
    schema = json.loads(Client().get("/api/schema/?format=json").content)
    operations = [each for path in schema["paths"].values() for each in path.values()]
    assert len(operations) == 12
    for each in operations:
        assert {"400", "401", "403", "404", "429"} <= set(each["responses"])
