"""推送: the public page a manager sends after a conversation, and what came back."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from branches.scope import ScopedQuerySet
from trust.retention import Kept, Then

if TYPE_CHECKING:
    from branches.models import Staff


def new_code() -> str:
    """A tracking code nobody can guess: 96 random bits, in letters and digits of a URL."""
    return secrets.token_urlsafe(12)


class ShareQuerySet(ScopedQuerySet):
    def visible_to(self, user: "Staff") -> "ShareQuerySet":
        """Pages sent to the leads the user may see."""
        from outreach.models.lead import Lead

        return self._scoped().filter(lead__in=Lead.objects.visible_to(user))

    def alive(self, at: datetime) -> "ShareQuerySet":
        """Those whose address still answers."""
        return self.filter(expires_at__gt=at)

    def close(self, at: datetime) -> int:
        """Their addresses answer no more; how many did until now."""
        return self.alive(at).update(expires_at=at)


class Share(models.Model):
    """One page sent to one customer. The page shows branch, product and manager, no customer.

    `code` is the page's address and goes on to the application channel, so that
    an application can be told to come from here. `script` is the reviewed text
    the page shows (`Script.Kind.PAGE`), in the version that was sent.
    """

    code = models.CharField(max_length=32, unique=True, default=new_code)
    lead = models.ForeignKey("outreach.Lead", models.PROTECT, related_name="shares")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    product = models.ForeignKey("whitelist.Product", models.PROTECT, related_name="+")
    script = models.ForeignKey("outreach.Script", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("发送时间"), auto_now_add=True)
    expires_at = models.DateTimeField(_("失效时间"))
    # Counted here, not as rows: the page is public, and anybody may open it over and over.
    opened_at = models.DateTimeField(_("首次打开"), null=True, blank=True)
    last_opened_at = models.DateTimeField(_("最近打开"), null=True, blank=True)
    opens = models.PositiveIntegerField(_("打开次数"), default=0)
    clicked_at = models.DateTimeField(_("首次去申请"), null=True, blank=True)
    clicks = models.PositiveIntegerField(_("去申请次数"), default=0)

    objects = ShareQuerySet.as_manager()
    retention = (
        Kept(
            ("code", "opens", "clicks"),
            Then.DELETED,
            "the page's end",
            days="RETAIN_SHARE_DAYS",
            since="expires_at",
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("推送")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.product} {self.created_at:%Y-%m-%d}"

    @property
    def is_alive(self) -> bool:
        """Whether its address still answers: neither past its days nor taken back."""
        return self.expires_at > timezone.now()

    def in_words(self) -> str:
        """Sent when, and what came back: one whole sentence for the card."""
        said = {
            "day": date_format(timezone.localtime(self.created_at), "m-d"),
            "opens": self.opens,
        }
        if self.opens and self.clicks:
            return gettext("已推送 %(day)s · 对方打开 %(opens)s 次，点了去申请") % said
        if self.clicks:
            return gettext("已推送 %(day)s · 对方点了去申请") % said
        if self.opens:
            return gettext("已推送 %(day)s · 对方打开 %(opens)s 次") % said
        return gettext("已推送 %(day)s · 对方还没有打开") % said
