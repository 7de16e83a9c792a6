"""What audit events are called on screen."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from outreach.exports.columns import BY_KEY
from outreach.models import Channel, ExportFormat, ExportPurpose
from outreach.models.contact_log import CallState, Outcome, PersonReached

WORDS: dict[str, Promise] = {
    "lead.seen_in_full": _("查看本人客户的姓名和地址"),
    "lead.call": _("一键外呼"),
    "lead.call_not_dialled": _("外呼未拨出"),
    "phone.reveal": _("查看电话号码"),
    "share.create": _("推送网点及产品"),
    "share.withdraw": _("撤回推送"),
    "share.opened": _("客户首次打开推送"),
    "share.clicked": _("客户首次点去申请"),
    "lead.log": _("登记触达结果"),
    "lead.log_corrected": _("更正触达登记"),
    "lead.return": _("退回客户"),
    "lead.claim": _("认领客户"),
    "lead.assign": _("分配客户"),
    "assignment.seen": _("确认新分配的客户"),
    "lead.take_back_visit": _("撤销上门登记"),
    "village.edit": _("维护村档案"),
    "village.helper_call": _("拨打联络员电话"),
    "village.print": _("打印村名单"),
    "lead.assign_undo": _("撤销分配"),
    "lead.take_back": _("收回客户"),
    "lead.take_back_undo": _("撤销收回"),
    "lead.release": _("离岗释放"),
    "target.set": _("设定任务目标"),
    "target.import": _("导入任务目标"),
    "lead.expire": _("预审批额度到期"),
    "lead.correct_position": _("校正客户位置"),
    "lead.locate_by_hand": _("人工标注位置"),
    "location.state": _("写入客户位置"),
    "customer.refused": _("记为拒绝营销"),
    "customer.death_undone": _("撤销已故登记"),
    "customer.phone_fault": _("标记号码问题"),
    "correction.state": _("提出更正"),
    "correction.same": _("提出的更正和在案的一样"),
    "correction.take_back": _("撤回更正"),
    "correction.approve": _("采用更正"),
    "correction.reject": _("不采用更正"),
    "lead.follow_address": _("按更正的地址定位"),
    "customer.reopen": _("解除拒绝营销"),
    "customer.trace": _("查询客户轨迹"),
    "customer.access": _("导出客户本人的资料"),
    "customer.erase": _("删除客户资料"),
    "refusals.export": _("导出拒绝营销名单"),
    "customer.refusal_ended": _("解除拒绝营销"),
    "export.ask": _("申请导出名单"),
    "export.take_back": _("撤回导出申请"),
    "export.agree": _("同意导出名单"),
    "export.refuse": _("不同意导出名单"),
    "export.make": _("生成导出文件"),
    "export.download": _("下载导出文件"),
    "export.download_refused": _("下载导出文件未成"),
    "export.expire": _("导出到期，文件删除"),
    "export.trace": _("追查泄露的名单"),
    "pages.limited": _("翻看客户达到上限"),
    "upload.receive": _("上传名单文件"),
    "upload.confirm_mapping": _("确认列对应关系"),
    "upload.checked": _("名单校验完成"),
    "upload.failed": _("名单无法使用"),
    "upload.retry": _("重新处理名单"),
    "upload.report": _("下载校验报告"),
    "upload.abandon": _("放弃名单"),
    "list.submit": _("提交复核"),
    "list.send_back": _("退回经办"),
    "list.compared_again": _("名单重新比对"),
    "list.approve": _("复核通过"),
    "list.in_force": _("名单生效"),
    "list.undo_asked": _("申请撤销名单"),
    "list.undone": _("撤销名单"),
    "feed.receive": _("上传总行数据"),
    "feed.applied": _("导入总行数据"),
    "feed.retry": _("重新导入总行数据"),
    "feed.report": _("下载总行数据问题清单"),
    "branch.import": _("导入机构"),
    "branch.renumber": _("机构重新编号"),
    "branch.edit": _("维护机构"),
    "staff.import": _("导入员工"),
    "staff.edit": _("维护员工"),
    "script.review": _("审核话术"),
    "script.retire": _("停用话术"),
    "token.issue": _("签发系统令牌"),
    "token.revoke": _("停用系统令牌"),
    "admin.edit": _("后台维护"),
    "api.read": _("系统接口读取客户"),
    "session.login": _("登录"),
    "session.login_by_pin": _("用 PIN 登录"),
    "session.code_asked": _("密码或 PIN 正确，等验证码"),
    "session.pin_given": _("PIN 正确"),
    "session.confirm": _("再次确认是本人"),
    "session.end_others": _("退出自己的其他设备"),
    "session.end_all": _("结束同事的全部登录"),
    "passkey.add": _("添加通行密钥"),
    "passkey.remove": _("移除通行密钥"),
    "session.ended": _("登录到时自动退出"),
    "device.remember": _("记住已登录设备"),
    "device.revoke": _("设备退出登录"),
    "staff.password": _("修改密码"),
    "staff.password_reset": _("重置同事密码"),
    "staff.pin": _("设置 PIN"),
    "factor.begin": _("开始设置手机验证器"),
    "factor.enrol": _("启用手机验证器"),
    "factor.take_off": _("停用手机验证器"),
    "factor.reset": _("重置第二道验证"),
    "factor.codes": _("重新生成恢复码"),
    "factor.recovery_used": _("用恢复码登录"),
    "staff.work_phone": _("修改工作电话"),
    "session.login_failed": _("登录失败"),
    "session.logout": _("退出登录"),
    "keys.rotate": _("更换密钥"),
    "retention.carry_out": _("清除到期资料"),
    "demo.seeded": _("生成演示数据"),
}
NOUNS: dict[str, Promise] = {
    "lead": _("客户"),
    "leads": _("客户数"),
    "customer": _("客户"),
    "upload": _("名单文件"),
    "batch": _("批次"),
    "correction": _("更正"),
    "feed": _("总行数据文件"),
    "branch": _("机构"),
    "staff": _("员工"),
    "operation": _("分配"),
    "script": _("话术"),
    "village": _("行政村"),
    "token": _("系统令牌"),
    "export": _("导出"),
    "table": _("数据表"),
}
RESULTS: dict[str, Promise] = {
    "ok": _("成功"),
    "failed": _("没有通过"),
    "locked": _("输错太多，已锁定"),
    "expired": _("已过期"),
    "wrong_pin": _("PIN 不对"),
    "hour": _("到了一小时的上限"),
    "closed": _("已不能下载"),
    "idle": _("太久没有操作"),
    "hours": _("登录时间已满"),
    "elsewhere": _("在别处被退出"),
    "code": _("没有输验证码"),
    "not_found": _("没有找到"),
    "erased": _("资料已删除"),
}
# What stands beside an event. A key that is not here is told as it is written.
DETAILS: dict[str, Promise] = {
    "rows": _("人数"),
    "purpose": _("用途"),
    "columns": _("包含的列"),
    "clear": _("明文"),
    "leads_digest": _("核对码"),
    "sha256": _("文件 SHA-256"),
    "copy": _("下载编号"),
    "copies": _("查到的下载"),
    "format": _("格式"),
    "pages": _("上限（页）"),
    "reason": _("原因"),
    "count": _("数量"),
    "device": _("设备"),
    "key": _("通行密钥"),
    "leads": _("客户"),
    "customers": _("客户数"),
    "log": _("触达登记"),
    "channel": _("方式"),
    "outcome": _("结果"),
    "number": _("号码"),
    "first": _("第一道"),
    "asked": _("第二道"),
}
VALUES: dict[str, dict[str, str | Promise]] = {
    "purpose": dict(ExportPurpose.choices),
    "format": dict(ExportFormat.choices),
    "channel": dict(Channel.choices),
    "outcome": dict([*CallState.choices, *PersonReached.choices, *Outcome.choices]),
    "columns": {key: column.label for key, column in BY_KEY.items()},
    "clear": {key: column.label for key, column in BY_KEY.items()},
    "number": {"main": _("手机号"), "second": _("备用电话")},
    "first": {"password": _("密码"), "pin": "PIN", "sso": _("统一登录")},
    "asked": {"code": _("验证码"), "passkey": _("通行密钥")},
    "reason": {
        "logout": _("退出登录"),
        "password": _("修改密码"),
        "factor": _("第二道验证有变"),
        "elsewhere": _("在别处被退出"),
    },
}
MOST_LISTED = 5
SHORT_DIGEST = 8  # as 核对码 is shown where the export was asked for


def action_in_words(action: str) -> str:
    """The action as a person calls it; its code when it is new to us."""
    return str(WORDS.get(action, action))


def target_in_words(target: str) -> str:
    """``lead:17`` → 客户 17."""
    noun, _colon, rest = target.partition(":")
    return f"{NOUNS[noun]} {rest}" if noun in NOUNS and rest else target


def targets_of_words(words: str) -> list[str]:
    """客户 17 → the targets that are called so on screen: ``lead:17``, ``customer:17``; else as it is."""
    noun, _space, rest = words.partition(" ")
    return [f"{code}:{rest}" for code, said in NOUNS.items() if rest and said == noun] or [words]


def result_in_words(result: str) -> str:
    return str(RESULTS.get(result, result))


def detail_in_words(key: str, value: object) -> tuple[str, str]:
    """One of the codes and counts beside an event; a list that says nothing in words by its length."""
    said = VALUES.get(key, {})
    if isinstance(value, list):
        return _label(key), _list_in_words(value, said)
    words = said.get(str(value), str(value))
    return _label(key), str(words)[:SHORT_DIGEST] if key == "leads_digest" else str(words)


def _list_in_words(values: list[object], said: dict[str, str | Promise]) -> str:
    if not values:
        return gettext("没有")
    if len(values) > MOST_LISTED and not said:
        return gettext("%(count)s 项") % {"count": len(values)}
    return gettext("、").join(str(said.get(str(each), each)) for each in values)


def _label(key: str) -> str:
    return str(DETAILS.get(key, key))
