"""The sentence for each code: what is wrong and what to do, as a list clerk reads it."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from whitelist.imports import sentences

# code → (short name for a filter, sentence)
ROW_PROBLEMS: dict[str, tuple[Promise, Promise]] = {
    "row_unreadable": (
        _("整行无法读取"),
        _("这一行的引号不配对，无法读取。请检查原文件这一行的引号。"),
    ),
    "columns_too_many": (
        _("列数过多"),
        _("这一行比表头多出几格，内容可能错位。请检查是否有未加引号的分隔符。"),
    ),
    "columns_missing": (
        _("列数不足"),
        _("这一行比表头少几格，可能被截断。请补全后重新上传。"),
    ),
    "cell_error": (_("公式错误"), _("这一格是公式错误（如 #N/A），没有内容。请改成实际的值。")),
    "missing": (_("没有填"), _("这一格没有填。请补上。")),
    "digits_lost": (
        _("号码丢失位数"),
        _("号码变成了科学计数（如 4.11E+17），后面的数字已经丢失。请把该列设为文本后重新导出。"),
    ),
    "customer_unknown": (
        _("没有这位客户"),
        _("所选机构范围的名单里没有这个客户号。请核对客户号，或由管户的分行上传。"),
    ),
    "other_content": (
        _("与先前不同"),
        _("同一条记录先前已经导入，内容不同。先前的不变；确需更正请联系系统管理员。"),
    ),
    "channel_unknown": (
        _("渠道不认识"),
        _("渠道应为短信、弹窗、智能外呼或人工外呼。请核对。"),
    ),
    "moment_invalid": (_("时间不对"), _("这里不是有效的时间。请写成 2026-12-31 09:30 的样子。")),
    "date_invalid": (_("日期不对"), _("这里不是有效的日期。请写成 2026-12-31 的样子。")),
    "future": (_("时间在将来"), _("这个时间还没有到。请核对。")),
    "too_early": (_("时间太早"), _("早于 2000 年，不是真实的记录。请核对。")),
    "result_unknown": (
        _("结果不认识"),
        _("这个渠道没有这样的结果。短信和弹窗如：已送达、已读；外呼如：已接通本人、无人接听。"),
    ),
    "intention_unknown": (_("意向不认识"), _("意向应为高、中、低、无，或 A、B、C。请核对。")),
    "intention_unanswered": (
        _("未接通却有意向"),
        _("电话没有接通，不会知道客户的意向。请核对这一行的结果。"),
    ),
    "product_unknown": (_("产品代码不存在"), _("系统里没有这个产品。请核对产品代码。")),
    "no_offer": (
        _("没有这个产品的额度"),
        _("名单里这位客户没有这个产品的预审批额度。请核对客户号和产品代码。"),
    ),
    "step_unknown": (_("结果不认识"), _("结果应为申请、授信、支用或拒绝。请核对。")),
    "amount_invalid": (_("金额不对"), _("这里不是大于零的金额。请核对。")),
    "amount_too_large": (_("金额过大"), _("金额超过 1 亿元，请核对单位是元还是万元。")),
}

FILE_PROBLEMS: dict[str, Promise] = {
    "no_rows": _("文件只有表头，没有记录。请检查后重新导出。"),
    "no_header": _("没有找到表头。请确认所选的内容与文件相符，前 30 行里有“客户号”这样的列名。"),
    "columns_missing": _("文件里缺少这些列：%(labels)s。请确认所选的内容与文件相符，补上后重新上传。"),
    "columns_twice": _("有几列都像是“%(labels)s”，分不清用哪一列。请只保留一列后重新上传。"),
}  # fmt: skip


def sentence(code: str) -> str:
    """What is wrong with a row, in one sentence."""
    words = ROW_PROBLEMS.get(code)
    return str(words[1]) if words else code


def title(code: str) -> str:
    """The kind of problem in a few words, to choose from."""
    words = ROW_PROBLEMS.get(code)
    return str(words[0]) if words else code


def file_sentence(code: str, params: Mapping[str, Any]) -> str:
    """Why the whole file cannot be used (any further), and what to do."""
    if code in FILE_PROBLEMS:
        return str(FILE_PROBLEMS[code]) % params
    return sentences.file_sentence(code, params)
