"""话术: what to say, reviewed before anyone may use it (银发〔2019〕316号)."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from branches.models import Staff

# What a text may leave open. Nothing of the customer's: a text is reviewed once, for everybody.
LINK = "{链接}"
PLACEHOLDERS = ("{机构}", "{姓名}", LINK)


class ScriptKind(models.TextChoices):
    CALL = "call", _("通话话术")
    MESSAGE = "message", _("微信文案")
    PAGE = "page", _("推送页文案")


class ScriptQuerySet(models.QuerySet["Script"]):
    def for_lead(
        self, segment: str, product_id: int | None, kind: ScriptKind = ScriptKind.CALL
    ) -> "Script | None":
        """The reviewed script that fits best: segment and product, then either, then general."""
        candidates = self.filter(
            models.Q(kind=kind),
            models.Q(segment__in=[segment, ""]),
            models.Q(product_id=product_id) | models.Q(product=None),
            reviewed_at__isnull=False,
            retired_at=None,
        )
        return max(candidates, key=_how_specific, default=None)


def _how_specific(script: "Script") -> tuple[bool, bool, int]:
    return script.segment != "", script.product_id is not None, script.version


class Script(models.Model):
    """One version of the text for a segment and product; empty means any."""

    kind = models.CharField(_("用于"), max_length=8, choices=ScriptKind, default=ScriptKind.CALL)
    title = models.CharField(_("标题"), max_length=60)
    segment = models.CharField(_("客群"), max_length=40, blank=True)
    product = models.ForeignKey(
        "whitelist.Product", models.PROTECT, null=True, blank=True, verbose_name=_("产品")
    )
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    body = models.TextField(_("话术"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("撰写人"),
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("审核人"),
    )
    reviewed_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = ScriptQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("话术")
        ordering = ["segment", "title", "-version"]
        permissions = [("review_script", "可以审核话术")]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    def spoken_by(self, staff: Staff) -> str:
        """The text with {机构} and {姓名} filled in for who reads it out."""
        return self.body.replace("{机构}", staff.branch.name).replace("{姓名}", staff.name)

    @property
    def wants_link(self) -> bool:
        """Whether the text leaves room for the address of a page that was sent."""
        return LINK in self.body

    def sent_by(self, staff: Staff, link: str = "") -> str:
        """The text as that member of staff sends it, `link` being their page's address."""
        return self.spoken_by(staff).replace(LINK, link)

    def clean(self) -> None:
        """A placeholder nobody fills would reach the customer as it stands."""
        unknown = sorted(set(re.findall(r"{[^{}]*}", self.body)) - set(PLACEHOLDERS))
        if unknown:
            sentence = gettext("不认识的占位符：%(names)s。") % {"names": " ".join(unknown)}
            raise ValidationError({"body": sentence})
        if self.wants_link and self.kind != ScriptKind.MESSAGE:
            raise ValidationError({"body": gettext("只有微信文案可以用 {链接}。")})
