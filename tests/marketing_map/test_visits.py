"""没人在家 over HTTP: from a row of the village and from the card, and back."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from outreach.models import Channel, ContactLog, Lead
from tests.cast import Cast, make_lead

HTMX = {"HX-Request": "true"}


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang)


def logs() -> Any:
    return ContactLog.objects.unscoped("test")


def tap(client: Any, lead: Lead, *, kind: str = "row", uuid: Any = None, **extra: Any) -> Any:
    data = {"log_uuid": str(uuid or uuid4()), "as": kind}
    return client.post(reverse("nobody_home", args=[lead.pk]), data, **extra)


def back(client: Any, log: ContactLog, kind: str = "row", **extra: Any) -> Any:
    return client.post(reverse("take_back_visit", args=[log.uuid]), {"as": kind}, **extra)


def test_the_row_says_it_and_offers_to_take_it_back(cast: Cast, as_: Any, lead: Lead) -> None:
    client, key = as_(cast.wang), uuid4()
    url = reverse("village", args=[cast.village.code])
    assert reverse("nobody_home", args=[lead.pk]) in client.get(url).content.decode()
    response = tap(client, lead, uuid=key, headers=HTMX)
    assert response.status_code == 200
    undo = reverse("take_back_visit", args=[key])
    assert undo in response.content.decode() and "<html" not in response.content.decode()
    events = json.loads(response["HX-Trigger"])
    assert events["visited"]["undo"] == undo and "leads:changed" in events
    assert tap(client, lead, uuid=key, headers=HTMX).status_code == 200
    assert logs().count() == 1
    page = client.get(url)
    assert undo in page.content.decode() and page.context["counts"]["visited"] == 1
    assert page.context["done"] == 0
    response = back(client, logs().get(), headers=HTMX)
    assert reverse("nobody_home", args=[lead.pk]) in response.content.decode()
    assert logs().count() == 0


def test_from_the_card(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    card = client.get(reverse("lead_card", args=[lead.pk])).content.decode()
    assert reverse("nobody_home", args=[lead.pk]) in card and "撤销这次上门" not in card
    response = tap(client, lead, kind="card", headers=HTMX)
    assert "撤销这次上门" in response.content.decode()
    response = back(client, logs().get(), kind="card", headers=HTMX)
    assert "撤销这次上门" not in response.content.decode() and "吕建国" in response.content.decode()


def test_without_scripts(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    assert tap(client, lead).url == reverse("village", args=[cast.village.code])
    assert tap(client, lead, kind="card").url == reverse("lead_card", args=[lead.pk])
    newest = logs().first()
    assert back(client, newest, kind="card").url == reverse("lead_card", args=[lead.pk])
    assert logs().count() == 1


def test_history_cannot_be_taken_back(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    tap(client, lead)
    log = logs().get()
    logs().update(note="狗很凶")
    response = back(client, log, headers=HTMX)
    assert response.status_code == 409 and logs().count() == 1
    assert json.loads(response["HX-Trigger"])["toast"]["kind"] == "error"


def test_another_result_under_the_same_uuid_stands(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    tap(client, lead)
    log = logs().get()
    logs().update(person="family")
    assert tap(client, lead, uuid=log.uuid, headers=HTMX).status_code == 409


def test_nobody_elses(cast: Cast, as_: Any, lead: Lead) -> None:
    assert tap(as_(cast.li), lead).status_code == 404
    assert tap(as_(cast.sun), lead).status_code == 404
    for other in (cast.zhao, cast.qian, cast.zhou):
        assert tap(as_(other), lead).status_code == 403
    tap(as_(cast.wang), lead)
    log = logs().get()
    assert back(as_(cast.li), log).status_code == 404
    assert back(as_(cast.zhao), log).status_code == 403
    mine = make_lead(cast, holder=cast.li)
    assert tap(as_(cast.li), mine, uuid=log.uuid).status_code == 404
    assert logs().count() == 1


def test_methods_and_nonsense(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    assert client.get(reverse("nobody_home", args=[lead.pk])).status_code == 405
    assert client.get(reverse("take_back_visit", args=[uuid4()])).status_code == 405
    assert client.post(reverse("take_back_visit", args=[uuid4()])).status_code == 404
    for text in ("", "x", "\0", "9" * 5000):
        assert tap(client, lead, uuid=text or "-").status_code == 400
    assert logs().count() == 0


def test_a_call_since_leaves_the_row_as_it_was(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    tap(client, lead)
    log = logs().get()
    ContactLog.objects.create(
        uuid=uuid4(),
        lead=lead,
        staff=cast.wang,
        channel=Channel.CALL,
        started_at=log.logged_at,
        logged_at=log.logged_at,
        call_state="busy",
    )
    page = client.get(reverse("village", args=[cast.village.code])).content.decode()
    assert reverse("take_back_visit", args=[log.uuid]) not in page


def test_a_tap_that_arrives_again_after_it_was_taken_back(cast: Cast, as_: Any, lead: Lead) -> None:
    client, key = as_(cast.wang), uuid4()
    tap(client, lead, uuid=key, headers=HTMX)
    back(client, logs().get(), headers=HTMX)
    response = tap(client, lead, uuid=key, headers=HTMX)
    assert response.status_code == 409 and not logs().exists()
    assert "已经撤销" in json.loads(response["HX-Trigger"])["toast"]["text"]
    sheet = {"lead": lead.pk, "channel": "visit", "person": "nobody"}
    response = client.post(reverse("log_outcome", args=[key]), sheet, headers=HTMX)
    assert response.status_code == 409 and "已经撤销" in response.content.decode()
    assert not logs().exists()
