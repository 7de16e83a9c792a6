"""Making a list count: customers, offers and locations, in sets.

Unknown customers exist by then (`newcomers.py`). All of this belongs into one
transaction of the caller's, in the order of the functions here. Each batch is a
set of `BatchChange` rows; offers, personal data and locations follow from them,
so that a list and the undoing of one go the same way.

Between the steps temporary tables carry what is touched:
``list_moved`` (customer, row: the 管户机构 changed), ``list_stated`` (customer,
row: what this batch now says about them), ``list_touched`` (every customer of
the batch) and ``list_located`` (customer, row: the position changed); see `corrected.py` too.
"""

# Only text of this code is put into statements; values are parameters.
# ruff: noqa: S608

from datetime import datetime

from django.db import connection

from jobs.faults import crash_point
from whitelist.imports import corrected
from whitelist.imports.diffing import WITHDRAWALS, scope_values
from whitelist.imports.newcomers import PERSONAL
from whitelist.imports.statements import execute, fetch, keep_for_now, keep_rows_for_now, scalar
from whitelist.models import Mode, WhitelistBatch, WhitelistUpload

LOCK = 0x6C697374  # "list": the advisory lock under which lists take effect, one at a time

# A row whose ID number was mangled does not erase the one that is known.
_KEPT_WHEN_EMPTY = ("id_number", "id_index", "id_type")


def one_list_at_a_time() -> None:
    """Wait for any other list that is taking effect; until the transaction ends.

    Two lists of different programmes may list one customer, and each must see
    the other's offers. On SQLite the transaction itself is alone.
    """
    if connection.vendor == "postgresql":
        fetch("SELECT pg_advisory_xact_lock(%(lock)s)", lock=LOCK)


def record_changes(batch: WhitelistBatch, upload: WhitelistUpload, control: list[int]) -> None:
    """The batch's changes: offers met again, offers added, offers withdrawn.

    New offers are inserted here; those that exist change in `change_offers`.
    """
    values = {"batch": batch.pk, **scope_values(upload)}
    met = """
        FROM whitelist_uploadrow r JOIN whitelist_offer o ON o.customer_id = r.customer_id
            AND o.programme_id = %(programme)s AND o.product_id = r.product_id
        WHERE r.upload_id = %(upload)s AND (
            r.change IN ('new', 'amount', 'details')
            OR r.change = 'kept' AND (o.valid_from <> r.valid_from OR o.valid_to <> r.valid_to
                                      OR o.score IS DISTINCT FROM r.score))
    """
    execute(
        f"""
        INSERT INTO whitelist_batchchange (batch_id, offer_id, change, row_before_id, row_after_id)
        SELECT %(batch)s, o.id, r.change, CASE WHEN o.is_in_force THEN o.row_id END, r.id {met}
        """,
        **values,
    )
    keep_for_now(
        "list_moved",
        f"SELECT o.customer_id, r.id AS row_id {met} AND o.is_in_force"
        " AND o.branch_id <> r.branch_id",
        key="customer_id",
        **values,
    )
    crash_point("applying:changes")
    _add_offers(values, control)
    crash_point("applying:offers")
    execute(
        f"""
        INSERT INTO whitelist_batchchange (batch_id, offer_id, change, row_before_id, row_after_id)
        SELECT %(batch)s, w.id, 'withdrawn', w.row_id, NULL
        FROM ({WITHDRAWALS[Mode(upload.mode)]}) w
        """,
        **values,
    )
    crash_point("applying:withdrawals")


def _add_offers(values: dict[str, int], control: list[int]) -> None:
    keep_rows_for_now(
        "list_control", "customer_id bigint", [(pk,) for pk in control], key="customer_id"
    )
    execute(
        """
        INSERT INTO whitelist_offer (customer_id, programme_id, product_id, branch_id, amount,
            valid_from, valid_to, score, segment, details_digest, is_in_force, is_control,
            row_id, batch_id)
        SELECT r.customer_id, %(programme)s, r.product_id, r.branch_id, r.amount,
            r.valid_from, r.valid_to, r.score, r.segment, r.details_digest, TRUE,
            CASE WHEN before.was_control IS NOT NULL THEN before.was_control = 1
                 ELSE drawn.customer_id IS NOT NULL END,
            r.id, %(batch)s
        FROM whitelist_uploadrow r
        LEFT JOIN whitelist_offer o ON o.customer_id = r.customer_id
            AND o.programme_id = %(programme)s AND o.product_id = r.product_id
        LEFT JOIN (SELECT customer_id, MAX(CASE WHEN is_control THEN 1 ELSE 0 END) AS was_control
                   FROM whitelist_offer WHERE programme_id = %(programme)s GROUP BY customer_id
                  ) before ON before.customer_id = r.customer_id
        LEFT JOIN list_control drawn ON drawn.customer_id = r.customer_id
        WHERE r.upload_id = %(upload)s AND r.change = 'new' AND o.id IS NULL
        """,
        **values,
    )
    execute(
        """
        INSERT INTO whitelist_batchchange (batch_id, offer_id, change, row_before_id, row_after_id)
        SELECT %(batch)s, o.id, 'new', NULL, o.row_id FROM whitelist_offer o
        WHERE o.batch_id = %(batch)s
        """,
        batch=values["batch"],
    )


def drawn_as_control(batch: WhitelistBatch) -> int:
    """How many customers a batch added who are held back as control group."""
    return int(
        scalar(
            "SELECT COUNT(DISTINCT customer_id) FROM whitelist_offer"
            " WHERE batch_id = %(batch)s AND is_control",
            batch=batch.pk,
        )
    )


def record_compensation(batch: WhitelistBatch, undone: WhitelistBatch) -> None:
    """The changes that put back what stood before `undone`, where it still stands.

    An offer that a later list changed since is left alone and counted by
    `not_restored`.
    """
    execute(
        f"""
        INSERT INTO whitelist_batchchange (batch_id, offer_id, change, row_before_id, row_after_id)
        SELECT %(batch)s, ch.offer_id,
            CASE WHEN ch.change = 'withdrawn' THEN 'new'
                 WHEN ch.change = 'new' AND ch.row_before_id IS NULL THEN 'withdrawn'
                 ELSE ch.change END,
            ch.row_after_id, ch.row_before_id
        FROM whitelist_batchchange ch JOIN whitelist_offer o ON o.id = ch.offer_id
        WHERE ch.batch_id = %(undone)s AND {_STILL_STANDS}
        """,
        batch=batch.pk,
        undone=undone.pk,
    )
    keep_for_now(
        "list_moved",
        """
        SELECT o.customer_id, r.id AS row_id FROM whitelist_batchchange ch
        JOIN whitelist_offer o ON o.id = ch.offer_id
        JOIN whitelist_uploadrow r ON r.id = ch.row_after_id
        WHERE ch.batch_id = %(batch)s AND o.is_in_force AND o.branch_id <> r.branch_id
        """,
        key="customer_id",
        batch=batch.pk,
    )


_STILL_STANDS = """
    o.batch_id = %(undone)s AND (
        ch.change = 'withdrawn' AND NOT o.is_in_force
        OR ch.change <> 'withdrawn' AND o.is_in_force AND o.row_id = ch.row_after_id
           AND (ch.change = 'new' OR ch.row_before_id IS NOT NULL))
"""


def not_restored(undone: WhitelistBatch) -> int:
    """How many changes of a batch no longer stand as it made them. Before `change_offers`."""
    return int(
        scalar(
            "SELECT COUNT(*) FROM whitelist_batchchange ch"
            " JOIN whitelist_offer o ON o.id = ch.offer_id"
            f" WHERE ch.batch_id = %(undone)s AND ({_STILL_STANDS}) IS NOT TRUE",
            undone=undone.pk,
        )
    )


def change_offers(batch: WhitelistBatch) -> None:
    """Bring every offer of the batch to what its change says."""
    execute(
        """
        UPDATE whitelist_offer SET branch_id = r.branch_id, amount = r.amount,
            valid_from = r.valid_from, valid_to = r.valid_to, score = r.score,
            segment = r.segment, details_digest = r.details_digest, is_in_force = TRUE,
            row_id = r.id, batch_id = %(batch)s
        FROM whitelist_batchchange ch JOIN whitelist_uploadrow r ON r.id = ch.row_after_id
        WHERE ch.batch_id = %(batch)s AND ch.offer_id = whitelist_offer.id
        AND ch.change <> 'withdrawn' AND whitelist_offer.batch_id IS DISTINCT FROM %(batch)s
        """,
        batch=batch.pk,
    )
    for condition, value in (
        ("change = 'withdrawn'", "FALSE"),
        ("change = 'new' AND row_after_id IS NULL", "TRUE"),  # an offer that stood on no row
    ):
        execute(
            f"""
            UPDATE whitelist_offer SET is_in_force = {value}, batch_id = %(batch)s WHERE id IN (
                SELECT offer_id FROM whitelist_batchchange
                WHERE batch_id = %(batch)s AND {condition})
            """,
            batch=batch.pk,
        )
    crash_point("applying:offers_changed")
    _keep_what_is_touched(batch)


def _keep_what_is_touched(batch: WhitelistBatch) -> None:
    keep_for_now(
        "list_stated",
        """
        SELECT latest.customer_id, latest.row_id, ch.row_before_id,
            CASE WHEN b.details_digest = a.details_digest THEN 1 ELSE 0 END AS same_details
        FROM (SELECT o.customer_id, MAX(ch.row_after_id) AS row_id
              FROM whitelist_batchchange ch JOIN whitelist_offer o ON o.id = ch.offer_id
              WHERE ch.batch_id = %(batch)s AND ch.change <> 'withdrawn'
              AND ch.row_after_id IS NOT NULL GROUP BY o.customer_id) latest
        JOIN whitelist_batchchange ch
            ON ch.row_after_id = latest.row_id AND ch.batch_id = %(batch)s
        JOIN whitelist_uploadrow a ON a.id = latest.row_id
        LEFT JOIN whitelist_uploadrow b ON b.id = ch.row_before_id
        """,
        key="customer_id",
        batch=batch.pk,
    )
    keep_for_now(
        "list_touched",
        """
        SELECT DISTINCT o.customer_id FROM whitelist_batchchange ch
        JOIN whitelist_offer o ON o.id = ch.offer_id WHERE ch.batch_id = %(batch)s
        """,
        key="customer_id",
        batch=batch.pk,
    )


def restate_customers() -> None:
    """Copy personal data, sealed as it is, where details changed.

    What was corrected stays, and nothing is copied to who was erased.
    """
    corrected.keep_faults()
    values = ", ".join(
        f"{column} = COALESCE(r.{column}, c.{column})"
        if column in _KEPT_WHEN_EMPTY
        else f"{column} = r.{column}"
        for column in ("id_index", *PERSONAL)
    )
    differs = " OR ".join(f"c.{column} IS DISTINCT FROM r.{column}" for column in PERSONAL)
    execute(
        f"""
        UPDATE whitelist_customer AS c SET {values},
            customer_no = CASE WHEN c.customer_no IS NULL AND NOT EXISTS (
                    SELECT 1 FROM whitelist_customer other WHERE other.customer_no = r.customer_no)
                THEN NULLIF(r.customer_no, '') ELSE c.customer_no END
        FROM list_stated s JOIN whitelist_uploadrow r ON r.id = s.row_id
        WHERE c.id = s.customer_id AND s.same_details = 0 AND c.erased_at IS NULL AND ({differs})
        """
    )
    corrected.put_back()
    corrected.clear_faults()
    crash_point("applying:personal")


def restate_locations(now: datetime) -> None:
    """New locations where the list says another place; the former ones are kept.

    What was corrected on site or set by hand survives, and so does the place of a
    corrected address. A row that says the same place as the row before it changes
    nothing, unless it is known more precisely.
    """
    keep_for_now(
        "list_located",
        """
        SELECT s.customer_id, s.row_id FROM list_stated s
        JOIN whitelist_uploadrow r ON r.id = s.row_id
        JOIN whitelist_customer c ON c.id = s.customer_id AND c.erased_at IS NULL
        LEFT JOIN whitelist_uploadrow b ON b.id = s.row_before_id
        LEFT JOIN whitelist_location l ON l.customer_id = s.customer_id AND l.is_current
        WHERE l.id IS NULL OR (
            l.source NOT IN ('by_hand', 'on_site') AND l.precision <> 6
            AND s.customer_id NOT IN (SELECT customer_id FROM list_corrected)
            AND (l.lon IS DISTINCT FROM r.lon OR l.lat IS DISTINCT FROM r.lat
                 OR l.precision <> r.precision OR l.place_id IS DISTINCT FROM r.place_id)
            AND (b.id IS NULL OR r.precision > l.precision
                 OR b.lon IS DISTINCT FROM r.lon OR b.lat IS DISTINCT FROM r.lat
                 OR b.precision <> r.precision OR b.place_id IS DISTINCT FROM r.place_id))
        """,
        key="customer_id",
    )
    execute(
        """
        UPDATE whitelist_location SET is_current = FALSE
        WHERE is_current AND customer_id IN (SELECT customer_id FROM list_located)
        """
    )
    execute(
        """
        INSERT INTO whitelist_location (customer_id, lon, lat, precision, source, source_datum,
            address_kind, place_id, note, is_current, stated_by_id, stated_at)
        SELECT s.customer_id, r.lon, r.lat, r.precision, 'gazetteer', 'wgs84',
            r.address_kind, r.place_id, r.match_note, TRUE, NULL, %(now)s
        FROM list_located s JOIN whitelist_uploadrow r ON r.id = s.row_id
        """,
        now=now,
    )
    crash_point("applying:locations")
