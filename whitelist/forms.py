"""What list staff fill in: the upload, and the submission to the reviewer."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.models import Branch, Staff
from whitelist.models import Mode, Programme

EXTENSIONS = (".csv", ".txt", ".tsv", ".xlsx")

MODE_HINTS = {
    Mode.FULL: gettext_lazy("用这份文件替换所选范围内现有的名单；文件里没有的客户会被移出。"),
    Mode.ADD: gettext_lazy("只新增和更新文件里的客户，不移出任何人。"),
    Mode.WITHDRAW: gettext_lazy("把文件里的客户从名单移出，其他客户不变。"),
}


def programmes_for(user: Staff) -> QuerySet[Programme]:
    """Programmes of the user's own subtree, and those a branch above them runs."""
    mine = Q(owner__number__range=user.branch.number_range)
    above = Q(owner__number__lte=user.branch.number, owner__last_number__gte=user.branch.number)
    return Programme.objects.filter(mine | above, is_active=True)


class FileForm(forms.Form):
    """One CSV or XLSX file within the limits."""

    file = forms.FileField(
        error_messages={
            "required": gettext_lazy("请选择名单文件。"),
            "empty": gettext_lazy("这个文件是空的，请检查后重新选择。"),
        },
        max_length=200,
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        extension = PurePath(file.name or "").suffix.lower()
        if extension == ".xls":
            raise ValidationError(_("这是旧版表格（.xls）。请用表格软件另存为 .xlsx 再上传。"))
        if extension not in EXTENSIONS:
            raise ValidationError(_("请上传 CSV 或 XLSX 文件（.csv、.txt、.tsv、.xlsx）。"))
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise ValidationError(
                _("文件超过 %(limit)d MB，请拆成几份，按机构范围分别上传。"),
                params={"limit": settings.UPLOAD_MAX_BYTES // (1024 * 1024)},
            )
        return file


class UploadForm(FileForm):
    """A file and what it is: programme, branch scope within the clerk's own, mode."""

    programme = forms.ModelChoiceField(
        Programme.objects.none(),
        to_field_name="code",
        error_messages={
            "required": gettext_lazy("请选择名单项目。"),
            "invalid_choice": gettext_lazy("请从列表里选择名单项目。"),
        },
    )
    scope = forms.ModelChoiceField(
        Branch.objects.none(),
        to_field_name="code",
        error_messages={
            "required": gettext_lazy("请选择这份名单覆盖的机构。"),
            "invalid_choice": gettext_lazy("请选择您管辖范围内的机构。"),
        },
    )
    mode = forms.ChoiceField(
        choices=Mode.choices,
        error_messages={
            "required": gettext_lazy("请选择方式。"),
            "invalid_choice": gettext_lazy("请选择方式。"),
        },
    )

    def __init__(self, user: Staff, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes_for(user)  # type: ignore[attr-defined]
        self.fields["scope"].queryset = Branch.objects.within(user.branch)  # type: ignore[attr-defined]


class SubmitForm(forms.Form):
    """What the reviewer needs to see: approval, model version, and when it takes effect."""

    approval_no = forms.CharField(
        max_length=60, error_messages={"required": gettext_lazy("请填写审批单号。")}
    )
    model_version = forms.CharField(
        max_length=60, error_messages={"required": gettext_lazy("请填写模型版本。")}
    )
    effective_at = forms.DateTimeField(
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": gettext_lazy("请填写完整的日期和时间，或留空。")},
    )
    confirm_withdrawals = forms.BooleanField(
        required=False, error_messages={"required": gettext_lazy("请核对移出数量后打勾确认。")}
    )
    confirm_unmatched = forms.BooleanField(
        required=False, error_messages={"required": gettext_lazy("请核对这些机构后打勾确认。")}
    )

    def __init__(self, needs: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirm_withdrawals"].required = "withdrawals" in needs
        self.fields["confirm_unmatched"].required = "unmatched" in needs

    def clean_effective_at(self) -> Any:
        moment = self.cleaned_data["effective_at"]
        if moment is not None and moment <= timezone.now():
            raise ValidationError(_("定时生效的时间已经过去，请改为以后的时间，或留空。"))
        return moment
