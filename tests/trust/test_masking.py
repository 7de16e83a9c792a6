import pytest

from trust.masking import mask_customer_no, mask_id_number, mask_name, mask_phone


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
