"""The journal is moved into the cells; the cells are made anew, and proven.

Whoever writes cells holds one lock (`_alone`), so cells never deadlock; nobody
else waits for it. A reader sees a change once: in the journal or in the cells,
which change places in one transaction.
"""

# Only text of this code is put into statements; values are parameters.
# ruff: noqa: S608

from django.db import connection, transaction

from branches.models import Branch
from outreach.models import BranchGrain, LeadChange
from outreach.pyramid.layers import COUNTED, LAYERS, OF_LEAD, Layer, columns_told, of_lead, part
from whitelist.imports.statements import drop_for_now, execute, fetch, keep_for_now

# Journal rows a transaction: on SQLite other writers wait for it.
CHUNK = {"sqlite": 20_000, "postgresql": 200_000}
_LOCK = 4_112_623  # any number that no other advisory lock of ours has
_COLUMNS = ", ".join(OF_LEAD)
_KEY = "layer, grain, cell, state, product_id, segment, amount_band, precision, valid_to"


def fold_changes(*, chunk: int | None = None) -> int:
    """Move the journal into the cells, a chunk a transaction; returns how many rows it was."""
    chunk = chunk or CHUNK[connection.vendor]
    moved = 0
    while LeadChange.objects.exists():
        with transaction.atomic():
            if not _alone(wait=False):
                break
            count = keep_for_now(
                "folding",
                f"SELECT id, n, {_COLUMNS} FROM outreach_leadchange ORDER BY id LIMIT %(chunk)s",
                key="id",
                chunk=chunk,
            )
            execute("DELETE FROM outreach_leadchange WHERE id IN (SELECT id FROM folding)")
            _know_branches()
            for layer in LAYERS:
                _add_to_cells(layer)
            execute("DELETE FROM outreach_leadcell WHERE n = 0")
            drop_for_now("folding")
        moved += count
        if count < chunk:
            break
    return moved


@transaction.atomic
def rebuild_pyramid() -> int:
    """Count all leads anew, by the branch tree as it is now; returns how many are counted.

    Journal and leads are read at one moment: what is written meanwhile comes
    after it, and stays in the journal.
    """
    _alone(wait=True)
    keep_for_now("folding", f"SELECT n, {_COLUMNS} FROM outreach_leadchange LIMIT 0")
    count = f"""
        INSERT INTO folding SELECT COUNT(*), {of_lead("l")} FROM outreach_lead l
        WHERE {COUNTED.format("l")} GROUP BY {", ".join(str(i + 2) for i in range(len(OF_LEAD)))}
    """
    if connection.vendor == "postgresql":
        execute(f"WITH told AS (DELETE FROM outreach_leadchange) {count}")
        execute("ANALYZE folding")
    else:
        execute("DELETE FROM outreach_leadchange")
        execute(count)
    execute("DELETE FROM outreach_leadcell")
    BranchGrain.objects.all().delete()
    _know_branches()
    for layer in LAYERS:
        _add_to_cells(layer)
    counted = int(fetch("SELECT COALESCE(SUM(n), 0) FROM folding")[0][0])
    drop_for_now("folding")
    if connection.vendor == "postgresql":
        execute("ANALYZE outreach_leadcell")  # the tables' owner may; others are told no
    return counted


def follow_the_tree() -> bool:
    """After the branch tree changed: count anew if leads now count under other branches.

    New branches are noted before any lead of theirs is counted: who reads counts finds
    out first which numbers to look under. Returns whether all was counted anew.
    """
    known = {grain.branch_number: grain for grain in BranchGrain.objects.all()}
    now = grains_of_the_tree()
    stay = all(
        number in now and now[number] == (grain.depth_1, grain.depth_2, grain.depth_3)
        for number, grain in known.items()
    )
    if not stay:
        rebuild_pyramid()
    else:
        _note(set(now) - set(known), now)
    return not stay


def differences() -> list[tuple[str, int]]:
    """Layers whose cells and journal do not add up to the leads: (name, kinds that differ)."""
    found = []
    for layer in LAYERS:
        told = columns_told(layer, "l")
        columns = ", ".join(column for column in told if column in layer.kind.columns)
        group = f"grain, cell, state{', ' if columns else ''}{columns}"
        counted = f"SELECT 1 AS n, {of_lead('l')} FROM outreach_lead l WHERE {COUNTED.format('l')}"
        rows = fetch(
            f"""
            SELECT COUNT(*) FROM (
                SELECT {group} FROM (
                    SELECT {group}, n, sum_x, sum_y FROM outreach_leadcell
                    WHERE layer = {layer.number}
                    UNION ALL {_as_cells(layer, "outreach_leadchange", group, 1)}
                    UNION ALL {_as_cells(layer, f"({counted})", group, -1)}
                ) together
                GROUP BY {group} HAVING SUM(n) <> 0 OR SUM(sum_x) <> 0 OR SUM(sum_y) <> 0
            ) differ
            """
        )
        if rows[0][0]:
            found.append((f"zoom {layer.zoom} {layer.kind or 'plain'}", int(rows[0][0])))
    return found


def grains_of_the_tree() -> dict[int, tuple[int, int, int]]:
    """By branch number: the numbers of its ancestors at depth 1, 2 and 3, or its own."""
    rows = Branch.objects.values_list("pk", "parent_id", "number")
    parents = {pk: parent for pk, parent, _ in rows}
    numbers = {pk: number for pk, _, number in rows}
    grains: dict[int, tuple[int, int, int]] = {}
    for pk, number in numbers.items():
        path = [pk]
        while (above := parents[path[-1]]) is not None:
            path.append(above)
        at = [numbers[above] for above in path[::-1]]
        if number:
            grains[number] = (at[:2][-1], at[:3][-1], at[:4][-1])
    return grains


def _know_branches() -> None:
    """Note under which branches the rows of ``folding`` count, where that is not known yet."""
    unknown = fetch(
        """
        SELECT DISTINCT f.branch_number FROM folding f
        LEFT JOIN outreach_branchgrain g ON g.branch_number = f.branch_number
        WHERE g.branch_number IS NULL
        """
    )
    if not unknown:
        return
    tree = grains_of_the_tree()
    known = set(BranchGrain.objects.values_list("branch_number", flat=True))
    _note({number for (number,) in unknown} | set(tree) - known, tree)


def _note(numbers: set[int], tree: dict[int, tuple[int, int, int]]) -> None:
    """Write down where these branch numbers count: under themselves if the tree has them not."""
    BranchGrain.objects.bulk_create(
        BranchGrain(branch_number=number, depth_1=first, depth_2=second, depth_3=third)
        for number in sorted(numbers)
        for first, second, third in [tree.get(number, (number,) * 3)]
    )


def _add_to_cells(layer: Layer) -> None:
    told = columns_told(layer, "f")
    group = ["f.grain", "f.cell", "f.state", *(f"f.{c}" for c in told if c in layer.kind.columns)]
    source = f"""
        SELECT f.*, b.depth_{layer.depth} AS grain, f.tile_key >> {layer.shift} AS cell,
            {part(layer, 0, "f.tile_key")} AS x, {part(layer, 1, "f.tile_key")} AS y
        FROM folding f JOIN outreach_branchgrain b ON b.branch_number = f.branch_number
    """
    execute(
        f"""
        INSERT INTO outreach_leadcell ({_KEY}, n, sum_x, sum_y)
        SELECT {layer.number}, f.grain, f.cell, f.state, {", ".join(told.values())},
            SUM(f.n), SUM(f.n * f.x), SUM(f.n * f.y)
        FROM ({source}) f
        GROUP BY {", ".join(group)}
        HAVING SUM(f.n) <> 0 OR SUM(f.n * f.x) <> 0 OR SUM(f.n * f.y) <> 0
        ORDER BY {", ".join(group)}
        ON CONFLICT ({_KEY}) DO UPDATE SET n = outreach_leadcell.n + excluded.n,
            sum_x = outreach_leadcell.sum_x + excluded.sum_x,
            sum_y = outreach_leadcell.sum_y + excluded.sum_y
        """
    )


def _as_cells(layer: Layer, table: str, group: str, sign: int) -> str:
    """Rows at lead grain as rows of a layer, not yet added up."""
    return f"""
        SELECT {group}, n, n * x, n * y FROM (
            SELECT c.*, COALESCE(b.depth_{layer.depth}, c.branch_number) AS grain,
                c.tile_key >> {layer.shift} AS cell,
                {part(layer, 0, "c.tile_key")} AS x, {part(layer, 1, "c.tile_key")} AS y
            FROM (SELECT {sign} * n AS n, {_COLUMNS} FROM {table} source) c
            LEFT JOIN outreach_branchgrain b ON b.branch_number = c.branch_number
        ) placed
    """


def _alone(*, wait: bool) -> bool:
    """Be the only one who writes cells until the transaction ends; False when another is."""
    if connection.vendor != "postgresql":
        return True  # SQLite has one writer
    if wait:
        execute("SELECT pg_advisory_xact_lock(%(lock)s)", lock=_LOCK)
        return True
    return bool(fetch("SELECT pg_try_advisory_xact_lock(%(lock)s)", lock=_LOCK)[0][0])
