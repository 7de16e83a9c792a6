import pytest

from trust.masking import (
    mask_customer_no,
    mask_id_number,
    mask_name,
    mask_numbers,
    mask_phone,
    tells_a_number,
)


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (mask_name, "吕建国", "吕**"),
        (mask_name, "吕", "吕*"),
        (mask_name, "", ""),
        (mask_phone, "16900005678", "169****5678"),
        (mask_phone, "12345", "***45"),
        (mask_phone, "", ""),
        (mask_id_number, "37990119800101123X", "3799**********123X"),
        (mask_id_number, "12345678", "********"),
        (mask_customer_no, "C00000012", "C00***012"),
        (mask_customer_no, "C1", "C1"),
    ],
)
def test_masks(mask, value: str, shown: str) -> None:
    assert mask(value) == shown


@pytest.mark.parametrize(
    "text",
    [
        "打13812340000", "138 1234 0000", "138-1234-0000", "１３８１２３４００００", "(0536)5123456",
        "138\u200b1234\u200b0000", "379901198001017777", "2026-11-24 来电 16912345678", "138·1234·0000",
    ],
)  # fmt: skip
def test_a_long_number_is_seen_however_it_is_written(text: str) -> None:
    assert tells_a_number(text)


@pytest.mark.parametrize(
    "text",
    ["2026-11-24 到店", "20261124", "2026/1/5 10:30 来电", "第3组12号", "说额度 500000 元不够", ""],
)
def test_days_and_short_numbers_are_none(text: str) -> None:
    assert not tells_a_number(text)


def test_a_file_name_keeps_its_day_and_loses_its_numbers() -> None:
    assert mask_numbers("触达_20261124_0930.csv") == "触达_20261124_0930.csv"
    assert mask_numbers("16912345678 20261124-20261125.xlsx") == "*** 20261124-20261125.xlsx"
    assert mask_numbers("刘建国379901198001017777.csv") == "刘建国***.csv"
