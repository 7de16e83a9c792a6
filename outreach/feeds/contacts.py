"""总行触达: what headquarters' own channels did, and what the customer said.

Only a call in which the customer themselves answered is a contact; a message,
a window in the mobile bank and any other call are attempts. All count towards
the caps of `outreach.gates`, as a colleague's own would. What is told is over:
it has its outcome, so it never stands in a colleague's way as a call under way.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from django.utils.translation import gettext_lazy as _

from outreach.feeds.applying import Applied, Leads
from outreach.feeds.checking import Row, Told
from outreach.feeds.columns import Column
from outreach.feeds.refusals import Refused, open_refusals
from outreach.models import (
    CallState,
    Channel,
    ContactLog,
    Feed,
    Intention,
    Outcome,
    PersonReached,
    RefusalSource,
)

SOURCE = "feed"
NAMESPACE = uuid5(NAMESPACE_OID, "headquarters' contacts")
COLUMNS = (
    Column("serial", _("流水号"), "流水号 触达流水号 任务流水号 记录编号 外呼流水号 消息id serial_no serialno", required=False),
    Column("customer_no", _("客户号"), "客户号 客户编号 客户号ecif ecif号 ecif ecif客户号 客户代码 custno cust_no customer_no"),
    Column("channel", _("渠道"), "渠道 触达渠道 营销渠道 触达方式 联系方式 channel"),
    Column("at", _("时间"), "时间 触达时间 联系时间 外呼时间 呼叫时间 发送时间 开始时间 通话时间 日期时间 触达日期 日期 contact_time time"),
    Column("result", _("结果"), "结果 触达结果 联系结果 外呼结果 呼叫结果 通话结果 发送结果 状态 触达状态 result status"),
    Column("intention", _("意向"), "意向 客户意向 意向等级 意向级别 意向度 意向程度 营销意向 intention", required=False),
)  # fmt: skip
CHANNELS = {
    word: channel
    for channel, words in {
        Channel.HQ_SMS: "短信 总行短信 营销短信 SMS",
        Channel.HQ_POPUP: "弹窗 手机银行弹窗 掌银弹窗 弹窗提醒 POPUP",
        Channel.HQ_AI_CALL: "智能外呼 AI外呼 机器人外呼 智能语音外呼 智能语音 AI",
        Channel.HQ_CALL: "人工外呼 坐席外呼 座席外呼 人工坐席 人工座席 电话外呼 客服外呼",
    }.items()
    for word in words.split()
}
# What a result means: state of the call, who answered, what they said.
Result = tuple[str, str, str]
REFUSALS = "拒绝营销 退订 回复退订 免打扰 拒绝打扰 不再联系 要求不再联系 客户拒绝营销"
MESSAGE_RESULTS: dict[str, Result] = {
    **dict.fromkeys("已送达 送达 送达成功 已发送 发送成功 成功 已展示 已弹出 已读 已点击 已查看".split(), ("", "", "")),
    **dict.fromkeys("未送达 送达失败 发送失败 失败 未展示 未读".split(), ("", "", "")),
    **dict.fromkeys(REFUSALS.split(), ("", "", Outcome.REFUSED)),
}  # fmt: skip
CALL_RESULTS: dict[str, Result] = {
    **dict.fromkeys("已接通本人 接通本人 本人接听 已接通(本人) 已接通-本人".split(), (CallState.CONNECTED, PersonReached.SELF, "")),
    **dict.fromkeys("家人接听 已接通家人 已接通(家人) 已接通-家人".split(), (CallState.CONNECTED, PersonReached.FAMILY, "")),
    **dict.fromkeys("非本人 非本人接听 已接通非本人 已接通(非本人) 已接通-非本人".split(), (CallState.CONNECTED, PersonReached.WRONG_PERSON, "")),
    **dict.fromkeys("已故 客户已故".split(), (CallState.CONNECTED, PersonReached.DECEASED, "")),
    **dict.fromkeys("已接通 接通 已接听 转人工 已转人工".split(), (CallState.CONNECTED, "", "")),
    **dict.fromkeys("无人接听 未接听 未接 未接通 无应答".split(), (CallState.NO_ANSWER, "", "")),
    **dict.fromkeys("占线 忙线 用户忙 通话中".split(), (CallState.BUSY, "", "")),
    **dict.fromkeys("拒接 挂断 拒绝接听".split(), (CallState.DECLINED, "", "")),
    **dict.fromkeys("关机 已关机".split(), (CallState.OFF, "", "")),
    **dict.fromkeys("停机 已停机".split(), (CallState.SUSPENDED, "", "")),
    **dict.fromkeys("空号 号码不存在".split(), (CallState.NO_SUCH_NUMBER, "", "")),
    **dict.fromkeys("无法接通 不在服务区".split(), (CallState.UNREACHABLE, "", "")),
    **dict.fromkeys(REFUSALS.split(), (CallState.CONNECTED, "", Outcome.REFUSED)),
}  # fmt: skip
INTENTIONS = {
    word: intention
    for intention, words in {
        Intention.HIGH: "高 意向高 高意向 A A类 A级 强",
        Intention.MEDIUM: "中 意向中 中意向 B B类 B级 一般",
        Intention.LOW: "低 意向低 低意向 C C类 C级 弱",
        Intention.NONE: "无 无意向 D D类 D级",
    }.items()
    for word in words.split()
}
BY_CALL = (Channel.HQ_AI_CALL, Channel.HQ_CALL)


@dataclass(frozen=True)
class Contact:
    """What one row says; the same again is the same contact told again."""

    channel: str
    started_at: datetime
    call_state: str
    person: str
    outcome: str
    intention: str

    @property
    def is_contact(self) -> bool:
        return self.person == PersonReached.SELF


def read(row: Row) -> Told | None:
    """The contact a row tells of; None when it has problems."""
    serial, customer_no = row.number("serial"), row.customer_no()
    channel = row.word("channel", CHANNELS, unknown="channel_unknown")
    at = row.moment("at")
    results = CALL_RESULTS if channel in BY_CALL else MESSAGE_RESULTS
    result = row.word("result", results, unknown="result_unknown") if channel else None
    intention = _intention(row, result)
    if row.problems or at is None or result is None:
        return None
    state, person, outcome = map(str, result)
    contact = Contact(str(channel), at, state, person, outcome, intention)
    return Told(row.row_no, customer_no, key_of(serial, customer_no, channel, at), contact)


def key_of(serial: str, customer_no: str, channel: str, at: datetime) -> UUID:
    """The sender's own number, else who, how and when: told again, it is the same log."""
    told = ("serial", serial) if serial else (customer_no, channel, str(int(at.timestamp())))
    return uuid5(NAMESPACE, "\0".join(told))


def _intention(row: Row, result: Result | None) -> str:
    """高/中/低/无 or A/B/C. A call that nobody answered found out nothing."""
    written = row.raw("intention").upper()
    if not written or written in {"-", "—", "/"}:
        return ""
    if written not in INTENTIONS:
        row.say("intention_unknown", "intention")
        return ""
    found = INTENTIONS[written]
    if result and result[0] not in ("", CallState.CONNECTED):
        if found != Intention.NONE:
            row.say("intention_unanswered", "intention")
        return ""
    return str(found)


def apply(feed: Feed, told: Sequence[Told], leads: Leads) -> Applied:
    """Store the contacts nobody told of before; open the refusals among them."""
    done = Applied()
    logs = ContactLog.objects.unscoped("told of before, by their own keys")
    names = ("lead_id", *Contact.__dataclass_fields__)
    rows = logs.filter(uuid__in=[each.key for each in told]).values_list("uuid", *names)
    stored = {uuid: tuple(content) for uuid, *content in rows}
    fresh: list[ContactLog] = []
    for each in told:
        lead = leads[each.customer_no]
        content = (lead.pk, *astuple(each.content))
        if each.key not in stored:
            stored[each.key] = content
            fresh.append(_log(feed, each, lead.pk))
        elif stored[each.key] == content:
            done.known += 1
        else:
            done.refuse(each, "other_content")
    ContactLog.objects.bulk_create(fresh)
    done.added = len(fresh)
    done.leads = {log.lead_id for log in fresh}
    customers = {lead.pk: lead.customer_id for lead in leads.values()}
    open_refusals(feed, _refused(fresh, customers))
    return done


def _log(feed: Feed, told: Told, lead_id: int) -> ContactLog:
    contact: Contact = told.content
    return ContactLog(
        uuid=told.key,
        lead_id=lead_id,
        logged_at=feed.received_at,
        is_contact=contact.is_contact,
        source=SOURCE,
        **vars(contact),
    )


def _refused(logs: Sequence[ContactLog], customers: dict[int, int]) -> dict[int, Refused]:
    """Who asked not to be contacted, by customer; who has died is closed the same way."""
    found = {}
    for log in sorted(logs, key=lambda each: each.started_at, reverse=True):  # the first counts
        if log.person == PersonReached.DECEASED:
            found[customers[log.lead_id]] = Refused(log.started_at, RefusalSource.DECEASED, log)
        elif log.outcome == Outcome.REFUSED:
            found[customers[log.lead_id]] = Refused(log.started_at, RefusalSource.HQ, log)
    return found
