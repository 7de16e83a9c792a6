"""Sentences about a list file: what putting it in force will do."""

from django.utils.translation import gettext as _

from whitelist.models import Mode, UploadState, WhitelistBatch, WhitelistUpload

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


def held_back_of(upload: WhitelistUpload, batch: WhitelistBatch | None) -> str:
    """Why the map shows fewer than 新增: how many of them the control group holds back.

    Empty where it holds back nobody.
    """
    if batch is not None:
        drawn = batch.counts.get("control", 0)
        said = _("其中 %(n)s 户进入对照组，不上地图，也不分配") % {"n": f"{drawn:,}"}
        return said if drawn else ""
    share = upload.programme.control_share
    if not share or not upload.totals.get("new"):
        return ""
    return _("其中约 %(share)d%% 在生效时抽入对照组，不上地图，也不分配") % {"share": share}


def effect_of(upload: WhitelistUpload) -> str:
    """What the button does, in numbers: ``新增 23,114，移出 20,872，额度变更 11,467``."""
    labels = diff_labels()
    keys = ["new", "withdrawn", "amount_changed", "details_changed"]
    if upload.mode == Mode.WITHDRAW:
        keys = ["withdrawn"]
    counted = [(key, int(upload.totals.get(key, 0))) for key in keys]
    parts = [f"{labels[key]} {count:,}" for key, count in counted if count]
    return _("，").join(parts) if parts else _("名单没有变化")
