"""拒绝营销 on screen: the list, the file for other channels, reopening."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from outreach.models import Channel, ContactLog, Eligibility, Lead, Refusal, RefusalSource
from tests.cast import Cast, make_lead
from trust.models import AuditEvent
from whitelist.models import Customer

URL = "/lists/refusals/"


def refused(cast: Cast, source: str = "customer", days_ago: int = 0, **fields: Any) -> Refusal:
    lead = make_lead(cast, eligibility=Eligibility.REFUSED, **fields)
    refusal = Refusal.objects.create(customer=lead.customer, source=source, by=cast.wang)
    at = timezone.now() - timedelta(days=days_ago)
    Refusal.objects.filter(pk=refusal.pk).update(at=at)
    return refusal


def number(refusal: Refusal) -> str:
    return str(refusal.customer.customer_no)


def body(response: Any) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


class TestList:
    def test_shows_open_ones_with_source_and_channel(self, cast: Cast, as_: Any) -> None:
        said, ended = refused(cast), refused(cast, "hq")
        lead = Lead.objects.unscoped("test").get(customer=said.customer)
        said.contact_log = ContactLog.objects.create(
            uuid=uuid4(), lead=lead, channel=Channel.VISIT, started_at=timezone.now()
        )
        said.save()
        Refusal.objects.filter(pk=ended.pk).update(ended_at=timezone.now())
        text = as_(cast.qian).get(URL).content.decode()
        assert number(said) in text
        assert "上门" in text
        assert number(ended) not in text
        assert "吕" not in text

    def test_stays_within_the_subtree(self, cast: Cast, as_: Any) -> None:
        far = refused(cast, branch=cast.far_outlet)
        cast.qian.branch = cast.province
        cast.qian.save()
        assert number(far) not in as_(cast.qian).get(URL).content.decode()
        assert body(as_(cast.qian).get(f"{URL}file/")).count("\n") == 1

    def test_filters_by_source_and_day(self, cast: Cast, as_: Any) -> None:
        old, new = refused(cast, "list", days_ago=9), refused(cast, "hq")
        get = as_(cast.feng).get
        yesterday = timezone.localdate() - timedelta(days=1)
        found = [
            [row.pk for row in get(URL, query).context["page"]]
            for query in ({"source": "list"}, {"since": yesterday}, {"until": yesterday}, {})
        ]
        assert found == [[old.pk], [new.pk], [old.pk], [new.pk, old.pk]]

    def test_a_filter_that_makes_no_sense_says_so(self, cast: Cast, as_: Any) -> None:
        refused(cast)
        response = as_(cast.qian).get(URL, {"since": "\0", "source": "x", "page": "nine"})
        assert response.status_code == 200
        assert not response.context["page"].object_list
        assert response.context["form"].errors

    def test_says_what_will_stand_here_when_nothing_does(self, cast: Cast, as_: Any) -> None:
        assert "现在没有客户拒绝营销" in as_(cast.qian).get(URL).content.decode()

    def test_only_a_reviewer_is_offered_to_end_one_and_not_for_good(
        self, cast: Cast, as_: Any
    ) -> None:
        link = f"{URL}{refused(cast).pk}/reopen/"
        dead = f"{URL}{refused(cast, 'deceased').pk}/reopen/"
        reviewer, clerk = (as_(who).get(URL).content.decode() for who in (cast.feng, cast.qian))
        assert link in reviewer
        assert dead not in reviewer
        assert link not in clerk

    @pytest.mark.parametrize("who", ["wang", "zhao", "zhou"])
    def test_is_for_list_operations(self, cast: Cast, as_: Any, who: str) -> None:
        assert as_(getattr(cast, who)).get(URL).status_code == 403


class TestFile:
    def test_holds_number_source_and_day_and_no_name(self, cast: Cast, as_: Any) -> None:
        refusal = refused(cast)
        escaped = refused(cast, "hq")
        Customer.objects.unscoped("test").filter(pk=escaped.customer_id).update(customer_no="=A1")
        unnamed = refused(cast, "list")
        Customer.objects.unscoped("test").filter(pk=unnamed.customer_id).update(customer_no=None)
        client = as_(cast.qian)
        day = timezone.localdate().isoformat()
        assert body(client.get(f"{URL}file/")).splitlines() == [
            "客户号,来源,日期",
            f"{number(refusal)},客户本人,{day}",
            f"'=A1,总行渠道,{day}",
        ]
        assert "1 条没有客户号" in client.get(URL).content.decode()
        event = AuditEvent.objects.get(action="refusals.export")
        assert (event.actor_id, event.detail["rows"]) == (cast.qian.pk, 2)

    def test_follows_the_filter(self, cast: Cast, as_: Any) -> None:
        refused(cast, "list"), refused(cast, "hq")
        text = body(as_(cast.qian).get(f"{URL}file/", {"source": "hq"}))
        assert text.count("\n") == 2
        response = as_(cast.qian).get(f"{URL}file/", {"since": "x"})
        assert response["Location"] == f"{URL}?since=x"


class TestReopen:
    def fill(self, **changed: str) -> dict[str, str]:
        today = timezone.localdate().isoformat()
        return {"asked_by": "call", "asked_on": today, "reason": "想了解利率", **changed}

    def test_ends_it_and_says_what_the_customer_is_now(self, cast: Cast, as_: Any) -> None:
        refusal = refused(cast)
        response = as_(cast.feng).post(f"{URL}{refusal.pk}/reopen/", self.fill(), follow=True)
        assert "这位客户可以再联系了" in response.content.decode()
        refusal.refresh_from_db()
        assert refusal.ended_by == cast.feng
        lead = Lead.objects.unscoped("test").get(customer=refusal.customer)
        assert lead.eligibility == Eligibility.YES

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"asked_by": ""}, "怎样提出"),
            ({"asked_by": "smoke"}, "怎样提出"),
            ({"asked_on": ""}, "提出的日期"),
            ({"asked_on": "昨天"}, "完整的日期"),
            ({"reason": " "}, "请写明原因"),
            ({"reason": "字" * 81}, "80 个字"),
            ({"reason": "电话16900001234"}, "不要写电话"),
            ({"reason": "电话１６９-0000 1234"}, "不要写电话"),
        ],
    )
    def test_says_what_is_missing_and_keeps_the_rest(
        self, cast: Cast, as_: Any, changed: dict[str, str], says: str
    ) -> None:
        refusal = refused(cast)
        response = as_(cast.feng).post(f"{URL}{refusal.pk}/reopen/", self.fill(**changed))
        assert response.status_code == 422
        assert says in response.content.decode()
        refusal.refresh_from_db()
        assert refusal.ended_at is None

    def test_a_day_before_the_refusal_is_refused(self, cast: Cast, as_: Any) -> None:
        asked_on = (timezone.localdate() - timedelta(days=3)).isoformat()
        fill = self.fill(asked_on=asked_on)
        response = as_(cast.feng).post(f"{URL}{refused(cast).pk}/reopen/", fill)
        assert response.status_code == 409
        assert "拒绝之后" in response.content.decode()

    def test_shows_the_customer_masked(self, cast: Cast, as_: Any) -> None:
        text = as_(cast.feng).get(f"{URL}{refused(cast).pk}/reopen/").content.decode()
        assert "吕**" in text
        assert "吕建国" not in text

    def test_ended_already_leads_back(self, cast: Cast, as_: Any) -> None:
        refusal = refused(cast)
        as_(cast.feng).post(f"{URL}{refusal.pk}/reopen/", self.fill())
        response = as_(cast.feng).post(f"{URL}{refusal.pk}/reopen/", self.fill(), follow=True)
        assert "已经解除" in response.content.decode()

    def test_foreign_ones_and_those_for_good_do_not_exist(self, cast: Cast, as_: Any) -> None:
        far, dead = refused(cast, branch=cast.far_outlet), refused(cast, RefusalSource.DECEASED)
        cast.feng.branch = cast.province
        cast.feng.save()
        for pk in (far.pk, dead.pk, 999_999):
            assert as_(cast.feng).post(f"{URL}{pk}/reopen/", self.fill()).status_code == 404

    @pytest.mark.parametrize("who", ["qian", "zhao", "wang", "zhou"])
    def test_is_the_reviewers_alone(self, cast: Cast, as_: Any, who: str) -> None:
        path = f"{URL}{refused(cast).pk}/reopen/"
        assert as_(getattr(cast, who)).post(path, self.fill()).status_code == 403


class TestCommand:
    def test_writes_the_whole_bank(self, cast: Cast, tmp_path: Path, capsys: Any) -> None:
        near, far = refused(cast, days_ago=5), refused(cast, branch=cast.far_outlet)
        call_command("export_refusals", str(tmp_path / "all.csv"))
        text = (tmp_path / "all.csv").read_text("utf-8-sig")
        assert number(near) in text
        assert number(far) in text
        assert (tmp_path / "all.csv").stat().st_mode & 0o777 == 0o600
        since = timezone.localdate().isoformat()
        call_command("export_refusals", str(tmp_path / "new.csv"), "--since", since)
        assert number(near) not in (tmp_path / "new.csv").read_text("utf-8-sig")
        assert "1 refusals" in capsys.readouterr().out
        assert AuditEvent.objects.filter(action="refusals.export").count() == 2

    def test_overwrites_nothing(self, cast: Cast, tmp_path: Path) -> None:
        (tmp_path / "kept.csv").write_text("kept")
        with pytest.raises(CommandError):
            call_command("export_refusals", str(tmp_path / "kept.csv"))
        assert (tmp_path / "kept.csv").read_text() == "kept"
        assert not AuditEvent.objects.filter(action="refusals.export").exists()


def test_the_supervisor_reads_on_the_card_why_and_whom_to_ask(cast: Cast, as_: Any) -> None:
    refusal, dead = refused(cast), refused(cast, RefusalSource.DECEASED)
    client = as_(cast.zhao)
    ids = dict(Lead.objects.unscoped("test").values_list("customer_id", "pk"))
    text = client.get(f"/leads/{ids[refusal.customer_id]}/card/").content.decode()
    assert "拒绝营销：客户本人" in text
    assert "请联系名单复核解除" in text
    text = client.get(f"/leads/{ids[dead.customer_id]}/card/").content.decode()
    assert "拒绝营销：已故" in text
    assert "请联系名单复核解除" not in text
