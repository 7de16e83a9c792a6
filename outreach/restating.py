"""Leads follow from offers: product, amount, expiry, eligibility, branch, holder.

Runs inside the transaction that changed the offers, over the customers in the
temporary table ``list_touched`` (see `whitelist.imports.applying`). The clock
uses the same code when offers expire.

A lead is changed by one UPDATE that looks at the lead as it is at that moment,
so a manager who logs or a supervisor who assigns meanwhile is neither
overwritten nor waited for longer than this transaction; assignments are then
brought to what the leads say.
"""

# Only text of this code is put into statements; values are parameters.
# ruff: noqa: S608

import logging
import time
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from jobs.faults import crash_point
from outreach.handing import begin_assignments, end_assignments
from outreach.models import AmountBand
from outreach.stages import IN_PROCESS
from outreach.tilekey import key_of
from whitelist.imports.first_assignment import FALLS
from whitelist.imports.statements import (
    check_references_now,
    execute,
    fetch,
    keep_for_now,
    keep_rows_for_now,
)

logger = logging.getLogger(__name__)
_IN_PROCESS = ", ".join(f"'{stage.value}'" for stage in IN_PROCESS)
_BAND = " ".join(
    f"WHEN best.amount >= {band.value * 10_000} THEN {band.value}"
    for band in sorted(AmountBand, reverse=True)
)
# Nobody has tried to reach them yet: they may move to another outlet in silence.
_UNTOUCHED = (
    "l.stage = 'to_contact' AND l.last_attempt_at IS NULL"
    " AND l.last_contact_at IS NULL AND l.follow_up_at IS NULL"
)
_GONE = "l.eligibility IN ('withdrawn', 'expired')"


def touch_nothing_else() -> None:
    """For the clock: the list's temporary tables, empty."""
    for name in ("list_stated", "list_moved", "list_located"):
        keep_rows_for_now(name, "customer_id bigint, row_id bigint", [], key="customer_id")


def restate_leads(now: datetime, *, former_holder_first: bool = False) -> None:
    """Bring the leads of ``list_touched`` to what their customers' offers say.

    Args:
        former_holder_first: whoever comes back goes to who held them when they
            left (undoing a list). Otherwise only after expiry: a prolonged
            customer was kept on the list all along, and keeps their holder.
    """
    _keep_falls()
    _keep_points()
    _keep_standing(former_holder_first)
    crash_point("applying:standing")
    _add_leads(now)
    crash_point("applying:leads")
    operations: dict[int, int] = {}
    begin_assignments(now, operations)
    check_references_now()
    _log_how_long_leads_are_locked()
    _change_leads("s.manager_id" if former_holder_first else "s.named_manager_id")
    crash_point("applying:leads_changed")
    end_assignments(now)
    begin_assignments(now, operations)
    crash_point("applying:assignments")


def _log_how_long_leads_are_locked() -> None:
    """From here to the commit, whoever writes a lead of this list waits (on SQLite: whoever writes)."""
    began = time.monotonic()
    transaction.on_commit(
        lambda: logger.info("leads were locked for %.2f s", time.monotonic() - began)
    )


def refuse_as_listed(now: datetime) -> None:
    """免打扰标志: rows that say so make a refusal, unless one is open."""
    execute(
        """
        INSERT INTO outreach_refusal (customer_id, source, at)
        SELECT s.customer_id, 'list', %(now)s FROM list_stated s
        JOIN whitelist_uploadrow r ON r.id = s.row_id
        WHERE r.do_not_contact
        ON CONFLICT DO NOTHING
        """,
        now=now,
    )


def _keep_falls() -> None:
    keep_for_now(
        "list_falls",
        f"{FALLS} WHERE r.id IN (SELECT row_id FROM list_stated)",
        key="row_id",
    )


def _keep_points() -> None:
    points = fetch(
        """
        SELECT DISTINCT l.lon, l.lat FROM list_touched t
        JOIN whitelist_location l ON l.customer_id = t.customer_id AND l.is_current
        WHERE l.lon IS NOT NULL
        """
    )
    keep_rows_for_now(
        "list_points",
        "lon double precision, lat double precision, tile_key bigint",
        [(lon, lat, key_of(lon, lat)) for lon, lat in points],
        key="lon",
    )


def _keep_standing(former_holder_first: bool) -> None:
    """One line a touched customer: the offer shown, eligibility, position, first assignment."""
    as_before = "back.holder_id IS NOT NULL" + (
        "" if former_holder_first else " AND back.end_reason = 'expired'"
    )
    keep_for_now(
        "list_standing",
        f"""
        SELECT t.customer_id, best.product_id, best.segment, best.amount, best.valid_to, best.score,
            CASE {_BAND} ELSE 0 END AS amount_band,
            CASE WHEN refusal.id IS NOT NULL THEN 'refused'
                 WHEN best.id IS NULL THEN 'withdrawn'
                 WHEN held_back.customer_id IS NOT NULL THEN 'control'
                 WHEN best.valid_to < %(today)s THEN 'expired'
                 ELSE 'yes' END AS eligibility,
            CASE WHEN {as_before} THEN back.holder_id ELSE f.manager_id END AS manager_id,
            f.manager_id AS named_manager_id,
            f.branch_id, fb.number AS branch_number, f.first_number, f.last_number,
            CASE WHEN moved.customer_id IS NULL THEN 0 ELSE 1 END AS is_moved,
            CASE WHEN placed.customer_id IS NULL THEN 0 ELSE 1 END AS is_placed,
            points.tile_key, COALESCE(loc.precision, 0) AS precision,
            CASE WHEN pl.level = 'village' THEN pl.id
                 WHEN pl.level = 'hamlet' THEN pl.parent_id END AS village_id
        FROM list_touched t
        LEFT JOIN (
            SELECT o.id, o.customer_id, o.product_id, o.segment, o.amount, o.valid_to, o.score,
                ROW_NUMBER() OVER (PARTITION BY o.customer_id ORDER BY
                    CASE WHEN o.valid_to >= %(today)s THEN 0 ELSE 1 END,
                    CASE WHEN o.valid_to >= %(today)s THEN o.valid_to END,
                    o.valid_to DESC, o.id) AS place
            FROM whitelist_offer o JOIN list_touched tt ON tt.customer_id = o.customer_id
            WHERE o.is_in_force
        ) best ON best.customer_id = t.customer_id AND best.place = 1
        LEFT JOIN (
            SELECT DISTINCT o.customer_id FROM whitelist_offer o
            JOIN list_touched tt ON tt.customer_id = o.customer_id
            WHERE o.is_in_force AND o.is_control
        ) held_back ON held_back.customer_id = t.customer_id
        LEFT JOIN outreach_refusal refusal
            ON refusal.customer_id = t.customer_id AND refusal.ended_at IS NULL
        LEFT JOIN list_stated s ON s.customer_id = t.customer_id
        LEFT JOIN list_falls f ON f.row_id = s.row_id
        LEFT JOIN branches_branch fb ON fb.id = f.branch_id
        LEFT JOIN (SELECT DISTINCT customer_id FROM list_moved) moved
            ON moved.customer_id = t.customer_id
        LEFT JOIN list_located placed ON placed.customer_id = t.customer_id
        LEFT JOIN whitelist_location loc ON loc.customer_id = t.customer_id AND loc.is_current
        LEFT JOIN list_points points ON points.lon = loc.lon AND points.lat = loc.lat
        LEFT JOIN whitelist_place pl ON pl.id = loc.place_id
        LEFT JOIN ({_FORMER_HOLDERS}) back ON back.customer_id = t.customer_id
        """,
        key="customer_id",
        today=timezone.localdate(),
    )


# Who held them last, if the list took them away and that manager is still there.
_FORMER_HOLDERS = """
    SELECT customer_id, holder_id, end_reason FROM (
        SELECT l.customer_id, a.holder_id, a.end_reason,
            ROW_NUMBER() OVER (
                PARTITION BY a.lead_id ORDER BY a.ended_at DESC, a.id DESC) AS recency
        FROM list_touched tt JOIN outreach_lead l ON l.customer_id = tt.customer_id
        JOIN outreach_assignment a ON a.lead_id = l.id
        WHERE a.ended_at IS NOT NULL
    ) ended
    JOIN branches_staff h ON h.id = ended.holder_id AND h.is_active AND h.role = 'manager'
    WHERE recency = 1 AND end_reason IN ('withdrawn', 'expired', 'moved')
"""


def _add_leads(now: datetime) -> None:
    execute(
        """
        INSERT INTO outreach_lead (customer_id, branch_id, branch_number, holder_id, stage,
            stage_basis, eligibility, tile_key, precision, village_id, product_id, segment,
            amount, amount_band, valid_to, score, branch_change_flagged, created_at)
        SELECT s.customer_id, s.branch_id, s.branch_number,
            CASE WHEN s.eligibility = 'yes' THEN s.named_manager_id END, 'to_contact',
            'reported', s.eligibility, s.tile_key, s.precision, s.village_id, s.product_id,
            s.segment, s.amount, s.amount_band, s.valid_to, s.score, FALSE, %(now)s
        FROM list_standing s LEFT JOIN outreach_lead l ON l.customer_id = s.customer_id
        WHERE l.id IS NULL AND s.product_id IS NOT NULL AND s.branch_id IS NOT NULL
        ON CONFLICT DO NOTHING
        """,
        now=now,
    )


def _change_leads(manager_after_move: str) -> None:
    """Change the leads that existed and differ. `l` in each expression is the lead as it was.

    From here on others who write these leads wait, so everything that can be done
    before has been done.
    """
    comes_back = f"{_GONE} AND s.eligibility = 'yes'"
    moves = f"s.is_moved = 1 AND l.branch_id <> s.branch_id AND NOT ({_GONE})"
    stays_theirs = """
        l.holder_id IS NOT DISTINCT FROM s.named_manager_id OR EXISTS (
            SELECT 1 FROM branches_staff h JOIN branches_branch hb ON hb.id = h.branch_id
            WHERE h.id = l.holder_id AND hb.number BETWEEN s.first_number AND s.last_number)
    """
    branch = (
        f"CASE WHEN ({comes_back}) AND l.holder_id IS NULL OR ({moves}) AND {_UNTOUCHED}"
        " THEN COALESCE(s.{0}, l.{0}) ELSE l.{0} END"
    )
    flagged = (
        f"CASE WHEN ({moves}) AND NOT ({_UNTOUCHED}) THEN TRUE ELSE l.branch_change_flagged END"
    )
    holder = f"""
        CASE
            WHEN s.eligibility IN ('withdrawn', 'expired')
                THEN CASE WHEN l.stage IN ({_IN_PROCESS}) THEN l.holder_id END
            WHEN ({comes_back}) AND l.holder_id IS NULL THEN s.manager_id
            WHEN ({moves}) AND {_UNTOUCHED} AND (l.holder_id IS NULL OR NOT ({stays_theirs}))
                THEN CASE WHEN s.eligibility = 'yes' THEN {manager_after_move} END
            ELSE l.holder_id END
    """
    offered = "CASE WHEN s.product_id IS NULL THEN l.{0} ELSE s.{0} END"
    placed = "CASE WHEN s.is_placed = 1 THEN s.{0} ELSE l.{0} END"
    values = {
        "product_id": "COALESCE(s.product_id, l.product_id)",
        "segment": "COALESCE(s.segment, l.segment)",
        "amount": "COALESCE(s.amount, l.amount)",
        "amount_band": offered.format("amount_band"),
        "valid_to": "COALESCE(s.valid_to, l.valid_to)",
        "score": offered.format("score"),
        "eligibility": "s.eligibility",
        **{column: placed.format(column) for column in ("tile_key", "precision", "village_id")},
        **{column: branch.format(column) for column in ("branch_id", "branch_number")},
        "branch_change_flagged": flagged,
        "holder_id": holder,
    }
    execute(
        f"""
        UPDATE outreach_lead AS l SET {", ".join(f"{c} = {v}" for c, v in values.items())}
        FROM list_standing s
        WHERE s.customer_id = l.customer_id
        AND ({" OR ".join(f"l.{c} IS DISTINCT FROM ({v})" for c, v in values.items())})
        """
    )
