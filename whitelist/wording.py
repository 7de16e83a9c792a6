"""Sentences about a list file: what putting it in force will do."""

from django.utils.translation import gettext as _

from whitelist.models import Mode, UploadState, WhitelistUpload

# The five numbers of the diff: key in `totals` and in each branch of `diff`, label.
DIFF_KEYS = ("new", "kept", "amount_changed", "details_changed", "withdrawn")

# The reviewer agreed: from here on a file takes effect, or did.
PASSED = (
    UploadState.SCHEDULED,
    UploadState.APPLYING,
    UploadState.IN_FORCE,
    UploadState.UNDOING,
    UploadState.UNDONE,
)


def diff_labels() -> dict[str, str]:
    """Label of each of the five numbers, in the order they are shown."""
    return {
        "new": _("新增"),
        "kept": _("续留"),
        "amount_changed": _("额度变更"),
        "details_changed": _("资料变更"),
        "withdrawn": _("移出"),
    }


def effect_of(upload: WhitelistUpload) -> str:
    """What the button does, in numbers: ``新增 23,114，移出 20,872，额度变更 11,467``."""
    labels = diff_labels()
    keys = ["new", "withdrawn", "amount_changed", "details_changed"]
    if upload.mode == Mode.WITHDRAW:
        keys = ["withdrawn"]
    counted = [(key, int(upload.totals.get(key, 0))) for key in keys]
    parts = [f"{labels[key]} {count:,}" for key, count in counted if count]
    return _("，").join(parts) if parts else _("名单没有变化")
