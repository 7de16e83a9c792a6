"""A file goes in; rows, problems and a diff come out."""

import pytest

pytestmark = pytest.mark.django_db

HEADER = "客户号,姓名,证件类型,证件号码,手机号,居住地址,管户机构号,产品代码,预授信额度(万元),生效日期,失效日期\n"
ROW = "K0001,吕建国,身份证,379901198001010010,16900000001,山东省潍坊市寿光市稻田镇刘庄村3组,H37078301,JSD,50,2026-01-01,2099-12-31\n"


def test_a_plain_file(import_file) -> None:
    upload = import_file((HEADER + ROW).encode())
    assert (upload.state, upload.failure) == ("checked", "")
    assert list(upload.problems.values_list("code", "column", "shown")) == []
    assert upload.totals["accepted"] == 1
    row = upload.rows.get()
    assert (row.name, row.phone, row.amount) == ("吕建国", "16900000001", 500_000)
