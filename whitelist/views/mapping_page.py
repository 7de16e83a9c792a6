"""The mapping screen: which column of the file is which field."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branches.access import StaffRequest, allow
from branches.models import Role
from whitelist.actions.uploads import MappingRefused, NotPossibleNow, confirm_mapping
from whitelist.imports.mapping import FIELDS, problems_of
from whitelist.imports.pipeline import has_one_product
from whitelist.models import Mode, UploadState, WhitelistUpload

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


@allow(Role.CLERK)
@require_POST
def upload_mapping(request: StaffRequest, pk: int) -> HttpResponse:
    """Confirm the columns: remembered for the programme's next file, and the check begins."""
    from whitelist.views.detail import show_upload, upload_or_404

    upload = upload_or_404(request.user, pk)
    chosen = _chosen(upload, request.POST)
    try:
        if upload.state != UploadState.MAPPING:
            raise NotPossibleNow
        confirm_mapping(upload=upload, mapping=chosen, by=request.user)
    except MappingRefused:
        return show_upload(request, upload, status=422, **mapping_context(upload, chosen))
    except NotPossibleNow:
        messages.info(request, _("列已经确认过了。"))
    return redirect("upload_detail", pk=pk)


def _chosen(upload: WhitelistUpload, posted: QueryDict) -> dict[str, str]:
    """Field by column index as text; columns left alone are not in it."""
    chosen = {}
    for column in upload.layout.get("columns", []):
        name = posted.get(f"column-{column['index']}", "")
        if name in FIELDS:
            chosen[str(column["index"])] = name
    return chosen
