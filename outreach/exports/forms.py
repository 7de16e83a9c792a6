"""What is asked of whoever wants a file, and of whoever decides."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.exports.columns import ALWAYS, CLEARABLE, COLUMNS, USUAL
from outreach.models import ExportPurpose
from trust.masking import tells_a_number

WORDS_MOST = 120


def _without_numbers(text: str) -> str:
    if tells_a_number(text):
        raise forms.ValidationError(_("请不要写电话、证件号码或账号。"))
    return text


class ExportForm(forms.Form):
    """Which columns, which of them in clear, and what for."""

    columns = forms.MultipleChoiceField(
        choices=[(each.key, each.label) for each in COLUMNS if each.key not in ALWAYS],
        required=False,
        initial=[key for key in USUAL if key not in ALWAYS],
    )
    clear = forms.MultipleChoiceField(
        choices=[(each.key, each.label) for each in COLUMNS if each.key in CLEARABLE],
        required=False,
    )
    purpose = forms.ChoiceField(
        choices=ExportPurpose.choices,
        error_messages={"required": gettext_lazy("请选择用途。")},
    )
    words = forms.CharField(
        max_length=WORDS_MOST,
        error_messages={
            "required": gettext_lazy("请写明谁用、用在哪里、用到什么时候。"),
            "max_length": gettext_lazy("说明请不要超过 120 个字。"),
        },
    )
    shown = forms.CharField(max_length=64)

    def clean_words(self) -> str:
        return _without_numbers(self.cleaned_data["words"])


class ReasonForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        max_length=WORDS_MOST,
        error_messages={
            "required": gettext_lazy("请写明不同意的原因。"),
            "max_length": gettext_lazy("原因请不要超过 120 个字。"),
        },
    )

    def clean_reason(self) -> str:
        return _without_numbers(self.cleaned_data["reason"])
