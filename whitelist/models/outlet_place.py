"""Which outlet looks after which place, for first assignment."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutletPlace(models.Model):
    """All customers whose place code begins with `place_code` go to this outlet."""

    place_code = models.CharField(_("地名代码前缀"), max_length=12, unique=True)
    outlet = models.ForeignKey(
        "branches.Branch", models.CASCADE, related_name="+", verbose_name=_("网点")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("地名与网点")

    def __str__(self) -> str:
        return f"{self.place_code} → {self.outlet}"
