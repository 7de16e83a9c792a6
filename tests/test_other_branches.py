"""Things of another branch, by every address that takes a number, as every role: not there.

The list of addresses is the URL resolver's. One that takes an argument and is not
named in `Elsewhere.arguments` fails, so a new page cannot be forgotten. Nothing may
change, and what is answered must not differ from the answer about what never was.
"""

import hashlib
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Passkey, RememberedDevice, Role, Staff, SystemToken
from outreach.models import (
    AssignmentOperation,
    Channel,
    ContactLog,
    Export,
    Feed,
    FeedKind,
    OperationKind,
    Refusal,
    RefusalSource,
    VillageProfile,
)
from tests.cast import Cast, make_lead, make_place, make_staff
from tests.lists import make_upload
from tests.shares import make_texts, send
from tests.test_access import ROUTES
from whitelist.models import Correction, PlaceLevel

STAFF_ROLES = [role for role in Role if role != Role.SYSTEM]
# What a page may write down about somebody who asks: not the thing asked about.
OWN_TRACES = {"AuditEvent", "CustomerPages", "Session", "SystemToken"}
NUMBERS = {"pk", "upload_pk", "operation"}


class Elsewhere:
    """A customer in another province, with everything that can be about one."""

    def __init__(self, cast: Cast) -> None:
        make_texts(cast)
        county = make_place("410122000000", "中牟县", PlaceLevel.COUNTY, None, (114.0, 34.7))
        town = make_place("410122100000", "雁鸣湖镇", PlaceLevel.TOWNSHIP, county, (114.1, 34.8))
        village = make_place("410122100201", "东村", PlaceLevel.VILLAGE, town, (114.1, 34.8))
        at = timezone.now()
        boss = make_staff("zheng", "郑主管", Role.SUPERVISOR, cast.other_province)
        self.lead = make_lead(cast, holder=cast.sun, point=(114.1, 34.8), village=village)
        self.log = ContactLog.objects.create(
            uuid=uuid.uuid4(), lead=self.lead, staff=cast.sun, channel=Channel.VISIT, started_at=at
        )
        self.correction = Correction.objects.create(
            customer=self.lead.customer, branch=cast.far_outlet, field="phone",
            value="16900001234", stated_by=cast.sun,
        )  # fmt: skip
        self.refusal = Refusal.objects.create(
            customer=make_lead(cast, holder=cast.sun).customer, source=RefusalSource.CUSTOMER
        )
        self.upload = make_upload(cast, [], scope=cast.other_province)
        self.feed = Feed.objects.create(
            kind=FeedKind.CONTACTS, branch=cast.other_province, file_name="触达.csv", size=1,
            sha256="0" * 64, state="done", totals={}, by=None,
        )  # fmt: skip
        self.export = Export.objects.create(
            branch=cast.other_province, asked_by=boss, purpose="visit", words="走访", rows=1,
            expires_at=at + timedelta(days=1),
        )  # fmt: skip
        self.operation = AssignmentOperation.objects.create(
            kind=OperationKind.FILTER, to=cast.sun, by=boss, count=1
        )
        self.share = send(self.lead, cast.sun)
        self.device = RememberedDevice.objects.create(
            staff=cast.sun, digest="0" * 64, expires_at=at + timedelta(hours=9)
        )
        self.passkey = Passkey.objects.create(
            staff=cast.sun, label="钥匙", host="localhost", credential_id=b"1", digest="0" * 64
        )
        self.manager = cast.sun
        self.village, self.branch = village, cast.far_outlet

    def arguments(self, name: str) -> dict[str, Any]:
        """What the address of that name takes, for a thing that is elsewhere."""
        lead, of_lead = {"pk": self.lead.pk}, ("lead_", "unlocated_", "api-lead-")
        known: dict[str, dict[str, Any]] = {
            "customer_trace": {"pk": self.lead.customer_id},
            "nobody_home": lead,
            "refusal_reopen": {"pk": self.refusal.pk},
            "assign_undo": {"pk": self.operation.pk},
            "staff_release_undo": {"pk": self.manager.pk, "operation": self.operation.pk},
            "device_logout": {"pk": self.device.pk},
            "passkey_remove": {"pk": self.passkey.pk},
            "take_back_visit": {"log_uuid": self.log.uuid},
            "log_outcome": {"log_uuid": self.log.uuid},
            "correct_log": {"log_uuid": self.log.uuid},
            "api-contact-log-detail": {"uuid": self.log.uuid},
            "api-branch-detail": {"code": self.branch.code},
            "api-staff-detail": {"username": self.manager.username},
            "api-problems": {"upload_pk": self.upload.pk},
            "correction_take_back": {"pk": self.correction.pk},
        }
        if name in known:
            return known[name]
        if name.startswith(of_lead):
            return lead | ({"what": "phone"} if name == "lead_correct" else {})
        for beginning, argument in (
            ("helper_call", {"code": self.village.code}),
            ("share_", {"pk": self.share.pk}),
            ("staff_", {"pk": self.manager.pk}),
            ("feed", {"pk": self.feed.pk}),
            ("export", {"pk": self.export.pk}),
            ("upload_", {"pk": self.upload.pk}),
            ("list_", {"pk": self.upload.pk}),
            ("api-upload-", {"pk": self.upload.pk}),
        ):
            if name.startswith(beginning):
                return argument
        raise LookupError(f"{name}: say in Elsewhere.arguments what of another branch it is about")


# Addresses whose argument is nothing of anybody's: a tile is cut to who asks (test_tiles.py), and
# so is a village, whose page shows nobody and nothing to others (below).
VILLAGES = {"village", "village_print", "village_profile"}
NOBODYS = {"map_tile", *VILLAGES}
WITH_ARGUMENTS = [
    (route, each)
    for route, each in ROUTES
    if ("<" in route) and each.name not in NOBODYS
    and getattr(each.callback, "allowed_roles", "") != "public"
]  # fmt: skip


def never_was(arguments: dict[str, Any]) -> dict[str, Any]:
    """The same address about something that does not exist."""
    nothing: dict[str, Any] = {"code": "999999999999", "username": "nobody", "uuid": uuid.uuid4()}
    nothing["log_uuid"] = uuid.uuid4()
    return {
        name: 987_654_321 if name in NUMBERS else nothing.get(name, value)
        for name, value in arguments.items()
    }


def everything() -> dict[str, str]:
    """A digest of each table."""
    found = {}
    for model in apps.get_models():
        if model.__name__ not in OWN_TRACES and model._meta.managed:
            rows = sorted(repr(row) for row in model._base_manager.order_by().values_list())
            found[model.__name__] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def asked(client: Client, method: str, path: str) -> tuple[int, str]:
    """Status and text of the answer, less what differs from answer to answer."""
    response = getattr(client, method)(path)
    text: bytes = b"".join(response) if response.streaming else response.content
    plain = re.sub(
        r'(nonce|csrf[-_\w]*|X-CSRFToken)[^>]*?["\'][\w\-+/=]{16,}["\']',
        "",
        text.decode(errors="replace"),
    )
    for argument in re.findall(r"[\w-]{4,}", path):
        plain = plain.replace(argument, "…")
    return response.status_code, plain


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_what_is_elsewhere_is_not_there(cast: Cast, as_: Any, role: Role) -> None:
    elsewhere = Elsewhere(cast)
    make_lead(cast, holder=cast.wang)
    at_home = {Role.MANAGER: cast.wang, Role.SUPERVISOR: cast.zhao}
    staff = at_home.get(role) or make_staff(f"home_{role}", "某", role, cast.province)
    client = as_(staff)
    client.get("/me/")
    before = everything()
    wrong = []
    for route, each in WITH_ARGUMENTS:
        arguments = elsewhere.arguments(each.name)
        is_allowed = role in getattr(each.callback, "allowed_roles", ())
        for method in ("get", "post", "delete"):
            status, text = asked(client, method, reverse(each.name, kwargs=arguments))
            nothing = asked(client, method, reverse(each.name, kwargs=never_was(arguments)))
            fine = {404, 405} if is_allowed else {401, 403, 405}
            if status not in fine:
                wrong.append(f"{method} {route}: {status}")
            elif (status, text) != nothing:
                wrong.append(f"{method} {route}: told apart from what never was ({nothing[0]})")
    after = everything()
    assert wrong == []
    assert {name for name in before if before[name] != after[name]} == set()


def test_what_is_elsewhere_is_not_there_for_systems_either(cast: Cast) -> None:
    elsewhere = Elsewhere(cast)
    _, token = SystemToken.issue(cast.system, "test")
    client = Client(headers={"Authorization": f"Bearer {token}"})
    before = everything()
    for _route, each in WITH_ARGUMENTS:
        if not each.name.startswith("api-"):
            continue
        arguments = elsewhere.arguments(each.name)
        for method in ("get", "post", "put", "patch", "delete"):
            status, text = asked(client, method, reverse(each.name, kwargs=arguments))
            assert status in {404, 405}, f"{method} {each.name}: {status}"
            nothing = asked(client, method, reverse(each.name, kwargs=never_was(arguments)))
            assert (status, text) == nothing, f"{method} {each.name}"
    assert everything() == before


def test_the_things_are_there_for_those_they_belong_to(cast: Cast, as_: Any) -> None:
    """Control: the same addresses answer whoever they belong to."""
    elsewhere = Elsewhere(cast)
    found = set()
    for role in STAFF_ROLES:
        staff = (
            cast.sun
            if role == Role.MANAGER
            else make_staff(f"there_{role}", "某", role, cast.other_province)
        )
        client = as_(staff)
        for _route, each in WITH_ARGUMENTS:
            if role in getattr(each.callback, "allowed_roles", ()):
                path = reverse(each.name, kwargs=elsewhere.arguments(each.name))
                if asked(client, "get", path)[0] in {200, 302, 405}:
                    found.add(each.name)
    guarded = {each.name for _, each in WITH_ARGUMENTS if hasattr(each.callback, "allowed_roles")}
    # These answer to POST alone, to administrators, or for things in another state: their own
    # tests show them.
    assert guarded - found <= {
        "refusal_reopen",
        "correct_log",
        "staff_factor_reset",
        "staff_end_sessions",
    }


@pytest.mark.parametrize("name", sorted(VILLAGES))
def test_a_village_elsewhere_shows_nobody(cast: Cast, as_: Any, name: str) -> None:
    elsewhere = Elsewhere(cast)
    elsewhere.lead.customer.name = "欧阳䶮㛃"
    elsewhere.lead.customer.save()
    VillageProfile.objects.create(
        place=elsewhere.village, outlet=cast.far_outlet, helper_name="诸葛联络",
        helper_phone="16900007777", note="村口小卖部", updated_by=cast.sun,
    )  # fmt: skip
    told = ("欧阳", "诸葛", "7777", "小卖部", f"/leads/{elsewhere.lead.pk}/")
    path = reverse(name, args=[elsewhere.village.code])
    for staff in (cast.wang, cast.zhao):
        _, text = asked(as_(staff), "get", path)
        assert not [each for each in told if each in text]
    shown = as_(cast.sun).get(reverse("village", args=[elsewhere.village.code])).content.decode()
    assert "诸葛" in shown  # control
    assert f"/leads/{elsewhere.lead.pk}/" in shown


def test_a_page_that_is_not_named_would_be_found(cast: Cast) -> None:
    with pytest.raises(LookupError):
        Elsewhere(cast).arguments("brand_new_page")


def test_each_role_has_somebody(cast: Cast) -> None:
    assert set(Staff.objects.values_list("role", flat=True)) == set(Role)
