"""The people of a branch with what they have in hand, and who left with customers behind."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from branches.models import Branch, Role, Staff
from outreach.models import ContactLog, Lead
from outreach.querysets import LeadQuerySet
from outreach.stages import IN_PROCESS
from trust.wall import whole_bank


@dataclass(frozen=True)
class Member:
    """One person: 持有 (on the list or not), 办理中, 待登记, and when they last did anything here."""

    staff: Staff
    held: int
    in_process: int
    waiting: int
    last_active: datetime | None

    @property
    def has_left(self) -> bool:
        """Nobody's manager any more: disabled, or with another role."""
        return not self.staff.is_active or self.staff.role != Role.MANAGER


def workforce(branch: Branch, leads: LeadQuerySet) -> list[Member]:
    """The managers of a branch, and whoever else holds its customers; `leads`: the asker's scope."""
    held = leads.in_branch(branch).filter(holder__isnull=False).order_by()
    holders = Staff.objects.filter(pk__in=held.values("holder"))
    staff = (Staff.objects.managers().within(branch) | holders).distinct()
    return members(
        list(staff.select_related("branch").order_by("branch__number", "sort_key")), leads
    )


@whole_bank("only counts and times, of colleagues in the asker's subtree")
def members(staff: list[Staff], leads: LeadQuerySet) -> list[Member]:
    """These people with their load, counted in the asker's scope."""
    ids = [each.pk for each in staff]
    in_process = Q(stage__in=IN_PROCESS, application_refused=False)
    held = {
        pk: (n, process)
        for pk, n, process in leads.filter(holder__in=ids)
        .order_by()
        .values_list("holder")
        .annotate(n=Count("pk"), process=Count("pk", filter=in_process))
    }
    logs = ContactLog.objects.unscoped("counts and times of colleagues in the asker's subtree")
    worked = {
        pk: (waiting, last)
        for pk, waiting, last in logs.filter(staff__in=ids)
        .order_by()
        .values_list("staff")
        .annotate(waiting=Count("pk", filter=Q(logged_at=None)), last=Max("started_at"))
    }
    found = []
    for each in staff:
        waiting, last = worked.get(each.pk, (0, None))
        moments = [moment for moment in (last, each.last_login) if moment]
        found.append(Member(each, *held.get(each.pk, (0, 0)), waiting, max(moments, default=None)))
    return found


def pool(branch: Branch, leads: LeadQuerySet) -> int:
    """待分配: how many of a branch's customers are nobody's."""
    return leads.in_branch(branch).workable().unassigned().count()


def reachable_staff(user: Staff) -> "Q":
    """Whose page a supervisor opens: their subtree's people, and holders of its customers."""
    held = Lead.objects.visible_to(user).filter(holder__isnull=False).order_by()
    own = Q(branch__number__range=user.branch.number_range, role=Role.MANAGER)
    return own | Q(pk__in=held.values("holder"))
