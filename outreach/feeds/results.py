"""业务结果: what the loan system made of an offer. Only these confirm a stage (核实).

A result belongs to a customer and a product. Where several programmes offer
that product, it is counted on the offer in force, the one that runs longest;
with none in force, on the last that was. Where it was counted once, it stays.
Who left the list is no matter: business in process goes on.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from outreach.feeds.applying import Applied, Leads
from outreach.feeds.checking import Row, Told
from outreach.feeds.columns import Column
from outreach.models import Feed
from outreach.standing import loan_step_of
from whitelist.imports.values.text import compact
from whitelist.models import LoanResult, LoanStep, Offer

COLUMNS = (
    Column("serial", _("流水号"), "流水号 业务流水号 申请流水号 交易流水号 借据号 申请编号 业务编号 serial_no serialno", required=False),
    Column("customer_no", _("客户号"), "客户号 客户编号 客户号ecif ecif号 ecif ecif客户号 客户代码 custno cust_no customer_no"),
    Column("product", _("产品代码"), "产品代码 产品 产品编号 产品号 产品编码 产品名称 贷款产品 product_code product"),
    Column("step", _("结果"), "结果 业务结果 业务状态 办理结果 审批结果 状态 环节 业务环节 result status"),
    Column("on", _("日期"), "日期 业务日期 办理日期 发生日期 结果日期 时间 业务时间 date"),
    Column("amount", _("金额"), "金额 业务金额 发生金额 授信金额 支用金额 放款金额 申请金额 授信额度 额度 amount", required=False),
    Column("channel", _("渠道"), "渠道 申请渠道 办理渠道 业务渠道 channel", required=False),
    Column("reason", _("拒绝原因"), "拒绝原因 原因 拒贷原因 未通过原因 reason", required=False),
)  # fmt: skip
STEPS = {
    word: step
    for step, words in {
        LoanStep.APPLIED: "申请 已申请 提交申请 进件 已进件 APPLIED",
        LoanStep.APPROVED: "授信 已授信 授信通过 审批通过 通过 批准 已批准 APPROVED",
        LoanStep.DRAWN: "支用 已支用 用信 已用信 放款 已放款 提款 DRAWN",
        LoanStep.REFUSED: "拒绝 已拒绝 审批拒绝 授信拒绝 拒贷 未通过 审批未通过 审批不通过 不通过 REFUSED",
    }.items()
    for word in words.split()
}
NO_AMOUNT = (LoanStep.APPLIED, LoanStep.REFUSED)  # systems write 0 where there is none
NAUGHT = {"0", "0.0", "0.00", "0元", "0万元"}
MAX_CHANNEL, MAX_REASON = 40, 200


@dataclass(frozen=True)
class Happened:
    """What one row says; the same again is the same result told again."""

    product_id: int
    step: str
    on: date
    amount: int | None
    channel: str
    reason: str


def read(row: Row) -> Told | None:
    """The result a row tells of; None when it has problems."""
    serial, customer_no = row.number("serial"), row.customer_no()
    product = row.word("product", row.reading.products, unknown="product_unknown")
    step = row.word("step", STEPS, unknown="step_unknown")
    on = row.day("on")
    is_naught = step in NO_AMOUNT and compact(row.raw("amount")) in NAUGHT
    amount = None if is_naught else row.amount("amount")
    channel, reason = row.text("channel")[:MAX_CHANNEL], row.text("reason")[:MAX_REASON]
    if row.problems or on is None:
        return None
    key = key_of(serial, customer_no, product, step, on)
    happened = Happened(product, str(step), on, amount, channel, reason)
    return Told(row.row_no, customer_no, key, happened)


def key_of(serial: str, customer_no: str, product_id: int, step: str, on: date) -> str:
    """The loan system's own number, else what happened to whom and when."""
    told = ("serial", serial) if serial else (customer_no, str(product_id), step, on.isoformat())
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def apply(feed: Feed, told: Sequence[Told], leads: Leads) -> Applied:
    """Store the results nobody told of before, and say of each offer how far it has come."""
    done = Applied()
    results = LoanResult.objects.unscoped("told of before, by their own keys")
    names = ("offer__customer_id", "offer__product_id", "step", "on", "amount", "channel", "reason")
    rows = results.filter(key__in=[each.key for each in told]).values_list("key", *names)
    stored = {key: tuple(content) for key, *content in rows}
    offers = _offers_of(lead.customer_id for lead in leads.values())
    fresh: list[LoanResult] = []
    for each in told:
        lead = leads[each.customer_no]
        content = (lead.customer_id, *astuple(each.content))
        offer_id = offers.get(content[:2])
        if stored.get(each.key) == content:
            done.known += 1
        elif each.key in stored:
            done.refuse(each, "other_content")
        elif offer_id is None:
            done.refuse(each, "no_offer")
        else:
            stored[each.key] = content
            fresh.append(_result(each, offer_id))
            done.leads.add(lead.pk)
    LoanResult.objects.bulk_create(fresh)
    restate_offers({result.offer_id for result in fresh})
    done.added = len(fresh)
    return done


def _offers_of(customer_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """The offer a result is counted on, by customer and product."""
    offers = Offer.objects.unscoped("of customers found in the file's scope")
    rows = offers.filter(customer__in=set(customer_ids)).order_by("is_in_force", "valid_to", "pk")
    found = rows.values_list("customer_id", "product_id", "pk")  # the last of each counts
    return {(customer_id, product_id): pk for customer_id, product_id, pk in found}


def _result(told: Told, offer_id: int) -> LoanResult:
    happened = {name: value for name, value in vars(told.content).items() if name != "product_id"}
    return LoanResult(key=told.key, offer_id=offer_id, **happened)


def restate_offers(offer_ids: Iterable[int]) -> None:
    """Bring `Offer.loan_step` to what all results of the offer say together."""
    offers = Offer.objects.unscoped("brought to what is on record about them")
    offers = offers.filter(pk__in=set(offer_ids))
    offers.update(loan_step=F("loan_step"))  # takes the lock, changes nothing
    told = defaultdict(list)
    results = LoanResult.objects.unscoped("all that was told of an offer decides")
    for result in results.filter(offer__in=set(offer_ids)).only("offer_id", "step", "on"):
        told[result.offer_id].append(result)
    by_step = defaultdict(list)
    for pk, step in offers.values_list("pk", "loan_step"):
        if (now := loan_step_of(told[pk])) != step:
            by_step[now].append(pk)
    for step, pks in by_step.items():
        offers.filter(pk__in=pks).update(loan_step=step)
