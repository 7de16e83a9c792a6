"""What lists are for, and what they offer."""

from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

CODE = "{code}"


def is_apply_url(url: str) -> bool:
    """Whether customers may be sent there: https, or a scheme of the bank's own app.

    `{code}` may stand in path and query, never in the host.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    known = parts.scheme in {"https", *settings.APPLY_APP_SCHEMES}
    plain = url.isascii() and url.isprintable() and not any(mark in url for mark in ' \\<>"')
    braces = any(mark in url.replace(CODE, "") for mark in "{}")
    return known and bool(parts.hostname) and CODE not in parts.netloc and plain and not braces


class Product(models.Model):
    """A loan product: its terms and the reviewed one-page card."""

    code = models.CharField(_("产品代码"), max_length=20, unique=True)
    name = models.CharField(_("产品名称"), max_length=60)
    terms = models.TextField(_("产品要点"), blank=True)
    card = models.TextField(_("产品名片（已审核）"), blank=True)
    # Where the customer applies; {code} is replaced by the tracking code of who sent them there.
    apply_url = models.CharField(_("申请渠道地址"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("产品")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Where customers are sent is looked at when it is written down, not when they click."""
        if self.apply_url and not is_apply_url(self.apply_url):
            raise ValidationError(
                {"apply_url": gettext("请填 https 开头的完整地址；追踪码的位置写 {code}。")}
            )

    def apply_link(self, code: str) -> str:
        """Where the customer applies, told by `code` who sent them; empty where there is none."""
        if not is_apply_url(self.apply_url):
            return ""
        return self.apply_url.replace(CODE, quote(code, safe=""))

    @property
    def applies_in_app(self) -> bool:
        """The address opens the bank's app by its own scheme, which WeChat's browser blocks."""
        return bool(self.apply_url) and not self.apply_url.startswith("https:")


class Programme(models.Model):
    """名单项目: a standing purpose of lists."""

    code = models.CharField(_("项目代码"), max_length=20, unique=True)
    name = models.CharField(_("项目名称"), max_length=60)
    products = models.ManyToManyField(Product, verbose_name=_("产品"), blank=True)
    owner = models.ForeignKey(
        "branches.Branch", models.PROTECT, verbose_name=_("归口机构"), related_name="+"
    )
    control_percent = models.PositiveSmallIntegerField(
        _("对照组比例 (%)"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(50)],
        help_text=_("留空则用系统默认值；只在客户首次生效时抽取，之后不能补抽。"),
    )
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("名单项目")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def control_share(self) -> int:
        """Percent of the customers new to the programme that its control group is drawn from."""
        own = self.control_percent
        return int(settings.CONTROL_GROUP_PERCENT) if own is None else own
