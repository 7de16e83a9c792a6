import pytest

from branches.pinyin import initials, sort_key


def test_people_stand_in_the_order_of_their_pinyin() -> None:
    assert sorted(["赵敏", "吕建国", "王强", "长葛"], key=sort_key) == [
        "长葛",
        "吕建国",
        "王强",
        "赵敏",
    ]


@pytest.mark.parametrize(("name", "letters"), [("吕建国", "ljg"), ("寿光", "sg")])
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters
