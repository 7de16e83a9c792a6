"""Events stand and fall with the act they tell of, and a changed one shows."""

import pytest
from django.db import transaction
from django.http import HttpResponse

from tests.cast import Cast
from trust import audit
from trust.models import AuditEvent


def test_an_event_says_who_what_and_to_whom(cast: Cast, rf) -> None:
    request = rf.get("/", REMOTE_ADDR="127.0.0.9")
    audit.record("lead.call", by=cast.wang, target="lead:7", request=request, gate="ok")
    event = AuditEvent.objects.get()
    assert (event.actor_no, event.action, event.target) == ("wang", "lead.call", "lead:7")
    assert (event.address, event.detail) == ("127.0.0.9", {"gate": "ok"})
    assert event.mac == audit.mac_of(event)


@pytest.mark.django_db
def test_an_act_rolled_back_leaves_no_event() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.record("x.y", by=None)
        1 / 0  # noqa: B018
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [{"actor_no": "li"}, {"action": "a.b"}, {"target": "lead:8"}, {"result": "no"}, {"detail": {}}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_changed_event_no_longer_fits_its_mac(cast: Cast, changed: dict) -> None:
    event = audit.record("lead.call", by=cast.wang, target="lead:7", n=1)
    for name, value in changed.items():
        setattr(event, name, value)
    assert event.mac != audit.mac_of(event)


def test_a_digest_does_not_depend_on_order() -> None:
    assert audit.digest_of_ids([3, 1, 2]) == audit.digest_of_ids([1, 2, 3])
    assert audit.digest_of_ids([1, 23]) != audit.digest_of_ids([12, 3])


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, "203.0.113.9", "127.0.0.9"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first was written by the client
        (2, "203.0.113.9, 192.0.2.7", "203.0.113.9"),
        (1, "", ""),
        (1, "<script>", ""),
        (2, "2001:db8::1 ,192.0.2.7", "2001:db8::1"),
    ],
)
def test_the_address_is_what_the_last_trusted_proxy_was_asked_by(
    settings, rf, proxies: int, told: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="127.0.0.9", HTTP_X_FORWARDED_FOR=told)
    assert audit.address_of(request) == address


def test_an_event_written_without_its_request_still_says_where_from(cast: Cast, rf) -> None:
    def view(request):
        audit.record("deep.inside", by=cast.wang)
        return HttpResponse()

    audit.remember_address(view)(rf.get("/", REMOTE_ADDR="127.0.0.9"))
    audit.record("by.the_clock", by=None)
    addresses = dict(AuditEvent.objects.values_list("action", "address"))
    assert addresses == {"deep.inside": "127.0.0.9", "by.the_clock": ""}
