"""The sentence for each code: what is wrong and what to do, as a list clerk reads it.

The only place that words them. Parameters hold figures, never personal data.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# code → (short name for a filter, sentence)
ROW_PROBLEMS: dict[str, tuple[str | Promise, str | Promise]] = {
    "row_unreadable": (
        _("整行无法读取"),
        _("这一行的引号不配对，无法读取。请检查原文件这一行的引号。"),
    ),
    "columns_too_many": (
        _("列数过多"),
        _("这一行比表头多出 %(count)s 列，内容可能错位。请检查是否有未加引号的分隔符。"),
    ),
    "columns_missing": (
        _("列数不足"),
        _("这一行比表头少 %(count)s 列，可能被截断。请补全后重新上传。"),
    ),
    "cell_error": (_("公式错误"), _("这一格是公式错误（如 #N/A），没有内容。请改成实际的值。")),
    "customer_unknown": (
        _("无法识别客户"),
        _("客户号和证件号码都没有填，无法确定是哪位客户。请至少填写一项。"),
    ),
    "customer_no_digits_lost": (
        _("客户号丢失位数"),
        _("客户号变成了科学计数（如 4.11E+17），后面的数字已经丢失。请把该列设为文本后重新导出。"),
    ),
    "id_digits_lost": (
        _("证件号码丢失位数"),
        _("证件号码被表格软件改成了数字，末尾几位已经丢失。请把该列设为文本后重新导出。"),
    ),
    "id_check_digit": (
        _("证件号码校验位不符"),
        _("证件号码最后一位校验不通过，可能有数字写错。请核对。"),
    ),
    "id_bad_date": (_("证件号码日期不对"), _("证件号码中的出生日期不存在或不合理。请核对。")),
    "id_malformed": (
        _("证件号码格式不对"),
        _("证件号码不是 18 位（或 15 位）身份证号。请核对证件号码和证件类型。"),
    ),
    "id_unknown_area": (_("证件号码地区不明"), _("证件号码前六位不是已知的地区代码，请留意核对。")),
    "identity_conflict": (
        _("身份冲突"),
        _("客户号和证件号码对不上：与系统中已有的客户不一致。请核实后重新提供。"),
    ),
    "identity_ambiguous": (_("身份不明确"), _("这个证件号码在系统中对应多位客户。请补上客户号。")),
    "identity_conflict_in_file": (
        _("文件内身份冲突"),
        _("文件里同一个客户号对应了不同的证件号码，或同一个证件号码对应了不同的客户号。请核实。"),
    ),
    "identity_conflict_rows": (
        _("文件内身份冲突"),
        _("客户号和证件号码在文件里自相矛盾（另见第 %(rows)s 行）。请核实后重新提供。"),
    ),
    "duplicate_in_file": (
        _("重复行"),
        _("与第 %(row)s 行是同一客户、同一产品，内容相同，只保留前一行。"),
    ),
    "duplicate_differs": (
        _("重复且内容不同"),
        _("与第 %(row)s 行是同一客户、同一产品，但内容不同，只采用前一行。请核实以哪一行为准。"),
    ),
    "customer_erased": (
        _("客户已要求删除资料"),
        _("这位客户已要求删除个人资料，不再进入任何名单。这一行没有采用，不用处理。"),
    ),
    "customer_twice": (_("重复行"), _("同一客户、同一产品在文件里出现了不止一次，只采用第一次。")),
    "list_kind_conflict": (
        _("名单类型不符"),
        _("这一行的名单类型与上传时选择的方式不一致。请把调入和调出的客户分成两个文件。"),
    ),
    "name_missing": (_("姓名缺失"), _("没有填姓名。请补上。")),
    "name_invalid": (_("姓名不对"), _("这里不像姓名。请核对。")),
    "name_damaged": (
        _("姓名有乱码"),
        _("姓名里有问号，可能是生僻字在导出时丢失。请用 GB18030 或 UTF-8 编码重新导出。"),
    ),
    "phone_missing": (_("手机号缺失"), _("没有填手机号，只能上门联系。")),
    "phone_invalid": (_("手机号不对"), _("手机号不是 11 位手机号码。请核对。")),
    "phone_digits_lost": (
        _("手机号丢失位数"),
        _("手机号变成了科学计数，数字已经丢失。请把该列设为文本后重新导出。"),
    ),
    "phone2_invalid": (_("备用电话不对"), _("备用电话不是有效的号码，没有采用。")),
    "phone_shared": (
        _("多人共用手机号"),
        _("本文件里有 %(count)s 位客户用同一个手机号，联系时请先确认是哪一位。"),
    ),
    "address_missing": (_("地址缺失"), _("地址和区划代码都没有填，无法在地图上定位。")),
    "division_invalid": (_("区划代码不对"), _("区划代码应为 6、9 或 12 位数字，没有采用。")),
    "branch_missing": (_("管户机构号缺失"), _("没有填管户机构号。请补上。")),
    "branch_unknown": (_("机构号不存在"), _("系统里没有这个机构号。请核对，或先维护机构。")),
    "branch_out_of_scope": (
        _("机构不在名单范围"),
        _("这个机构不在本次上传选择的名单范围内。请核对机构号或重新选择范围。"),
    ),
    "manager_unknown": (
        _("客户经理工号不存在"),
        _("没有这个工号的在岗客户经理，生效后按机构分配。"),
    ),
    "manager_elsewhere": (
        _("客户经理不在该机构"),
        _("这位客户经理不属于本行的管户机构，生效后按机构分配。"),
    ),
    "product_missing": (_("产品代码缺失"), _("没有填产品代码。请补上。")),
    "product_unknown": (_("产品代码不存在"), _("名单项目里没有这个产品。请核对产品代码。")),
    "amount_missing": (_("额度缺失"), _("没有填预授信额度。请补上。")),
    "amount_invalid": (_("额度不对"), _("预授信额度不是大于零的金额。请核对。")),
    "amount_too_large": (_("额度过大"), _("预授信额度超过 1 亿元，请核对单位是元还是万元。")),
    "amount_small": (_("额度过小"), _("预授信额度只有 %(amount)s 元，请核对单位是不是万元。")),
    "date_missing": (_("日期缺失"), _("没有填日期。请补上。")),
    "date_invalid": (_("日期不对"), _("这里不是有效的日期。请写成 2026-12-31 的样子。")),
    "dates_reversed": (_("日期先后颠倒"), _("失效日期早于生效日期。请核对。")),
    "expired": (_("已过期"), _("失效日期 %(date)s 已经过去。请核对。")),
    "score_invalid": (_("评分不对"), _("响应评分不是有效的数字，没有采用。")),
    "flag_unclear_yes": (
        _("标志不明确"),
        _("看不出这里是“是”还是“否”，为稳妥按“是”处理。请写“是”或“否”。"),
    ),
    "flag_unclear_no": (
        _("标志不明确"),
        _("看不出这里是“是”还是“否”，按“否”处理。请写“是”或“否”。"),
    ),
}

FILE_PROBLEMS: dict[str, str | Promise] = {
    "empty": _("文件里没有内容。请检查后重新导出。"),
    "no_rows": _("文件只有表头，没有客户。请检查后重新导出。"),
    "no_header": _("没有找到表头。请确认文件前 30 行里有“客户号、姓名、手机号”这样的列名。"),
    "encoding": _(
        "第 %(line)s 行附近的文字编码无法识别。请另存为 UTF-8 或 GB18030 编码的 CSV，或 .xlsx。"
    ),
    "nul": _("第 %(line)s 行有空字符，这不是正常的文本文件。请重新导出为 CSV 或 .xlsx。"),
    "quote": _("第 %(line)s 行的引号没有配对，后面的内容无法分行。请检查这一行的引号后重新导出。"),
    "cell_too_long": _("第 %(row)s 行有一格超过 32,767 个字，不是正常的名单。请检查后重新导出。"),
    "too_many_rows": _("文件超过 %(limit)s 行。请按机构拆成几个文件，或改用 CSV。"),
    "too_large": _("文件超过 %(limit)s MB。请按机构拆成几个文件。"),
    "old_excel": _("这是旧版 Excel（.xls）文件。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"),
    "password": _("文件设了密码，无法读取。请去掉密码后再上传。"),
    "other_spreadsheet": _("这种表格格式不支持。请另存为 .xlsx 后再上传。"),
    "web_page": _(
        "这个文件其实是网页或 XML，不是表格。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
    ),
    "archive": _("这是压缩包，不是表格。请先解压，再上传里面的表格。"),
    "not_a_table": _("这个文件不是表格。请上传 CSV 或 .xlsx 文件。"),
    "damaged": _("表格文件已损坏，无法打开。请用 Excel 或 WPS 打开另存一份后再上传。"),
    "bomb": _(
        "这个表格的内部结构异常（展开后过大），为安全起见拒绝读取。请用 Excel 或 WPS 另存一份后再上传。"
    ),
    "too_much_memory": _("文件内容过大，读取时超出内存限制。请拆成几个文件，或改用 CSV。"),
    "too_slow": _("读取文件用时过长，已停止。请拆成几个文件，或改用 CSV。"),
    "reader_died": _("读取文件时程序异常退出，文件可能已损坏。请另存一份后再上传，或改用 CSV。"),
    "file_gone": _("原文件已删除，无法再次读取。请重新上传。"),
    "file_sealed": _("保存的文件无法解密，可能已被改动。请重新上传。"),
}


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """What is wrong with a row, in one sentence."""
    words = ROW_PROBLEMS.get(code)
    return str(words[1]) % params if words else code


def title(code: str) -> str:
    """The kind of problem in a few words, to choose from."""
    words = ROW_PROBLEMS.get(code)
    return str(words[0]) if words else code


def file_sentence(code: str, params: Mapping[str, Any]) -> str:
    """Why the whole file cannot be used, and what to do."""
    return str(FILE_PROBLEMS[code]) % params
