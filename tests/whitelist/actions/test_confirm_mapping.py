"""Columns nobody could recognise are named by a person once, and remembered."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cast import Cast
from tests.whitelist.imports.conftest import work
from trust.models import AuditEvent
from whitelist.actions.uploads import MappingRefused, NotPossibleNow, confirm_mapping, receive
from whitelist.models import ColumnMapping, UploadState, WhitelistUpload

pytestmark = pytest.mark.django_db

HEADER = "编码甲,称呼,电话,住在哪,行,贷款产品,钱,从,到,备注"
ROW = (
    "K0001,吕建国,16900000001,寿光市稻田镇刘庄村,H37078301,JSD,500000,2026-01-01,2099-12-31,老客户"
)
RIGHT = {
    "0": "customer_no", "1": "name", "2": "phone", "3": "home_address", "4": "branch_code",
    "5": "product_code", "6": "amount", "7": "valid_from", "8": "valid_to", "9": "",
}  # fmt: skip


def hand_in(cast: Cast, text: str = f"{HEADER}\n{ROW}\n") -> WhitelistUpload:
    upload = receive(
        file=SimpleUploadedFile("x.csv", text.encode()),
        programme=cast.programme, scope=cast.hq, mode="full", by=cast.qian, file_name="x.csv",
    )  # fmt: skip
    work()
    return WhitelistUpload.objects.unscoped("test").get(pk=upload.pk)


def test_it_stops_and_shows_the_columns_masked(cast: Cast) -> None:
    upload = hand_in(cast)
    assert upload.state == UploadState.MAPPING
    columns = {column["heading"]: column for column in upload.layout["columns"]}
    assert columns["电话"]["field"] == "phone"
    assert columns["电话"]["samples"] == ["169****0001"]
    assert columns["称呼"] == {"index": 1, "heading": "称呼", "field": "", "samples": ["吕**"]}
    assert "刘庄" not in str(upload.layout) and "吕建国" not in str(upload.layout)
    assert not upload.rows.exists()


def test_confirmed_it_goes_on_and_is_remembered(cast: Cast) -> None:
    confirm_mapping(upload=hand_in(cast), mapping=RIGHT, by=cast.qian)
    work()
    assert [u.state for u in WhitelistUpload.objects.unscoped("test")] == [UploadState.CHECKED]
    assert ColumnMapping.objects.get(heading="钱").field == "amount"
    assert AuditEvent.objects.filter(
        action="upload.confirm_mapping", actor_id=cast.qian.pk
    ).exists()
    again = hand_in(cast)
    assert again.state == UploadState.CHECKED
    assert again.rows.get().name == "吕建国"


def test_what_was_confirmed_wins_over_our_own_table(cast: Cast) -> None:
    ColumnMapping.objects.create(programme=cast.programme, heading="电话", field="phone2")
    ColumnMapping.objects.create(programme=cast.programme, heading="备注", field="phone")
    columns = {column["heading"]: column["field"] for column in hand_in(cast).layout["columns"]}
    assert (columns["电话"], columns["备注"]) == ("phone2", "phone")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"0": ""}, "客户号和证件号码至少要有一列"),
        ({"1": ""}, "缺少必需的列：姓名"),
        ({"9": "phone"}, "有多列都对应“手机号”"),
        ({"9": "amount_wan"}, "有多列都对应"),
        ({"9": "nonsense"}, "不存在的字段"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(change: Any, words: str, cast: Cast) -> None:
    upload = hand_in(cast)
    with pytest.raises(MappingRefused) as caught:
        confirm_mapping(upload=upload, mapping={**RIGHT, **change}, by=cast.qian)
    assert words in str(caught.value)
    upload.refresh_from_db()
    assert upload.state == UploadState.MAPPING
    assert not ColumnMapping.objects.exists()


def test_only_once(cast: Cast) -> None:
    upload = hand_in(cast)
    confirm_mapping(upload=upload, mapping=RIGHT, by=cast.qian)
    with pytest.raises(NotPossibleNow):
        confirm_mapping(upload=upload, mapping=RIGHT, by=cast.qian)


def test_two_columns_for_one_field_stop_the_file(cast: Cast) -> None:
    header = "客户号,姓名,手机号,联系电话,居住地址,管户机构号,产品代码,额度,生效日期,失效日期"
    row = "K1,吕建国,16900000001,16900000002,稻田镇,H37078301,JSD,500000,2026-01-01,2099-12-31"
    assert hand_in(cast, f"{header}\n{row}\n").state == UploadState.MAPPING


def test_small_amounts_without_a_unit_stop_the_file(cast: Cast) -> None:
    header = "客户号,姓名,手机号,居住地址,管户机构号,产品代码,额度,生效日期,失效日期"
    row = "K1,吕建国,16900000001,稻田镇,H37078301,JSD,50,2026-01-01,2099-12-31"
    upload = hand_in(cast, f"{header}\n{row}\n")
    assert (upload.state, upload.layout["unsure"]) == (UploadState.MAPPING, ["unit"])
    fields = {str(column["index"]): column["field"] for column in upload.layout["columns"]}
    confirm_mapping(upload=upload, mapping={**fields, "6": "amount_wan"}, by=cast.qian)
    work()
    upload.refresh_from_db()
    assert upload.rows.get().amount == 500_000
