"""Which customer a row is about, and rows that cannot say it.

A customer is their 客户号; without one, the keyed index of the ID number. A row
whose two say different people is rejected, and so is one that names a customer
twice. All of it in sets, and harmless to run again.
"""

# Only text of this code is put into statements; values are parameters.
# ruff: noqa: S608

from django.db import transaction

from whitelist.imports.statements import execute, plan_for_sets
from whitelist.models import WhitelistUpload

# r → the customer, or NULL when nobody of that identity is known yet. An
# ID number finds those without 客户号 too: the row then brings theirs.
CUSTOMER_OF_ROW = """
    LEFT JOIN whitelist_customer by_no
        ON r.customer_no <> '' AND by_no.customer_no = r.customer_no
    LEFT JOIN whitelist_customer by_id
        ON by_no.id IS NULL AND by_id.id_index = r.id_index
        AND (r.customer_no = '' OR by_id.customer_no IS NULL)
"""

# The 客户号 is known under another ID number, or the ID number under another 客户号.
_CONFLICT = """
    EXISTS (SELECT 1 FROM whitelist_customer c
            WHERE c.customer_no = r.customer_no AND c.id_index <> r.id_index)
    OR EXISTS (SELECT 1 FROM whitelist_customer c
               WHERE c.id_index = r.id_index AND c.customer_no <> r.customer_no)
"""
# The ID number alone, and it belongs to several customers.
_AMBIGUOUS = """
    (SELECT COUNT(*) FROM whitelist_customer c WHERE c.id_index = r.id_index) > 1
"""
# An earlier row of the file says another 客户号 with this ID number, or the reverse.
_CONFLICT_IN_FILE = """
    r.id IN (
        SELECT id FROM (
            SELECT id, customer_no,
                FIRST_VALUE(customer_no) OVER (PARTITION BY id_index ORDER BY row_no) AS first_no
            FROM whitelist_uploadrow WHERE upload_id = %(upload)s AND id_index IS NOT NULL
        ) same_id WHERE customer_no <> first_no
        UNION ALL
        SELECT id FROM (
            SELECT id, id_index, FIRST_VALUE(id_index) OVER (
                PARTITION BY customer_no
                ORDER BY CASE WHEN id_index IS NULL THEN 1 ELSE 0 END, row_no) AS first_id
            FROM whitelist_uploadrow WHERE upload_id = %(upload)s AND customer_no <> ''
        ) same_no WHERE id_index <> first_id
    )
"""
# The same person and product a second time, however they were identified.
_TWICE = f"""
    r.id IN (
        SELECT id FROM (
            SELECT r.id, ROW_NUMBER() OVER (
                PARTITION BY COALESCE(by_no.id, by_id.id), r.product_id,
                    CASE WHEN COALESCE(by_no.id, by_id.id) IS NULL THEN r.customer_no END,
                    CASE WHEN COALESCE(by_no.id, by_id.id) IS NULL AND r.customer_no = ''
                         THEN r.id_index END
                ORDER BY r.row_no) AS place
            FROM whitelist_uploadrow r {CUSTOMER_OF_ROW}
            WHERE r.upload_id = %(upload)s
        ) ranked WHERE place > 1
    )
"""
# They had their personal data deleted: no list brings them back.
_ERASED = """
    EXISTS (SELECT 1 FROM whitelist_customer c
            WHERE c.customer_no = r.customer_no AND c.erased_at IS NOT NULL)
    OR EXISTS (SELECT 1 FROM whitelist_customer c
               WHERE c.id_index = r.id_index AND c.erased_at IS NOT NULL)
"""
REJECTIONS = (
    ("customer_erased", _ERASED),
    ("identity_conflict", f"r.customer_no <> '' AND r.id_index IS NOT NULL AND ({_CONFLICT})"),
    ("identity_ambiguous", f"r.customer_no = '' AND {_AMBIGUOUS}"),
    ("identity_conflict_in_file", _CONFLICT_IN_FILE),
    ("customer_twice", _TWICE),
)


@transaction.atomic
def reject_unclear_identities(upload: WhitelistUpload) -> int:
    """Turn rows that do not say clearly who they are about into problems; how many.

    Such a row is taken out and stands in the report with its 客户号 and keyed
    ID index, so that it still protects whoever it may be about from 移出.
    """
    plan_for_sets()
    rejected = sum(_reject(upload, code, condition) for code, condition in REJECTIONS)
    execute(
        """
        UPDATE whitelist_uploadproblem SET shown = '' WHERE upload_id = %(upload)s
        AND shown <> '' AND row_no IN (SELECT row_no FROM whitelist_uploadproblem
            WHERE upload_id = %(upload)s AND code = 'customer_erased')
        """,
        upload=upload.pk,
    )
    return rejected


def _reject(upload: WhitelistUpload, code: str, condition: str) -> int:
    execute(
        f"""
        INSERT INTO whitelist_uploadproblem
            (upload_id, row_no, "column", code, level, params, customer_no, shown,
             id_index, branch_id)
        SELECT r.upload_id, r.row_no, %(heading)s, %(code)s, 'error', '{{}}', r.customer_no, '',
            r.id_index, r.branch_id
        FROM whitelist_uploadrow r WHERE r.upload_id = %(upload)s AND ({condition})
        """,
        upload=upload.pk,
        code=code,
        heading=_heading(upload, "id_number" if code == "identity_ambiguous" else "customer_no"),
    )
    return execute(
        """
        DELETE FROM whitelist_uploadrow WHERE upload_id = %(upload)s AND row_no IN (
            SELECT row_no FROM whitelist_uploadproblem
            WHERE upload_id = %(upload)s AND code = %(code)s)
        """,
        upload=upload.pk,
        code=code,
    )


def _heading(upload: WhitelistUpload, field: str) -> str:
    """The column as the file names it."""
    columns = upload.layout.get("columns", [])
    headings = {name: columns[int(index)]["heading"] for index, name in upload.mapping.items()}
    return str(headings.get(field, ""))[:60]
