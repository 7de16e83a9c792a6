"""What a password must be, by profile: length, kinds, age, the last ones, words, known breaches."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from branches.models import FormerPassword, Staff
from branches.passwords.breached import is_breached
from branches.passwords.guessable import left_of
from tests.cast import Cast

GOOD = "spring-rain-26"
# Of 等保: three of four kinds, eight characters.
STRONG = ["Regen#71bach", "Wolke#82tanne", "Nebel#93kiefer", "Sturm#14erle", "Hagel#25buche"]


@pytest.fixture
def dengbao(settings: Any) -> Any:
    settings.PASSWORD_MIN_LENGTH, settings.PASSWORD_CLASSES = 8, 3
    settings.MAX_PASSWORD_AGE, settings.PASSWORD_HISTORY = 90, 5
    return settings


def refused(password: str, staff: Staff | None = None) -> str:
    try:
        validate_password(password, staff)
    except ValidationError as problem:
        return " ".join(problem.messages)
    return ""


def change(client: Client, password: str, current: str = "pw") -> Any:
    form = {"current": current, "password": password, "again": password}
    return client.post("/me/password/", form)


class TestAsvs:
    def test_long_is_enough(self, cast: Cast) -> None:
        for password in (
            GOOD,
            "correct horse battery staple",
            "雨过天青云破处这般颜色作将来",
            "x" + GOOD * 8,
        ):
            assert refused(password, cast.wang) == "", password
        assert "至少要 12 个字符" in refused("spring-rain", cast.wang)

    def test_no_age_and_no_history(self, cast: Cast, as_: Any) -> None:
        Staff.objects.filter(pk=cast.wang.pk).update(date_joined=timezone.now() - timedelta(999))
        assert as_(cast.wang).get("/me/").status_code == 200
        change(as_(cast.wang), GOOD)
        assert not FormerPassword.objects.exists()

    def test_the_page_says_what_is_asked_before_and_after(self, cast: Cast, as_: Any) -> None:
        before = as_(cast.wang).get("/me/password/").content.decode()
        after = change(as_(cast.wang), "kurz").content.decode()
        for page in (before, after):
            assert "至少 12 个字符" in page and "四种里" not in page
        assert "密码太短，至少要 12 个字符" in after and "剩下的太少" not in after


class TestDengbao:
    def test_three_kinds_of_four(self, cast: Cast, dengbao: Any) -> None:
        assert refused(STRONG[0], cast.wang) == ""
        for password in ("regenwolken", "regen718bach", "REGENWOLKEN#"):
            assert "四种里至少有 3 种" in refused(password, cast.wang)
        assert "至少要 8 个字符" in refused("Re#7bac", cast.wang)

    def test_the_page_says_so(self, cast: Cast, as_: Any, dengbao: Any) -> None:
        page = as_(cast.wang).get("/me/password/").content.decode()
        assert "至少 8 个字符" in page and "四种里至少有 3 种" in page and "最近 5 个密码" in page

    def test_none_of_the_last_five(self, cast: Cast, as_: Any, dengbao: Any) -> None:
        current = "pw"
        for password in STRONG:
            assert (
                change(as_(Staff.objects.get(pk=cast.wang.pk)), password, current).status_code
                == 302
            )
            current = password
        client = as_(Staff.objects.get(pk=cast.wang.pk))
        for password in STRONG:
            assert change(client, password, current).status_code == 422, password
        assert change(client, "Donner#36linde", current).status_code == 302
        assert change(client, STRONG[0], "Donner#36linde").status_code == 302  # the sixth
        assert FormerPassword.objects.count() == 5
        assert STRONG[0] not in str(list(FormerPassword.objects.values_list()))

    def test_after_ninety_days_a_new_one_before_anything_else(
        self, cast: Cast, as_: Any, dengbao: Any
    ) -> None:
        long_ago = timezone.now() - timedelta(days=91)
        Staff.objects.filter(pk=cast.wang.pk).update(password_changed_at=long_ago)
        client: Client = as_(cast.wang)
        assert client.get("/leads/")["Location"].startswith("/me/password/")
        page = client.get("/me/password/").content.decode()
        assert "密码到期" in page and 'name="current"' in page and "用满 90 天" in page
        assert change(client, STRONG[1]).status_code == 302
        assert client.get("/me/").status_code == 200

    def test_a_week_before_it_is_said(self, cast: Cast, as_: Any, dengbao: Any) -> None:
        for days, said in ((80, False), (85, True)):
            at = timezone.now() - timedelta(days=days, minutes=1)
            Staff.objects.filter(pk=cast.wang.pk).update(password_changed_at=at)
            page = as_(cast.wang).get("/me/").content.decode()
            assert ("天到期" in page) is said

    def test_a_reset_is_remembered_too(self, cast: Cast, as_: Any, dengbao: Any) -> None:
        cast.wang.set_password(STRONG[0])
        cast.wang.save()
        as_(cast.zhao).post(f"/staff/{cast.wang.pk}/reset/")
        assert "最近 5 个密码" in refused(STRONG[0], Staff.objects.get(pk=cast.wang.pk))


class TestGuessable:
    @pytest.mark.parametrize(
        "password",
        [
            "wangjingli2026!!",  # the name and the year
            "WANGjingli-1998-",
            "Shouguang#20261127",  # their county branch
            "daotian@wang2026",  # outlet and 工号
            "N0ngsh@ngB@nk2026",
            "营销地图营销地图营销地图",
            "yingxiaoditu123",
            "P@ssw0rdP@ssw0rd",
            "aaaaaaaaaaaaaaaa",
            "16900001234169000",  # their telephone
        ],
    )
    def test_of_what_everybody_knows(self, cast: Cast, password: str) -> None:
        cast.wang.work_phone = "16900001234"
        assert refused(password, cast.wang)

    def test_something_of_ones_own_beside_it_is_enough(self, cast: Cast) -> None:
        assert refused("wang-pflaumenbaum", cast.wang) == ""

    def test_others_may_use_what_is_not_theirs(self, cast: Cast) -> None:
        assert refused("zhongmu-regenbogen", cast.wang) == ""
        assert left_of("zhongmu2026", cast.wang) != left_of("zhongmu2026", cast.sun) == ""

    def test_the_banks_own_words(self, cast: Cast, settings: Any, tmp_path: Path) -> None:
        assert refused("kunlunfortune8", cast.wang) == ""
        words = tmp_path / "words.txt"
        words.write_text("昆仑\nfortune\n", encoding="utf-8")
        settings.PASSWORD_WORDS = str(words)
        assert "太少" in refused("kunlunfortune8", cast.wang)

    def test_somebody_who_is_just_being_made(self, cast: Cast) -> None:
        assert refused(GOOD, Staff(username="new", name="新人")) == ""
        assert refused(GOOD) == ""


class TestBreached:
    """The file is looked into by bisection: every line is found, and nothing between them."""

    def listed(self, tmp_path: Path, passwords: list[str], end: str = "\n") -> str:
        digests = sorted(hashlib.sha1(each.encode()).hexdigest().upper() for each in passwords)
        file = tmp_path / "pwned.txt"
        lines = (f"{digest}:{at * 977 + 1}" for at, digest in enumerate(digests))
        file.write_text(end.join(lines) + end, newline="")
        return str(file)

    @pytest.mark.parametrize("count", [1, 2, 3, 7, 500])
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_each_is_found(self, settings: Any, tmp_path: Path, count: int, end: str) -> None:
        known = [f"known-{at}" for at in range(count)]
        settings.BREACHED_PASSWORDS = self.listed(tmp_path, known, end)
        assert all(is_breached(each) for each in known)
        assert not any(is_breached(f"new-{at}") for at in range(200))

    def test_few_lines_are_read(self, settings: Any, tmp_path: Path, monkeypatch: Any) -> None:
        settings.BREACHED_PASSWORDS = self.listed(tmp_path, [f"known-{at}" for at in range(20_000)])
        read: list[int] = []
        from branches.passwords import breached

        bisected = breached._bisected

        class Counting:
            def __init__(self, file: Any) -> None:
                self.file = file

            def __getattr__(self, name: str) -> Any:
                return getattr(self.file, name)

            def readline(self, *args: Any) -> bytes:
                read.append(1)
                return bytes(self.file.readline(*args))

        monkeypatch.setattr(breached, "_bisected", lambda file, d: bisected(Counting(file), d))
        assert is_breached("known-7") and not is_breached("new")
        assert len(read) < 100

    def test_a_plain_list(self, settings: Any, tmp_path: Path) -> None:
        file = tmp_path / "plain.txt"
        file.write_text("sommerregen2026\r\n雨过天青\n", encoding="utf-8")
        settings.BREACHED_PASSWORDS = str(file)
        assert is_breached("sommerregen2026") and is_breached("雨过天青")
        assert not is_breached("sommerregen202") and not is_breached("")

    def test_refused_in_words(self, cast: Cast, as_: Any, settings: Any, tmp_path: Path) -> None:
        settings.BREACHED_PASSWORDS = self.listed(tmp_path, [GOOD])
        assert "泄露的密码名单" in change(as_(cast.wang), GOOD).content.decode()

    def test_a_list_that_is_gone_takes_none(self, settings: Any, tmp_path: Path) -> None:
        settings.BREACHED_PASSWORDS = str(tmp_path / "gone.txt")
        with pytest.raises(OSError):
            is_breached(GOOD)
