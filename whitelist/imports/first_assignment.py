"""How first assignment falls for a row: by manager, outlet, place, or not at all."""

# One line a row `r`: the manager, the branch the customer goes to, and why.
# The manager named in the file counts when active and within the row's 管户机构;
# a 管户机构 above the outlets is narrowed to the manager's own outlet, or to the
# one that looks after the row's village, township, county, city or province.
# The prefixes of a place code are its levels' own digits (2, 4, 6, 9 or 12).
FALLS = """
    SELECT r.id AS row_id, r.customer_id, m.id AS manager_id,
        b.number AS first_number, b.last_number,
        CASE WHEN b.level = 'outlet' THEN b.id
             WHEN m.id IS NOT NULL THEN m.branch_id
             ELSE COALESCE(looks_after.id, b.id) END AS branch_id,
        CASE WHEN m.id IS NOT NULL THEN 'by_manager'
             WHEN b.level = 'outlet' THEN 'by_outlet'
             WHEN looks_after.id IS NOT NULL THEN 'by_place'
             ELSE 'unassigned' END AS falls
    FROM whitelist_uploadrow r
    JOIN branches_branch b ON b.id = r.branch_id
    LEFT JOIN whitelist_place pl ON pl.id = r.place_id
    LEFT JOIN (
        SELECT s.id, s.branch_id, sb.number FROM branches_staff s
        JOIN branches_branch sb ON sb.id = s.branch_id
        WHERE s.is_active AND s.role = 'manager'
    ) m ON m.id = r.manager_id AND m.number BETWEEN b.number AND b.last_number
    LEFT JOIN branches_branch looks_after ON b.level <> 'outlet' AND looks_after.id = (
        SELECT op.outlet_id FROM whitelist_outletplace op
        JOIN branches_branch ob ON ob.id = op.outlet_id
        WHERE op.place_code IN (substr(pl.code, 1, 12), substr(pl.code, 1, 9),
            substr(pl.code, 1, 6), substr(pl.code, 1, 4), substr(pl.code, 1, 2))
        AND ob.number BETWEEN b.number AND b.last_number
        ORDER BY length(op.place_code) DESC LIMIT 1)
"""
