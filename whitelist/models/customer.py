"""The person a list is about."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.scope import ScopedQuerySet
from trust.fields import EncryptedTextField, KeyedIndexField
from trust.retention import Kept, Then

if TYPE_CHECKING:
    from branches.models import Staff


class PhoneFault(models.TextChoices):
    """Why the number on record must not be dialled again."""

    NO_SUCH_NUMBER = "no_such_number", _("空号")
    WRONG_PERSON = "wrong_person", _("非本人")


class CustomerQuerySet(ScopedQuerySet):
    def visible_to(self, user: "Staff") -> "CustomerQuerySet":
        """Customers with an offer in the user's subtree (leads narrow it further for managers)."""
        return (
            self._scoped().filter(offers__branch__number__range=user.branch.number_range).distinct()
        )


class Customer(models.Model):
    """白名单客户. Known by 客户号; without one, by the keyed index of the ID number.

    Everything that says who they are is encrypted; the indexes beside it are
    keyed (`trust.cipher.keyed_index`, kinds ``id``, ``name``, ``phone``, ``tail``).
    """

    customer_no = models.CharField("客户号", max_length=40, null=True, blank=True, unique=True)
    id_index = KeyedIndexField(db_index=True)
    id_type = models.CharField("证件类型", max_length=20, blank=True)
    name = EncryptedTextField("姓名")
    id_number = EncryptedTextField("证件号码")
    phone = EncryptedTextField("手机号")
    phone2 = EncryptedTextField("备用电话")
    business_address = EncryptedTextField("经营地址")
    home_address = EncryptedTextField("居住地址")
    registered_address = EncryptedTextField("户籍地址")
    name_index = KeyedIndexField(db_index=True)
    phone_index = KeyedIndexField(db_index=True)
    phone_tail_index = KeyedIndexField(db_index=True)
    division_code = models.CharField("区划代码", max_length=12, blank=True)
    # (db_default: lists are written by set-based SQL that names its own columns.)
    # Found out by calling `phone`; another number makes it void.
    phone_fault = models.CharField(
        "号码问题", max_length=16, choices=PhoneFault, blank=True, db_default=""
    )
    # Personal data was deleted at the customer's request; lists do not bring it back.
    erased_at = models.DateTimeField("删除时间", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CustomerQuerySet.as_manager()
    retention = (
        Kept(
            (
                *("name", "id_number", "phone", "phone2", "business_address", "home_address"),
                *("registered_address", "name_index", "phone_index", "phone_tail_index"),
                *("id_type", "division_code", "phone_fault"),
            ),
            Then.EMPTIED,
            "移出 or the last day of the last offer, if nobody has been in touch since and there is"
            " no business with the bank",
            days="RETAIN_CUSTOMER_DAYS",
            by="customers",
        ),
        Kept(
            ("customer_no", "id_index"),
            Then.KEPT,
            "for good, as a pseudonym: a list that names them again finds who was erased (ADR 19)",
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = "白名单客户"
        constraints = [
            models.UniqueConstraint(
                fields=["id_index"],
                condition=models.Q(customer_no__isnull=True),
                name="one_customer_an_id_number",
            ),
        ]

    def __str__(self) -> str:
        return f"客户 {self.pk}"

    @property
    def best_address(self) -> str:
        """Where to find them: where they work, else live, else are registered."""
        return self.business_address or self.home_address or self.registered_address
