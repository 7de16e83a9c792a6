"""上传: the form, the JSON answer for the progress bar, the branches to choose from."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from branches.models import Role
from jobs.models import Job
from tests.cast import make_staff
from whitelist.models import WhitelistUpload

URL = "/lists/new/"


def answers(cast, name: str = "名单.csv", content: bytes = "客户号,姓名\n1,吕\n".encode(), **other):
    return {
        "file": SimpleUploadedFile(name, content),
        "programme": cast.programme.code,
        "scope": cast.county.code,
        "mode": "full",
        **other,
    }


def uploads():
    return WhitelistUpload.objects.unscoped("test")


def test_a_plain_form_stores_the_file_and_queues_its_check(as_, cast) -> None:
    response = as_(cast.qian).post(URL, answers(cast))
    upload = uploads().get()
    assert response.status_code == 302
    assert response.url == f"/lists/{upload.pk}/"
    assert (upload.scope, upload.mode, upload.uploaded_by) == (cast.county, "full", cast.qian)
    assert Job.objects.get().payload == {"upload": upload.pk}


def test_the_script_is_told_where_to_go(as_, cast) -> None:
    response = as_(cast.qian).post(URL, answers(cast), headers={"Accept": "application/json"})
    assert response.status_code == 201
    assert response.json() == {"location": f"/lists/{uploads().get().pk}/"}


def test_the_script_is_told_what_is_wrong(as_, cast) -> None:
    response = as_(cast.qian).post(
        URL, answers(cast, scope="", programme="NONE"), headers={"Accept": "application/json"}
    )
    assert response.status_code == 422
    assert set(response.json()["errors"]) == {"scope", "programme"}
    assert not uploads().exists()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("名单.xls", b"x", "另存为 .xlsx"),
        ("名单.pdf", b"x", "CSV 或 XLSX"),
        ("名单.csv", b"", "空的"),
    ],
)
def test_a_file_that_cannot_be_a_list_is_refused_in_words(as_, cast, name, content, says) -> None:
    response = as_(cast.qian).post(URL, answers(cast, name=name, content=content))
    assert response.status_code == 422
    assert says in response.content.decode()
    assert not uploads().exists()


def test_a_file_that_is_too_large_is_refused(as_, cast, settings) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    response = as_(cast.qian).post(URL, answers(cast, content=b"a,b\n" * 10))
    assert response.status_code == 422
    assert not uploads().exists()


def test_a_scope_beyond_the_clerk_s_own_is_refused(as_, cast) -> None:
    clerk = make_staff("clerk41", "豫经办", Role.CLERK, cast.other_province)
    response = as_(clerk).post(URL, answers(cast))
    assert response.status_code == 422
    assert "管辖范围" in response.content.decode()


def test_what_was_chosen_stays_when_the_form_comes_back(as_, cast) -> None:
    wrong = answers(cast, name="名单.pdf", mode="withdraw")
    page = as_(cast.qian).post(URL, wrong).content.decode()
    assert f'value="{cast.county.code}" checked' in page
    assert 'value="withdraw" required checked' in page


def test_the_form_says_what_each_mode_does(as_, cast) -> None:
    page = as_(cast.qian).get(URL).content.decode()
    assert "文件里没有的客户会被移出" in page
    assert "不移出任何人" in page


def test_branches_by_name_within_the_clerk_s_own(as_, cast) -> None:
    clerk = make_staff("clerk37", "鲁经办", Role.CLERK, cast.province)
    page = as_(clerk).get(URL + "branches/?q=网点").content.decode()
    assert "稻田支行网点" in page
    assert "中牟网点" not in page


def test_branches_below_another_keep_what_was_chosen(as_, cast) -> None:
    url = f"{URL}branches/?under={cast.county.code}&scope={cast.province.code}"
    page = as_(cast.qian).get(url).content.decode()
    assert f'value="{cast.province.code}" checked' in page
    assert "纪台网点" in page


def test_branches_that_do_not_exist_fall_back_to_the_own_one(as_, cast) -> None:
    page = as_(cast.qian).get(URL + "branches/?under=NONE&scope=NONE").content.decode()
    assert "山东分行" in page


@pytest.mark.parametrize("who", ["wang", "zhao", "feng", "zhou"])
def test_only_clerks_upload(as_, cast, who: str) -> None:
    client = as_(getattr(cast, who))
    assert client.get(URL).status_code == 403
    assert client.post(URL, answers(cast)).status_code == 403
    assert client.get(URL + "branches/").status_code == 403


def test_wrong_methods(as_, cast) -> None:
    client = as_(cast.qian)
    assert client.put(URL).status_code == 405
    assert client.post(URL + "branches/").status_code == 405


def test_a_nul_does_no_harm(as_, cast) -> None:
    client = as_(cast.qian)
    assert client.get(URL + "branches/?q=%00&under=%00&scope=%00").status_code == 200
    assert client.post(URL, answers(cast, programme="\0", scope="\0")).status_code == 422
