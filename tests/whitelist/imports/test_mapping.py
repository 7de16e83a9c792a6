"""Headings, however they are written."""

import pytest

from whitelist.imports.layout import masked
from whitelist.imports.mapping import field_of, problems_of, recognise
from whitelist.models import Mode


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("客户号", "customer_no"), (" 客 户 号 ", "customer_no"), ("＊客户号", "customer_no"), ("客户号(ECIF)", "customer_no"),
        ("身份证号", "id_number"), ("证件号码（必填）", "id_number"), ("手机号码", "phone"), ("ＭＯＢＩＬＥ", "phone"),
        ("预授信额度(万元)", "amount_wan"), ("预授信额度（单位：万元）", "amount_wan"), ("预授信额度_万元", "amount_wan"),
        ("额度（元）", "amount"), ("预审批额度", "amount"), ("额度(千元)", ""), ("到期日", "valid_to"), ("随便什么", ""), ("", ""),
    ],
)  # fmt: skip
def test_headings(heading: str, field: str) -> None:
    assert field_of(heading) == field


def test_a_column_confirmed_as_unused_stays_unused() -> None:
    assert recognise(["客户号", "姓名"], {"姓名": ""}) == {0: "customer_no"}


def codes(fields: list[str], mode: str = Mode.FULL, one_product: bool = False) -> set[str]:
    return {problem.code for problem in problems_of(fields, mode=mode, one_product=one_product)}


FULL = ["customer_no", "name", "branch_code", "amount", "valid_from", "valid_to", "product_code"]


def test_what_a_list_needs() -> None:
    assert codes(FULL) == set()
    assert codes(FULL[1:]) == {"missing_identity"}
    assert codes([*FULL[1:], "id_number"]) == set()
    assert codes(FULL[:-1]) == {"missing"}
    assert codes(FULL[:-1], one_product=True) == set()
    assert codes([*FULL, "amount_wan"]) == {"twice"}


def test_a_withdrawal_needs_only_who() -> None:
    assert codes(["id_number"], mode=Mode.WITHDRAW) == set()
    assert codes(["name"], mode=Mode.WITHDRAW) == {"missing_identity"}


@pytest.mark.parametrize(
    ("value", "field", "shown"),
    [
        ("吕建国", "name", "吕**"), ("379901198001010010", "id_number", "3799**********0010"),
        ("16900000001", "phone", "169****0001"), ("山东省潍坊市寿光市", "home_address", "山东省潍坊市…"),
        ("吕建国", "", "吕**"), ("379901198001010010", "", "379*************10"), ("JSD", "", "JSD"),
        ("379901198001010010", "segment", "379*************10"), ("JSD", "product_code", "JSD"),
    ],
)  # fmt: skip
def test_samples_are_masked_whatever_column_they_stand_in(
    value: str, field: str, shown: str
) -> None:
    assert masked(value, field) == shown
