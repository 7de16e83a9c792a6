"""What a file would change, against what is in force in its scope."""

from typing import Any

import pytest

from tests.cast import Cast
from tests.lists import compared, make_upload, numbers, put
from trust.cipher import keyed_index
from whitelist.imports.diffing import compare
from whitelist.models import Customer, Mode, OutletPlace, Product, Programme, UploadProblem

A, B, C = {"no": "A"}, {"no": "B"}, {"no": "C"}


@pytest.fixture(autouse=True)
def no_control_group(settings: Any) -> None:
    settings.CONTROL_GROUP_PERCENT = 0


def test_the_first_list_is_all_new(cast: Cast) -> None:
    upload = compared(cast, [A, B])
    assert numbers(upload) == {"new": 2}
    assert upload.totals["rows"] == upload.totals["accepted"] == 2
    assert upload.diff["by_branch"] == [
        {
            "code": "H37078301",
            "name": "稻田支行网点",
            "new": 2,
            "kept": 0,
            "amount_changed": 0,
            "details_changed": 0,
            "withdrawn": 0,
        }
    ]
    assert upload.diff["needs"] == []


def test_the_five_changes(cast: Cast) -> None:
    put(cast, [A, B, C, {"no": "D"}])
    upload = compared(
        cast,
        [
            A,
            {"no": "B", "amount": 200_000},
            {"no": "C", "phone": "16900009999"},
            {"no": "E"},
        ],
    )
    assert numbers(upload) == {
        "new": 1,
        "kept": 1,
        "amount_changed": 1,
        "details_changed": 1,
        "withdrawn": 1,
    }
    assert upload.diff["withdraw_share"] == 25.0


def test_amount_and_details_together_count_as_amount(cast: Cast) -> None:
    put(cast, [A])
    upload = compared(cast, [{"no": "A", "amount": 1, "phone": "16900009999"}])
    assert numbers(upload) == {"amount_changed": 1}


def test_another_date_or_score_is_kept(cast: Cast) -> None:
    put(cast, [A])
    assert numbers(compared(cast, [{"no": "A", "score": "0.5"}])) == {"kept": 1}


def test_the_same_file_again_is_all_kept(cast: Cast) -> None:
    put(cast, [A, B])
    assert numbers(compared(cast, [B, A])) == {"kept": 2}


def test_another_province_withdraws_nobody_here(cast: Cast) -> None:
    put(cast, [A, B])
    upload = compared(cast, [{"no": "X", "branch": cast.far_outlet}], scope=cast.other_province)
    assert numbers(upload) == {"new": 1}


def test_another_programme_withdraws_nobody_here(cast: Cast) -> None:
    put(cast, [A, B])
    other = Programme.objects.create(code="P2", name="另一项目", owner=cast.hq)
    assert numbers(compared(cast, [A], programme=other)) == {"new": 1}


def test_an_added_list_withdraws_nobody(cast: Cast) -> None:
    put(cast, [A, B])
    assert numbers(compared(cast, [C], mode=Mode.ADD)) == {"new": 1}


def test_a_withdrawing_list_withdraws_whom_it_names(cast: Cast) -> None:
    put(cast, [A, B])
    upload = compared(cast, [A, {"no": "X"}], mode=Mode.WITHDRAW)
    assert numbers(upload) == {"withdrawn": 1}
    assert upload.diff["by_branch"][0]["withdrawn"] == 1


def test_a_withdrawing_row_without_product_means_every_offer(cast: Cast) -> None:
    second = Product.objects.create(code="P2", name="兴农贷")
    put(cast, [A, {"no": "A", "product": second}, B])
    upload = compared(cast, [{"no": "A", "product": None}], mode=Mode.WITHDRAW)
    assert numbers(upload) == {"withdrawn": 2}


def test_two_products_are_two_offers(cast: Cast) -> None:
    second = Product.objects.create(code="P2", name="兴农贷")
    put(cast, [A, {"no": "A", "product": second}])
    assert numbers(compared(cast, [A])) == {"kept": 1, "withdrawn": 1}


@pytest.mark.parametrize("known_by", [{"no": "B"}, {"id_number": "379901198001010010"}])
def test_an_invalid_row_keeps_a_listed_customer(cast: Cast, known_by: dict[str, str]) -> None:
    put(cast, [A, {"no": "B", "id_number": "379901198001010010"}])
    upload = compared(cast, [A], broken=[known_by])
    assert numbers(upload) == {"kept": 1}
    assert upload.diff["unmatched_branches"] == []


def test_an_invalid_row_of_nobody_makes_withdrawals_of_its_branch_wait(cast: Cast) -> None:
    put(cast, [A, B, C, {"no": "D"}])
    upload = compared(cast, [A, B, C], broken=[{"no": "?", "branch": cast.outlet}])
    assert upload.diff["unmatched_branches"] == ["H37078301"]
    assert upload.diff["needs"] == ["unmatched"]
    elsewhere = compared(cast, [A, B, C], broken=[{"no": "?", "branch": cast.sister_outlet}])
    assert elsewhere.diff["needs"] == []


def test_an_invalid_row_of_an_unknown_branch_stands_for_the_whole_scope(cast: Cast) -> None:
    put(cast, [A, B, C, {"no": "D"}])
    upload = compared(cast, [A, B, C], broken=[{}])
    assert upload.diff["unmatched_branches"] == ["H37"]


def test_an_invalid_second_row_of_a_new_customer_is_no_stranger(cast: Cast) -> None:
    put(cast, [A, B, C, {"no": "D"}])
    upload = compared(cast, [A, B, C, {"no": "E"}], broken=[{"no": "E"}])
    assert upload.diff["needs"] == []


def test_many_withdrawals_ask_again(cast: Cast, settings: Any) -> None:
    put(cast, [A, B, C, {"no": "D"}])
    assert compared(cast, [A, B]).diff["needs"] == ["withdrawals"]
    settings.WITHDRAW_ALARM_PERCENT = 50
    assert compared(cast, [A, B]).diff["needs"] == []


def test_a_customer_is_found_by_id_number_when_there_is_no_customer_no(cast: Cast) -> None:
    put(cast, [{"id_number": "379901198001010010"}])
    assert numbers(compared(cast, [{"id_number": "379901198001010010"}])) == {"kept": 1}
    # The next file brings the 客户号: the same person.
    upload = compared(cast, [{"no": "Z", "id_number": "379901198001010010"}])
    assert numbers(upload) == {"kept": 1}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"no": "A", "id_number": "379901198001010028"}, "identity_conflict"),
        ({"no": "Q", "id_number": "379901198001010010"}, "identity_conflict"),
    ],
)
def test_a_conflict_of_identity_rejects_the_row(cast: Cast, row: dict[str, str], code: str) -> None:
    put(cast, [{"no": "A", "id_number": "379901198001010010"}, B])
    upload = compared(cast, [row, B])
    assert [problem.code for problem in upload.problems.all()] == [code]
    assert numbers(upload) == {"kept": 1}  # and A is not withdrawn
    assert (upload.totals["accepted"], upload.totals["rejected"]) == (1, 1)


def test_an_id_number_of_two_customers_is_ambiguous(cast: Cast) -> None:
    for number in ("A", "B"):
        Customer.objects.create(customer_no=number, id_index=keyed_index("id", "3799"), name="甲")
    upload = compared(cast, [{"id_number": "3799"}])
    assert upload.problems.get().code == "identity_ambiguous"


def test_conflicts_inside_the_file(cast: Cast) -> None:
    upload = compared(
        cast,
        [
            {"no": "A", "id_number": "1"},
            {"no": "A", "id_number": "2"},
            {"no": "B", "id_number": "1"},
            {"no": "A"},
            {"no": "C", "id_number": "3"},
        ],
    )
    problems = UploadProblem.objects.filter(upload=upload).values_list("row_no", "code")
    assert set(problems) == {
        (3, "identity_conflict_in_file"),
        (4, "identity_conflict_in_file"),
        (5, "customer_twice"),
    }
    assert numbers(upload) == {"new": 2}


def test_comparing_again_finds_the_same(cast: Cast) -> None:
    put(cast, [A, B])
    upload = make_upload(cast, [A, A, C], broken=[{"no": "?"}])
    compare(upload)
    first = (upload.totals, upload.diff, upload.base)
    compare(upload)
    assert (upload.totals, upload.diff, upload.base) == first
    assert upload.problems.filter(code="customer_twice").count() == 1


def test_how_first_assignment_falls(cast: Cast) -> None:
    OutletPlace.objects.create(place_code="370783104", outlet=cast.sister_outlet)
    OutletPlace.objects.create(place_code="370783104202", outlet=cast.far_outlet)  # out of reach
    upload = compared(
        cast,
        [
            {"no": "1", "manager": cast.wang},
            {"no": "2", "branch": cast.county, "manager": cast.wang},
            {"no": "3", "manager": cast.sun},  # a manager elsewhere does not count
            {"no": "4", "branch": cast.county},
            {"no": "5", "branch": cast.county, "place": cast.next_village},
            {"no": "6", "branch": cast.county, "point": None},
        ],
    )
    assert upload.diff["first_assignment"] == {
        "by_manager": 2,
        "by_outlet": 1,
        "by_place": 2,
        "unassigned": 1,
    }


def test_held_leads_are_counted(cast: Cast) -> None:
    mine = {"manager": cast.wang}
    put(cast, [{"no": "A", **mine}, {"no": "B", **mine}, {"no": "C", **mine}, {"no": "D"}])
    upload = compared(cast, [{"no": "A", "amount": 1, **mine}, {"no": "B", "name": "甲", **mine}])
    assert upload.diff["held"] == {"amount_changed": 1, "details_changed": 1, "withdrawn": 1}
