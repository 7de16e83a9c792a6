"""没人在家: a visit in one tap, and taking it back the same day."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from branches.models import Staff
from outreach.actions.deadlock import again_on_deadlock
from outreach.actions.lead_lock import locked
from outreach.actions.log_outcome import TAKEN_BACK, Answers, log_outcome
from outreach.local_day import midnight
from outreach.models import Channel, ContactLog, Lead
from outreach.standing import restate_standing
from trust import audit
from trust.wall import whole_bank

NOBODY_HOME = Answers()  # nobody met, nothing said


class CannotTakeBack(Exception):
    """The visit stands; the message says why."""


def log_nobody_home(*, lead: Lead, by: Staff, log_uuid: UUID) -> ContactLog:
    """Went there, met nobody. The same `log_uuid` again is the same visit.

    Raises:
        PermissionDenied: not theirs to work on, or the UUID is another's.
        AlreadyLogged: the UUID says something else by now.
        TakenBack: the UUID was taken back.
    """
    return log_outcome(
        log_uuid=log_uuid, by=by, answers=NOBODY_HOME, lead=lead, channel=Channel.VISIT
    )


@whole_bank("its author may take it back, whose customer it is by now")
@again_on_deadlock
@transaction.atomic
def take_back_visit(*, log: ContactLog, by: Staff) -> None:
    """Undo a tap: the log goes, and the customer stands where they stood before.

    Only its author, only on its day, only a visit that says nothing and after
    which nothing was logged. Anything else is history, and history stays. Its UUID
    stays used: the tap that arrives once more, late, is the one taken back.

    Raises:
        PermissionDenied: not the author.
        CannotTakeBack: it is history by now.
    """
    if log.staff_id != by.pk:
        raise PermissionDenied
    locked(log.lead_id)  # nobody logs meanwhile
    logs = ContactLog.objects.unscoped("whatever was logged since, by whomever, keeps it")
    mine = logs.filter(pk=log.pk).first()
    if mine is None:
        return  # the second of two taps
    if why := _why_not(mine):
        raise CannotTakeBack(why)
    if logs.filter(lead=log.lead_id, started_at__gt=mine.started_at).exclude(pk=mine.pk).exists():
        raise CannotTakeBack(_("之后已有新的联系记录，这次上门不能撤销。"))
    mine.delete()
    restate_standing([log.lead_id])
    audit.record(TAKEN_BACK, by=by, target=f"lead:{log.lead_id}", log=str(log.uuid))


def is_tap(log: ContactLog) -> bool:
    """A visit of today that says nothing: what one tap logs and one tap takes back."""
    return _why_not(log) == ""


def _why_not(log: ContactLog) -> str:
    says_nothing = NOBODY_HOME.stand_in(log) and not log.is_contact and log.edited_at is None
    if log.channel != Channel.VISIT or log.logged_at is None or not says_nothing:
        return _("只有没人在家的上门登记可以撤销。")
    if log.started_at < midnight():
        return _("只能撤销今天的上门登记。")
    return ""
