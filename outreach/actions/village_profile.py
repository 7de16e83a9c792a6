"""村档案: keeping it, and ringing the helper."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import Branch, BranchLevel, Staff
from outreach.gates import GateRefusal
from outreach.models import VillageProfile
from outreach.reveal_limits import too_many_numbers
from trust import audit
from whitelist.models import Place


@dataclass(frozen=True)
class ProfileFacts:
    """What an outlet writes down about a village."""

    helper_name: str = ""
    helper_phone: str = ""
    market_days: str = ""
    note: str = ""


class ChangedMeanwhile(Exception):
    """Somebody saved it since it was read: `profile` is what stands."""

    def __init__(self, profile: VillageProfile | None) -> None:
        super().__init__(str(profile))
        self.profile = profile


def keeps_profiles_of(staff: Staff) -> Branch | None:
    """The outlet whose profiles they keep: a manager's own, and an outlet's head's."""
    if staff.is_manager or (staff.is_supervisor and staff.branch.level == BranchLevel.OUTLET):
        return staff.branch
    return None


@transaction.atomic
def save_profile(
    *, place: Place, outlet: Branch, facts: ProfileFacts, read_at: datetime | None, by: Staff
) -> VillageProfile:
    """Keep what was written, unless somebody was quicker.

    Args:
        read_at: `updated_at` of the profile as it was read; None when there was none.

    Raises:
        ChangedMeanwhile: it is not the one that was read any more.
    """
    rows = VillageProfile.objects.unscoped("of one outlet; whose it is was checked by the caller")
    this = rows.filter(place=place, outlet=outlet)
    if read_at is None:
        try:
            with transaction.atomic():
                VillageProfile.objects.create(
                    place=place, outlet=outlet, updated_by=by, **asdict(facts)
                )
        except IntegrityError:
            raise ChangedMeanwhile(this.select_related("updated_by").first()) from None
    elif not this.filter(updated_at=read_at).update(
        **asdict(facts), updated_by=by, updated_at=timezone.now()
    ):
        raise ChangedMeanwhile(this.select_related("updated_by").first())
    audit.record("village.edit", by=by, target=f"village:{place.code}", outlet=outlet.code)
    return this.select_related("updated_by").get()


@transaction.atomic
def call_helper(*, profile: VillageProfile, by: Staff) -> str | GateRefusal:
    """The helper's number, for one call; or that the hour has had its numbers.

    Recorded and counted as every number that leaves.
    """
    by.take_turn()
    target, outlet = f"village:{profile.place.code}", profile.outlet.code
    refusal = too_many_numbers(by, at=timezone.now())
    result = refusal.code if refusal else "ok"
    audit.record("village.helper_call", by=by, target=target, result=result, outlet=outlet)
    if refusal:
        return refusal
    audit.record("phone.reveal", by=by, target=target)
    return profile.helper_phone
