"""村档案: what an outlet knows of a village, beyond its customers."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.models import Staff
from branches.scope import ScopedQuerySet
from trust.fields import EncryptedTextField
from trust.retention import Kept, Then


class VillageProfileQuerySet(ScopedQuerySet):
    def visible_to(self, user: Staff) -> "VillageProfileQuerySet":
        """Those of the outlets in the user's subtree (a manager's: their own outlet)."""
        return self._scoped().filter(outlet__number__range=user.branch.number_range)


class VillageProfile(models.Model):
    """One village as one outlet works it: the helper (联络员), market days, notes."""

    place = models.ForeignKey("whitelist.Place", models.PROTECT, related_name="+")
    outlet = models.ForeignKey("branches.Branch", models.PROTECT, related_name="+")
    helper_name = EncryptedTextField(_("联络员"))
    helper_phone = EncryptedTextField(_("联络员电话"))
    market_days = models.CharField(_("集市日"), max_length=60, blank=True)
    note = EncryptedTextField(_("备注"))
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    objects = VillageProfileQuerySet.as_manager()
    retention = (
        Kept(
            ("helper_name", "helper_phone", "note"),
            Then.EMPTIED,
            "the last change of the village's profile",
            days="RETAIN_VILLAGE_DAYS",
            since="updated_at",
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("村档案")
        constraints = [
            models.UniqueConstraint(fields=["place", "outlet"], name="one_profile_a_village"),
        ]

    def __str__(self) -> str:
        return f"{self.place} · {self.outlet}"
