"""Columns: what a list file may contain, and how its headings are recognised."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from whitelist.models import Mode


@dataclass(frozen=True)
class Field:
    """Something a column can stand for. Headings are compared as `key_of` leaves them."""

    name: str
    label: str | Promise
    headings: str  # separated by blanks


FIELDS = {
    field.name: field
    for field in (
        Field(
            "customer_no",
            _("客户号"),
            "客户号 客户编号 客户号ecif ecif号 ecif ecif客户号 核心客户号 客户代码 客户id custno cust_no customer_no custid cust_id",
        ),
        Field(
            "name",
            _("姓名"),
            "姓名 客户姓名 客户名称 名称 客户名 户名 借款人 借款人姓名 name cust_name custname",
        ),
        Field(
            "id_type",
            _("证件类型"),
            "证件类型 证件种类 证件类别 证件类型代码 id_type idtype cert_type",
        ),
        Field(
            "id_number",
            _("证件号码"),
            "证件号码 证件号 身份证号 身份证号码 身份证 公民身份号码 证照号码 id_no id_number idno cert_no certno",
        ),
        Field(
            "phone",
            _("手机号"),
            "手机号 手机号码 手机 联系电话 联系方式 移动电话 电话 电话号码 本人手机号 mobile phone tel mobile_no",
        ),
        Field(
            "phone2",
            _("备用电话"),
            "备用电话 备用手机 备用手机号 备用联系电话 其他电话 其它电话 第二联系电话 家庭电话 固定电话 联系电话2 手机号2 电话2 phone2 mobile2",
        ),
        Field(
            "registered_address",
            _("户籍地址"),
            "户籍地址 户籍 户籍所在地 户口地址 户口所在地 身份证地址 证件地址 reg_address",
        ),
        Field(
            "home_address",
            _("居住地址"),
            "居住地址 居住 现住址 住址 家庭住址 家庭地址 现居住地址 常住地址 联系地址 通讯地址 地址 客户地址 详细地址 home_address address",
        ),
        Field(
            "business_address",
            _("经营地址"),
            "经营地址 经营 经营场所 经营场所地址 生产经营地址 经营地 种植地址 养殖地址 单位地址 biz_address business_address",
        ),
        Field(
            "division_code",
            _("区划代码"),
            "区划代码 行政区划代码 行政区划 统计区划代码 区划 区划编码 地区代码 行政区划码 division_code area_code",
        ),
        Field(
            "branch_code",
            _("管户机构号"),
            "管户机构号 管户机构 机构号 机构代码 机构编号 管户行 管户行号 网点号 网点机构号 网点代码 所属机构 所属机构号 经办机构号 开户机构号 branch_code org_no orgno branch_no org_code",
        ),
        Field(
            "manager_no",
            _("客户经理工号"),
            "客户经理工号 客户经理 经理工号 管户经理 管户经理工号 管户客户经理 管户客户经理工号 客户经理号 客户经理编号 工号 manager_no mgr_no",
        ),
        Field(
            "product_code",
            _("产品代码"),
            "产品代码 产品 产品编号 产品号 产品编码 产品名称 贷款产品 product_code prod_code product",
        ),
        Field(
            "amount",
            _("预授信额度（元）"),
            "预授信额度 预审批额度 授信额度 预授信金额 预审批金额 额度 授信金额 金额 建议额度 可用额度 预授信 amount limit credit_limit",
        ),
        Field("amount_wan", _("预授信额度（万元）"), ""),
        Field(
            "valid_from",
            _("生效日期"),
            "生效日期 生效日 额度生效日期 额度生效日 起始日期 起始日 开始日期 有效期起 有效期自 名单生效日期 valid_from start_date eff_date",
        ),
        Field(
            "valid_to",
            _("失效日期"),
            "失效日期 失效日 额度失效日期 额度失效日 到期日期 到期日 额度到期日 截止日期 截止日 结束日期 有效期止 有效期至 有效期 名单失效日期 valid_to end_date exp_date",
        ),
        Field(
            "segment", _("客群"), "客群 客群分类 客群名称 客户群 客户群体 客群标签 客户类别 segment"
        ),
        Field(
            "is_merchant",
            _("收单标识"),
            "收单标识 收单标志 是否收单 收单客户 是否收单客户 收单 收单商户 merchant_flag",
        ),
        Field(
            "score",
            _("响应评分"),
            "响应评分 响应分 响应得分 响应概率 营销响应评分 响应度 响应程度 评分 score",
        ),
        Field(
            "hq_contact_state",
            _("总行触达状态"),
            "总行触达状态 总行触达 总行营销状态 触达状态 总行联系状态 hq_contact_state",
        ),
        Field(
            "do_not_contact",
            _("免打扰标志"),
            "免打扰标志 免打扰标识 免打扰 是否免打扰 免打扰标记 拒绝营销 拒绝营销标志 dnd dnd_flag do_not_contact",
        ),
        Field(
            "list_kind", _("名单类型"), "名单类型 名单种类 名单类别 名单操作 调入调出标志 list_type"
        ),
        Field(
            "batch_no",
            _("批次号"),
            "批次号 批次 名单批次 名单批次号 批次编号 batch_no batchno batch",
        ),
    )
}
_BY_HEADING = {
    heading: field.name for field in FIELDS.values() for heading in field.headings.split()
}
# One meaning, two units.
_SAME_MEANING = {"amount_wan": "amount"}
_UNIT = re.compile(
    r"[(\[](?:单位[:：]?)?(万元?|千元?|元|rmb|人民币元?)[)\]]|[-_/:](万元|元)$|(万元)$"
)
_BRACKETS = re.compile(r"[(\[【][^)\]】]*[)\]】]")


def key_of(heading: str) -> str:
    """A heading as headings are compared: half-width, lower-case, without blanks and stars."""
    text = unicodedata.normalize("NFKC", heading).lower()
    return re.sub(r"[\s*#:：'\"　​﻿]+", "", text)


def field_of(heading: str) -> str:
    """The field a heading names by the table above, or ``""``."""
    bare, unit = without_unit(heading)
    name = _BY_HEADING.get(key_of(heading)) or _BY_HEADING.get(bare, "")
    if name == "amount" and unit:
        if unit.startswith("千"):
            return ""
        return "amount_wan" if unit.startswith("万") else "amount"
    return name


def without_unit(heading: str) -> tuple[str, str]:
    """A heading as headings are compared, without brackets; and the unit it names, or ``""``."""
    key = key_of(heading)
    unit = _UNIT.search(key)
    if not unit:
        return _BRACKETS.sub("", key), ""
    return _BRACKETS.sub("", _UNIT.sub("", key)), next(part for part in unit.groups() if part)


def says_unit(heading: str) -> bool:
    """Whether the heading of an amount says in which unit it is."""
    return bool(_UNIT.search(key_of(heading)))


def recognise(headings: Sequence[str], remembered: Mapping[str, str]) -> dict[int, str]:
    """Field by column index. What a clerk once confirmed for this programme wins.

    `remembered` has headings as `key_of` leaves them.
    """
    found = {}
    for index, heading in enumerate(headings):
        key = key_of(heading)
        if not key:
            continue
        name = remembered[key] if key in remembered else field_of(heading)
        if name in FIELDS:
            found[index] = name
    return found


@dataclass(frozen=True)
class MappingProblem:
    """Why a mapping cannot be used yet: a code and the fields concerned."""

    code: str
    fields: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """For the clerk who has to mend it."""
        labels = str(_("、")).join(
            str(FIELDS[name].label) for name in self.fields if name in FIELDS
        )
        if self.code == "missing":
            return str(_("缺少必需的列：%(labels)s。请指定文件中的哪一列是它。")) % {
                "labels": labels
            }
        if self.code == "missing_identity":
            return str(_("客户号和证件号码至少要有一列。"))
        if self.code == "unit":
            return str(_("额度列没有写单位，数值又很小，请确认是元还是万元。"))
        if self.code == "unknown":
            return str(_("有的列指定了不存在的字段，请重新选择。"))
        return str(_("有多列都对应“%(labels)s”，请只保留一列。")) % {"labels": labels}


def problems_of(mapping: Iterable[str], *, mode: str, one_product: bool) -> list[MappingProblem]:
    """What is missing or claimed twice. `one_product`: the programme has exactly one."""
    names = [_SAME_MEANING.get(name, name) for name in mapping]
    problems = [
        MappingProblem("twice", (name,)) for name in sorted(set(names)) if names.count(name) > 1
    ]
    if not {"customer_no", "id_number"} & set(names):
        problems.append(MappingProblem("missing_identity", ("customer_no", "id_number")))
    if mode != Mode.WITHDRAW:
        needed = ["name", "branch_code", "amount", "valid_from", "valid_to"]
        needed += [] if one_product else ["product_code"]
        missing = tuple(name for name in needed if name not in names)
        problems += [MappingProblem("missing", missing)] if missing else []
    return problems
