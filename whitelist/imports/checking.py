"""A row → what is wrong with it, or the sealed form in which it will be applied.

Everything about one row is decided here; what only shows across rows (the same
customer twice, a shared phone) in `cross_checks.py`.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.conf import settings
from django.utils import timezone

from trust.cipher import keyed_index, seal_each
from whitelist.geocoding.ladder import Addresses, Ladder
from whitelist.imports.catalogue import BranchEntry, Catalogue
from whitelist.imports.draft import Draft
from whitelist.imports.layout import masked
from whitelist.imports.mapping import FIELDS
from whitelist.imports.remembered import Remembered
from whitelist.imports.sentences import sentence
from whitelist.imports.values import amounts, dates, flags, identity, phones
from whitelist.imports.values.text import Invalid, clean, code, compact
from whitelist.models import Change, Mode, WhitelistUpload

__all__ = ["RowChecker", "sentence"]

# Until comparing finds that they are listed: nothing then has to be written to most of
# the rows of a first list.
NEW = Change.NEW.value
MAX_NAME, MAX_CODE, MAX_ADDRESS = 60, 40, 300
_LEAVING = ("调出", "移出", "剔除", "退出", "删除", "黑名单", "灰名单")
_COMING = ("调入", "新增", "全量", "增量", "续留")
ADDRESSES = ("business_address", "home_address", "registered_address")
_SEALED = ("name", "id_number", "phone", "phone2", *ADDRESSES)
_PLACES = [f"whitelist_customer.{column}".encode() for column in _SEALED]
_ONE_BY_ONE = {"customer_no", "id_number", *_SEALED}  # hardly two rows say the same
_json = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Plan:
    """What checking one upload's rows needs to know; nothing of it lives in a database."""

    upload_id: int
    withdraws: bool
    columns: list[tuple[str, str]]  # (field, heading) of each cell that `check` will be given
    catalogue: Catalogue
    date1904: bool
    today: date
    received_on: date

    @classmethod
    def of(cls, upload: WhitelistUpload, columns: list[tuple[str, str]]) -> "Plan":
        """For this upload, today."""
        return cls(
            upload_id=upload.pk,
            withdraws=upload.mode == Mode.WITHDRAW,
            columns=columns,
            catalogue=Catalogue.load(upload),
            date1904=bool(upload.layout["date1904"]),
            today=timezone.localdate(),
            received_on=timezone.localdate(upload.uploaded_at),
        )


class RowChecker:
    """Checks the rows of one upload. `ladder` locates addresses offline."""

    def __init__(self, plan: Plan, ladder: Ladder) -> None:
        self.upload_id, self.withdraws = plan.upload_id, plan.withdraws
        self.fields = [field for field, _ in plan.columns]
        self.headings = dict(plan.columns)
        self.unit = 10_000 if "amount_wan" in self.fields else 1
        self.amount_field = "amount_wan" if self.unit > 1 else "amount"
        self.catalogue, self.ladder, self.date1904 = plan.catalogue, ladder, plan.date1904
        self.today = plan.today
        self.received_on = plan.received_on.isoformat()
        self._remember()

    def _remember(self) -> None:
        """What is asked of many rows alike."""
        cleaned = Remembered(clean)
        self._cleaned: list[Callable[[str], str]] = [
            clean if field in _ONE_BY_ONE else cleaned.__getitem__ for field in self.fields
        ]
        self._code = Remembered(lambda text: compact(text).removesuffix(".0"))
        self._id_type = Remembered(identity.id_type)
        self._area_is_known = Remembered(
            lambda number: identity.area_is_known(
                number, demo_allowed=settings.DEMO_ID_AREAS_ALLOWED
            )
        )
        self._amount = Remembered(lambda text: amounts.amount(text, unit=self.unit))
        self._score = Remembered(lambda text: (score := amounts.score(text)) and str(score))
        self._flags = Remembered(flags.flag)
        self._name_index = Remembered(lambda text: keyed_index("name", text))
        self._tail_index = Remembered(lambda text: keyed_index("tail", text))

    def check(
        self, row_no: int, cells: Sequence[str] | None, extra: int
    ) -> tuple[tuple[Any, ...] | None, list[tuple[Any, ...]]]:
        """The row as `staging.ROW_COLUMNS` has it, or None; and its problems as `PROBLEM_COLUMNS`.

        `extra`: how many cells the row is longer (or, negative, shorter) than the header.
        """
        draft = Draft(row_no)
        if cells is None:
            draft.error("row_unreadable", "")
            return None, self._problems(draft)
        self._clean(draft, cells)
        self._identity(draft)
        self._belongs(draft)
        row = None
        if extra:
            self._shifted(draft, extra)
        elif self.withdraws:
            row = None if draft.failed else self._withdrawal(draft)
        else:
            offer, person = self._offer(draft), self._person(draft)
            row = None if draft.failed else self._sealed(draft, offer, person)
        return row, self._problems(draft) if draft.problems else []

    def _clean(self, draft: Draft, cells: Sequence[str]) -> None:
        for field, cell, cleaned in zip(self.fields, cells, self._cleaned, strict=True):
            if cell:
                try:
                    text = cleaned(cell)
                except Invalid as wrong:
                    draft.cells[field] = cell
                    draft.error(wrong.code, field)
                    draft.cells[field] = ""
                    draft.ruined.add(field)
                    continue
                if text:
                    draft.cells[field] = text

    def _shifted(self, draft: Draft, extra: int) -> None:
        """Columns may have slipped: one problem says so, the rest would only be its echo.

        Whom the row may be about was read all the same: it protects them.
        """
        draft.problems.clear()
        draft.error("columns_too_many" if extra > 0 else "columns_missing", "", count=abs(extra))

    # --- who ----------------------------------------------------------------------

    def _identity(self, draft: Draft) -> None:
        """客户号, else the ID number. A ruined ID number only warns when 客户号 identifies."""
        number = draft.get("customer_no")
        if number:
            try:
                draft.customer_no = code(number).upper()[:MAX_CODE]
            except Invalid:
                draft.error("customer_no_digits_lost", "customer_no")
        draft.id_type = self._id_type[draft.cells["id_type"]]
        written = draft.get("id_number")
        if written:
            self._id_number(draft, written)
        elif not number:
            draft.error("customer_unknown", "customer_no")
        kind = draft.get("list_kind")
        if kind and any(word in kind for word in (_COMING if self.withdraws else _LEAVING)):
            draft.error("list_kind_conflict", "list_kind")

    def _id_number(self, draft: Draft, written: str) -> None:
        try:
            draft.id_number = identity.id_number(written, draft.id_type)
        except Invalid as wrong:
            say = draft.warn if draft.customer_no else draft.error
            say(wrong.code, "id_number", **wrong.params)
            return
        is_card = len(draft.id_number) == 18 and draft.id_number[:17].isdigit()
        if is_card and not self._area_is_known[draft.id_number[:6]]:
            draft.warn("id_unknown_area", "id_number")

    def _belongs(self, draft: Draft) -> None:
        """The branch, within the upload's scope; and the product."""
        written = self._code[draft.cells["branch_code"]]
        branch = self.catalogue.branches.get(written) if written else None
        scope = self.catalogue.scope
        if branch is None:
            if written:
                draft.error("branch_unknown", "branch_code")
            elif not self.withdraws:
                draft.error("branch_missing", "branch_code")
        elif not scope.contains(branch.first):
            draft.error("branch_out_of_scope", "branch_code")
        draft.branch = branch
        product = self._code[draft.cells["product_code"]]
        draft.product = (
            self.catalogue.products.get(product) if product else self.catalogue.only_product
        )
        if product and draft.product is None:
            draft.error("product_unknown", "product_code")
        elif draft.product is None and not self.withdraws:
            draft.error("product_missing", "product_code")

    # --- what ----------------------------------------------------------------------

    def _offer(self, draft: Draft) -> tuple[Any, ...]:
        """Amount in 元, dates as ISO text, score."""
        amount = 0
        written = draft.cells[self.amount_field]
        if not written:
            draft.error("amount_missing", self.amount_field)
        else:
            try:
                amount = self._amount[written]
                if amount < amounts.SMALL_AMOUNT:
                    draft.warn("amount_small", self.amount_field, amount=amount)
            except Invalid as wrong:
                draft.error(wrong.code, self.amount_field)
        begins, ends = self._date(draft, "valid_from"), self._date(draft, "valid_to")
        if begins and ends and begins > ends:
            draft.error("dates_reversed", "valid_to")
        elif ends and ends < self.today:
            draft.error("expired", "valid_to", date=ends.isoformat())
        score = None
        try:
            score = self._score[draft.cells["score"]]
        except Invalid as wrong:
            draft.warn(wrong.code, "score")
        return amount, begins and begins.isoformat(), ends and ends.isoformat(), score

    def _date(self, draft: Draft, field: str) -> date | None:
        text = draft.get(field)
        if not text:
            draft.error("date_missing", field)
            return None
        try:
            return dates.parse(text, date1904=self.date1904)
        except Invalid as wrong:
            draft.error(wrong.code, field)
            return None

    def _person(self, draft: Draft) -> dict[str, Any]:
        """Name, phones, addresses, manager and marks, in their normal form."""
        return {
            "name": self._name(draft),
            "phone": self._phone(draft),
            "phone2": self._phone2(draft),
            "division_code": self._division(draft),
            "manager": self._manager(draft),
            "is_merchant": self._flag(draft, "is_merchant", unclear=False),
            "do_not_contact": self._flag(draft, "do_not_contact", unclear=True),
        }

    def _name(self, draft: Draft) -> str:
        name = draft.get("name")
        if not name:
            draft.error("name_missing", "name")
            return ""
        if not name.isascii():
            name = name.replace(" ", "")
        if len(name) > MAX_NAME or not any(char.isalpha() for char in name):
            draft.error("name_invalid", "name")
        elif "?" in name or "？" in name or "\ufffd" in name:
            draft.warn("name_damaged", "name")
        return name

    def _phone(self, draft: Draft) -> str:
        written = draft.get("phone")
        if not written:
            draft.warn("phone_missing", "phone")
            return ""
        try:
            return phones.mobile(written)
        except Invalid as wrong:
            draft.error(wrong.code, "phone")
            return ""

    def _phone2(self, draft: Draft) -> str:
        written = draft.get("phone2")
        try:
            return phones.any_phone(written) if written else ""
        except Invalid:
            draft.warn("phone2_invalid", "phone2")
            return ""

    def _division(self, draft: Draft) -> str:
        written = draft.get("division_code")
        if not written:
            return ""
        digits = self._code[written]
        if digits.isdigit() and digits.isascii() and len(digits) in {6, 9, 12}:
            return digits
        draft.warn("division_invalid", "division_code")
        return ""

    def _manager(self, draft: Draft) -> int | None:
        written = self._code[draft.cells["manager_no"]]
        if not written:
            return None
        found = self.catalogue.managers.get(written)
        if found is None:
            draft.warn("manager_unknown", "manager_no")
            return None
        pk, number = found
        if draft.branch is not None and not draft.branch.contains(number):
            draft.warn("manager_elsewhere", "manager_no")
            return None
        return pk

    def _flag(self, draft: Draft, field: str, *, unclear: bool) -> bool:
        try:
            return self._flags[draft.cells[field]]
        except Invalid:
            draft.warn("flag_unclear_yes" if unclear else "flag_unclear_no", field)
            return unclear

    # --- the results -----------------------------------------------------------------

    def _sealed(
        self, draft: Draft, offer: tuple[Any, ...], person: dict[str, Any]
    ) -> tuple[Any, ...]:
        amount, begins, ends, score = offer
        name, phone, phone2 = person["name"], person["phone"], person["phone2"]
        if phone2 == phone:
            phone2 = ""
        business, home, registered = (draft.cells[field][:MAX_ADDRESS] for field in ADDRESSES)
        division = person["division_code"]
        found = self.ladder.locate(Addresses(business, home, registered, division))
        if not (business or home or registered or division):
            draft.warn("address_missing", "home_address")
        segment, hq_state = draft.get("segment")[:40], draft.get("hq_contact_state")[:20]
        branch = cast(BranchEntry, draft.branch)  # a row without one has failed
        details = _json(
            [
                draft.customer_no, draft.id_type, draft.id_number, name, phone, phone2,
                business, home, registered, division, branch.code, compact(draft.get("manager_no")),
                segment, person["is_merchant"], hq_state, person["do_not_contact"],
            ]
        )  # fmt: skip
        sealed = (name, draft.id_number, phone, phone2, business, home, registered)
        return (
            self.upload_id, draft.row_no, draft.customer_no,
            keyed_index("id", draft.id_number) if draft.id_number else None, draft.id_type,
            *seal_each(sealed, _PLACES),
            self._name_index[name], keyed_index("phone", phone) if phone else None,
            self._tail_index[phone[-4:]] if phone else None, division, branch.pk,
            person["manager"], draft.product, amount, begins, ends, segment,
            person["is_merchant"], score, hq_state, person["do_not_contact"],
            keyed_index("details", details),
            found.place_id, found.lon, found.lat, found.precision, found.address_kind,
            found.note[:120], None, NEW,
        )  # fmt: skip

    def _withdrawal(self, draft: Draft) -> tuple[Any, ...]:
        """Only who: the branch is the scope unless given, no product means all of them."""
        branch = draft.branch or self.catalogue.scope
        id_index = keyed_index("id", draft.id_number) if draft.id_number else None
        return (
            self.upload_id, draft.row_no, draft.customer_no, id_index, draft.id_type,
            *seal_each(("", draft.id_number, "", "", "", "", ""), _PLACES),
            None, None, None, "", branch.pk, None, draft.product, 0,
            self.received_on, self.received_on, "", False, None, "", False,
            keyed_index("details", f"{draft.customer_no}\0{draft.id_number}"),
            None, None, None, 0, "", "", None, "",
        )  # fmt: skip

    def _problems(self, draft: Draft) -> list[tuple[Any, ...]]:
        id_index = keyed_index("id", draft.id_number) if draft.id_number else None
        branch = draft.branch
        within = branch is not None and self.catalogue.scope.contains(branch.first)
        return [
            (
                self.upload_id, draft.row_no, self.heading(field), code, level,
                json.dumps(params), draft.customer_no, masked(shown, field) if shown else "",
                id_index, branch.pk if branch is not None and within else None,
            )
            for code, level, field, params, shown in draft.problems
        ]  # fmt: skip

    def heading(self, field: str) -> str:
        """The column as the file names it; our own name for one it does not have."""
        if not field:
            return ""
        return (self.headings.get(field) or str(FIELDS[field].label))[:60]
