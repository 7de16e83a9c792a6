"""Copy the leads into a table with geometry, indexed as PostGIS's manual says."""

import psycopg

ROWS = """
    CREATE TABLE peer_lead AS
    SELECT l.id, l.branch_number, l.holder_id AS holder, l.stage, l.product_id AS product,
        l.segment, l.amount_band, l.valid_to, l.precision,
        ST_SetSRID(ST_MakePoint(w.lon, w.lat), 4326)::geometry(Point, 4326) AS point,
        ST_Transform(ST_SetSRID(ST_MakePoint(w.lon, w.lat), 4326), 3857)::geometry(Point, 3857)
            AS mercator
    FROM outreach_lead l JOIN whitelist_location w ON w.customer_id = l.customer_id AND w.is_current
    WHERE l.eligibility = 'yes' AND l.valid_to >= current_date AND l.tile_key IS NOT NULL
"""
INDEXES = (
    "ALTER TABLE peer_lead ADD PRIMARY KEY (id)",
    "CREATE INDEX peer_point ON peer_lead USING gist (point)",
    "CREATE INDEX peer_mercator ON peer_lead USING gist (mercator)",
    "CREATE INDEX peer_branch ON peer_lead (branch_number)",
    "CREATE INDEX peer_holder ON peer_lead (holder)",
    "CREATE INDEX peer_filter ON peer_lead (segment, amount_band)",
)


def fill(url: str, *owners: str) -> int:
    """Make the table in the database at `url` (a superuser's); how many rows it has."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET timezone = 'Asia/Shanghai'")
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        connection.execute("DROP TABLE IF EXISTS peer_lead")
        connection.execute(ROWS)
        for statement in INDEXES:
            connection.execute(statement)
        connection.execute("VACUUM ANALYZE peer_lead")
        for owner in owners:
            connection.execute(f"GRANT SELECT ON peer_lead TO {owner}")
        row = connection.execute("SELECT count(*) FROM peer_lead").fetchone()
        return int(row[0]) if row else 0
