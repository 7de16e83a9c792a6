"""The 说明 of a decided correction is sealed like all free text about a customer."""

from typing import Any

from django.db import migrations

import trust.fields


def seal(apps: Any, schema_editor: Any) -> None:
    """What was plain is sealed for the column it will stand in (`bound_to`)."""
    rows = apps.get_model("whitelist", "Correction")._base_manager
    for row in rows.exclude(reason="").iterator():
        rows.filter(pk=row.pk).update(sealed_reason=row.reason)


def unseal(apps: Any, schema_editor: Any) -> None:
    """Back to plain text."""
    rows = apps.get_model("whitelist", "Correction")._base_manager
    for row in rows.exclude(sealed_reason__isnull=True).iterator():
        rows.filter(pk=row.pk).update(reason=row.sealed_reason)


class Migration(migrations.Migration):
    dependencies = [("whitelist", "0002_corrections_and_results")]
    operations = [
        migrations.AddField(
            "Correction",
            "sealed_reason",
            trust.fields.EncryptedTextField(
                "说明", null=True, blank=True, bound_to="whitelist_correction.reason"
            ),
        ),
        migrations.RunPython(seal, unseal),
        migrations.RemoveField("Correction", "reason"),
        migrations.RenameField("Correction", "sealed_reason", "reason"),
        migrations.AlterField(
            "Correction", "reason", trust.fields.EncryptedTextField("说明", null=True, blank=True)
        ),
    ]
