"""The rows of a list file, checked and sealed; and what is wrong with them.

Rows of a list that took effect stay: an offer points to the row it stands on
("where does this come from"), and undoing a list goes back to the row before.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from trust.fields import EncryptedTextField, KeyedIndexField
from trust.retention import Kept, Then
from whitelist.models.batch import Change
from whitelist.models.location import AddressKind, Precision
from whitelist.models.upload import WhitelistUpload

PERSONAL = (
    *("name", "id_number", "phone", "phone2", "business_address", "home_address"),
    *("registered_address", "id_index", "name_index", "phone_index", "phone_tail_index"),
    *("id_type", "division_code", "details_digest", "segment", "score", "hq_contact_state"),
    *("place", "lon", "lat", "precision", "address_kind", "match_note"),
)


class UploadRow(models.Model):
    """One accepted row, ready to be applied without reading the file again.

    Encrypted columns are sealed for `Customer`'s columns, so that applying
    copies bytes from table to table and needs no key. `details_digest` is a
    keyed digest of every field but amount, dates and score: equal digests mean
    that nothing but those changed.

    A row of a 调出 file needs to say only who: without a product it stands for
    every product of the programme, without a branch for the upload's scope.
    """

    # Plain foreign keys carry no index of their own here, and the database does not
    # check them: a list has up to a million rows, each index and each check is paid
    # for on every one of them, and the values come from the catalogue the rows were
    # checked by. Deleting what a row names is refused by Django all the same (ADR 24).
    upload = models.ForeignKey(WhitelistUpload, models.CASCADE, related_name="rows", db_index=False)
    row_no = models.PositiveIntegerField("行号")  # as the spreadsheet shows it, from 1
    customer_no = models.CharField("客户号", max_length=40, blank=True)
    id_index = KeyedIndexField()
    id_type = models.CharField("证件类型", max_length=20, blank=True)
    name = EncryptedTextField("姓名", bound_to="whitelist_customer.name")
    id_number = EncryptedTextField("证件号码", bound_to="whitelist_customer.id_number")
    phone = EncryptedTextField("手机号", bound_to="whitelist_customer.phone")
    phone2 = EncryptedTextField("备用电话", bound_to="whitelist_customer.phone2")
    business_address = EncryptedTextField(bound_to="whitelist_customer.business_address")
    home_address = EncryptedTextField(bound_to="whitelist_customer.home_address")
    registered_address = EncryptedTextField(bound_to="whitelist_customer.registered_address")
    name_index = KeyedIndexField()
    phone_index = KeyedIndexField()
    phone_tail_index = KeyedIndexField()
    division_code = models.CharField("区划代码", max_length=12, blank=True)
    branch = models.ForeignKey(
        "branches.Branch",
        models.PROTECT,
        related_name="+",
        verbose_name="管户机构",
        db_index=False,
        db_constraint=False,
    )
    manager = models.ForeignKey(
        "branches.Staff",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="客户经理",
        db_index=False,
        db_constraint=False,
    )
    product = models.ForeignKey(
        "whitelist.Product",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    amount = models.PositiveBigIntegerField("预审批额度（元）")
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期")  # inclusive
    segment = models.CharField("客群", max_length=40, blank=True)
    is_merchant = models.BooleanField("收单", default=False)
    score = models.DecimalField("响应评分", max_digits=7, decimal_places=4, null=True)
    hq_contact_state = models.CharField("总行触达状态", max_length=20, blank=True)
    do_not_contact = models.BooleanField("免打扰", default=False)
    details_digest = KeyedIndexField()
    # Where the address was found, offline, while checking.
    place = models.ForeignKey(
        "whitelist.Place",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    precision = models.PositiveSmallIntegerField(choices=Precision, default=Precision.UNLOCATED)
    address_kind = models.CharField(max_length=12, choices=AddressKind, blank=True)
    match_note = models.CharField(max_length=120, blank=True)
    # Found by comparing with the list in force.
    customer = models.ForeignKey(
        "whitelist.Customer",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    change = models.CharField(max_length=10, choices=Change, blank=True)

    retention = (
        Kept(
            PERSONAL,
            Then.EMPTIED,
            "a later list said otherwise: no offer stands on the row, no undo can go back to it",
            days="RETAIN_ROWS_DAYS",
            by="rows",
        ),
        Kept(
            PERSONAL,
            Then.DELETED,
            "the upload of a list that was never put in force, which is given up then",
            days="RETAIN_STAGED_DAYS",
            by="staged rows",
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "row_no"], name="one_row_a_number"),
        ]
        indexes = [
            models.Index(fields=["upload", "customer_no"], name="row_customer_no"),
            models.Index(fields=["upload", "id_index"], name="row_id_index"),
            models.Index(fields=["customer", "upload"], name="row_customer"),
        ]

    def __str__(self) -> str:
        return f"第 {self.row_no} 行"


class ProblemLevel(models.TextChoices):
    ERROR = "error", _("校验不通过")
    WARNING = "warning", _("提醒")


class UploadProblem(models.Model):
    """One thing wrong with one cell. `shown` is the cell's value, masked."""

    upload = models.ForeignKey(WhitelistUpload, models.CASCADE, related_name="problems")
    row_no = models.PositiveIntegerField("行号")
    column = models.CharField("列", max_length=60, blank=True)  # as the file names it
    code = models.CharField("代码", max_length=40)
    level = models.CharField(max_length=8, choices=ProblemLevel)
    params = models.JSONField(default=dict)  # for the sentence; nothing personal
    customer_no = models.CharField("客户号", max_length=40, blank=True)
    shown = models.CharField("内容（已脱敏）", max_length=120, blank=True)
    # Keyed, so that the invalid row of a listed customer protects them from 移出.
    id_index = KeyedIndexField()
    branch = models.ForeignKey("branches.Branch", models.PROTECT, null=True, related_name="+")

    retention = (
        Kept(
            ("shown", "id_index", "customer_no"),
            Then.EMPTIED,
            "the upload; line, column and kind of problem stay",
            days="RETAIN_REPORT_DAYS",
            since="upload__uploaded_at",
        ),
    )

    class Meta:
        ordering = ["row_no", "pk"]
        indexes = [models.Index(fields=["upload", "level", "code"], name="problem_code")]

    def __str__(self) -> str:
        return f"{self.row_no} {self.code}"
