"""What a list clerk fills in to hand a file of headquarters in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from outreach.models import FeedKind
from whitelist.forms import FileForm

KIND_HINTS = {
    FeedKind.CONTACTS: _("客户号、渠道、时间、结果，可带意向和流水号。"),
    FeedKind.RESULTS: _("客户号、产品代码、结果（申请、授信、支用、拒绝）、日期，可带金额、渠道、拒绝原因和流水号。"),
    FeedKind.REFUSALS: _("客户号，可带日期和原因。导入后任何人都不能再联系这些客户。"),
}  # fmt: skip


class FeedForm(FileForm):
    """A file, and what it tells of."""

    kind = forms.ChoiceField(
        choices=FeedKind.choices,
        error_messages={
            "required": _("请选择文件的内容。"),
            "invalid_choice": _("请选择文件的内容。"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].error_messages["required"] = str(_("请选择文件。"))
