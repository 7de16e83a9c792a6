"""Access and deletion answered by one command."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from outreach.models import Channel, ContactLog, ContactLogVersion, Lead, Refusal
from tests.cast import Cast, make_lead
from trust.cipher import keyed_index
from trust.models import AuditEvent
from whitelist.imports.values.identity import check_digit
from whitelist.models import Correction, CorrectionField, Customer, LoanResult, LoanStep, Offer


@pytest.fixture
def lead(cast: Cast) -> Lead:
    lead = make_lead(cast, holder=cast.wang)
    log = ContactLog.objects.create(
        uuid=uuid4(), lead=lead, staff=cast.wang, channel=Channel.VISIT,
        started_at=timezone.now(), logged_at=timezone.now(), note="下午在家",
    )  # fmt: skip
    ContactLogVersion.objects.create(log=log, content="旧的登记", replaced_by=cast.wang)
    Correction.objects.create(
        customer=lead.customer, branch=lead.branch, field=CorrectionField.PHONE,
        value="16900009999", stated_by=cast.wang,
    )  # fmt: skip
    Refusal.objects.create(customer=lead.customer, source="hq")
    return lead


def number(lead: Lead) -> str:
    return str(lead.customer.customer_no)


class TestAccess:
    def test_writes_all_that_is_held_decrypted_for_the_owner_alone(
        self, cast: Cast, lead: Lead, tmp_path: Path
    ) -> None:
        path = tmp_path / "answer.json"
        call_command("customer_data", number(lead), "--access", str(path), "--by", "feng")
        assert path.stat().st_mode & 0o777 == 0o600
        text = path.read_text("utf-8")
        told = json.loads(text)
        customer = lead.customer
        assert told["客户资料"]["姓名"] == "吕建国"
        for held in (customer.phone, customer.id_number, customer.home_address, "下午在家"):
            assert held in text
        for held in ("旧的登记", "16900009999", "总行渠道", "极速贷", "刘庄村", "王经理"):
            assert held in text
        assert [row["内容"] for row in told["谁看过"]].count("更正") == 1
        event = AuditEvent.objects.get(action="customer.access")
        assert (event.target, event.actor_id) == (f"customer:{customer.pk}", cast.feng.pk)

    def test_overwrites_nothing_and_then_tells_nothing(self, lead: Lead, tmp_path: Path) -> None:
        path = tmp_path / "answer.json"
        path.write_text("kept")
        with pytest.raises(CommandError, match="不能写入"):
            call_command("customer_data", number(lead), "--access", str(path))
        assert path.read_text() == "kept"
        assert not AuditEvent.objects.filter(action="customer.access").exists()

    def test_prints_nothing_personal(self, lead: Lead, tmp_path: Path, capsys: Any) -> None:
        call_command("customer_data", number(lead), "--access", str(tmp_path / "a"))
        printed = capsys.readouterr().out
        assert "吕" not in printed
        assert lead.customer.phone not in printed

    def test_an_erased_customer_has_codes_left_and_no_text(
        self, lead: Lead, tmp_path: Path
    ) -> None:
        call_command("customer_data", number(lead), "--delete", "--reason", "书面", "--yes")
        call_command("customer_data", number(lead), "--access", str(tmp_path / "a"))
        told = json.loads((tmp_path / "a").read_text("utf-8"))
        assert set(told["客户资料"]) == {"客户号", "删除时间"}
        assert "备注" not in told["触达记录"][0]


class TestDelete:
    def test_says_what_was_cleared_and_what_stays(self, lead: Lead, capsys: Any) -> None:
        call_command("customer_data", number(lead), "--delete", "--reason", "书面要求", "--yes")
        printed = capsys.readouterr().out
        for said in ("whitelist.Customer：1 条", "90 天内自动删除", "数据库备份", "审计记录"):
            assert said in printed
        lead.customer.refresh_from_db()
        assert lead.customer.name == ""

    @pytest.mark.parametrize("typed", ["", "C000", "yes"])
    def test_asks_for_the_number_again(self, lead: Lead, monkeypatch: Any, typed: str) -> None:
        monkeypatch.setattr("builtins.input", lambda _prompt: typed)
        with pytest.raises(CommandError, match="什么都没有删除"):
            call_command("customer_data", number(lead), "--delete", "--reason", "书面要求")
        lead.customer.refresh_from_db()
        assert lead.customer.name == "吕建国"
        monkeypatch.setattr("builtins.input", lambda _prompt: number(lead))
        call_command("customer_data", number(lead), "--delete", "--reason", "书面要求")
        lead.customer.refresh_from_db()
        assert lead.customer.name == ""

    @pytest.mark.parametrize("reason", ["", "  ", "字" * 121, "电话16900001234"])
    def test_wants_a_reason_without_numbers(self, lead: Lead, reason: str) -> None:
        with pytest.raises(CommandError, match="--reason"):
            call_command("customer_data", number(lead), "--delete", "--yes", f"--reason={reason}")

    def test_business_under_way_is_said_in_one_sentence(self, lead: Lead) -> None:
        offer = Offer.objects.unscoped("test").get(customer=lead.customer)
        Offer.objects.unscoped("test").update(loan_step=LoanStep.DRAWN)
        LoanResult.objects.create(
            key="k", offer=offer, step=LoanStep.DRAWN, on=timezone.localdate()
        )
        with pytest.raises(CommandError, match="没有改动任何内容"):
            call_command("customer_data", number(lead), "--delete", "--reason", "x", "--yes")


def test_who_has_no_number_is_found_by_the_id_number(lead: Lead, monkeypatch: Any) -> None:
    card = "37990119800101123"
    card += check_digit(card)
    Customer.objects.unscoped("test").filter(pk=lead.customer_id).update(
        customer_no=None, id_index=keyed_index("id", card)
    )
    answers = iter(["123", "379901198001010010", card])
    monkeypatch.setattr(
        "marketing_map.management.commands.customer_data.getpass", lambda _prompt: next(answers)
    )
    request = ("customer_data", "--by-id-number", "--delete", "--reason", "书面", "--yes")
    for _wrong in range(2):
        with pytest.raises(CommandError):
            call_command(*request)
    call_command(*request)
    lead.customer.refresh_from_db()
    assert lead.customer.name == ""


@pytest.mark.parametrize("words", [["nobody"], [], ["nobody", "--by", "nobody"]])
def test_says_when_there_is_nobody(cast: Cast, words: list[str]) -> None:
    with pytest.raises(CommandError, match="没有"):
        call_command("customer_data", *words, "--delete", "--reason", "x", "--yes")
