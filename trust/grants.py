"""What the application's database role may do.

On PostgreSQL `migrate` runs as the tables' owner, the application as the role
named in DATABASE_APP_ROLE. After each migration the owner grants that role
reading and writing of rows, and of the audit log only reading and adding.
"""

from typing import Any

from django.conf import settings
from django.db import connections

APPEND_ONLY = ("trust_auditevent", "trust_auditlink", "trust_auditarchive")


def grant_application_role(
    *, using: str = "default", app_config: Any = None, **kwargs: Any
) -> None:
    """Grant the application role its rights; nothing on SQLite or when no role is named.

    Called after each application has migrated; the grants are made once, when
    the ground floor itself has.
    """
    connection = connections[using]
    role = settings.DATABASE_APP_ROLE
    if app_config is not None and app_config.name != "trust":
        return
    if connection.vendor != "postgresql" or not role or connection.settings_dict["USER"] == role:
        return
    quoted = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}"
        )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        for table in APPEND_ONLY:
            cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {quoted}")
