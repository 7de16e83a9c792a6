"""The columns of a file as the mapping screen shows them."""

import json
from typing import Any

from whitelist.imports.mapping import FIELDS, problems_of
from whitelist.imports.pipeline import has_one_product
from whitelist.models import Mode, WhitelistUpload

ALWAYS_NEEDED = ("name", "branch_code", "valid_from", "valid_to")


def mapping_context(
    upload: WhitelistUpload, chosen: dict[str, str] | None = None
) -> dict[str, Any]:
    """The columns with their masked samples and chosen fields, and what is still missing."""
    columns = [
        dict(column)
        for column in upload.layout.get("columns", [])
        if column["heading"] or column["samples"]
    ]
    if chosen is not None:
        for column in columns:
            column["field"] = chosen.get(str(column["index"]), "")
    one_product = has_one_product(upload)
    problems = problems_of(
        [column["field"] for column in columns if column["field"]],
        mode=upload.mode,
        one_product=one_product,
    )
    lists_people = upload.mode != Mode.WITHDRAW
    groups = [["customer_no", "id_number"]]
    if lists_people:
        groups += [[name] for name in ALWAYS_NEEDED] + [["amount", "amount_wan"]]
        groups += [] if one_product else [["product_code"]]
    return {
        "columns": columns,
        "fields": [(field.name, field.label) for field in FIELDS.values()],
        "mapping_problems": [problem.sentence for problem in problems],
        "asks_unit": "unit" in upload.layout.get("unsure", []),
        # For the script: each group needs one of its fields. In an attribute, since
        # the page is also swapped in by htmx, which takes no script elements.
        "needed_fields": json.dumps(
            [
                {"any": group, "label": " / ".join(str(FIELDS[name].label) for name in group)}
                for group in groups
            ]
        ),
    }
