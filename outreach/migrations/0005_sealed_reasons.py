"""解除原因 is sealed like all free text about a customer."""

from typing import Any

from django.db import migrations

import trust.fields


def seal(apps: Any, schema_editor: Any) -> None:
    """What was plain is sealed for the column it will stand in (`bound_to`)."""
    rows = apps.get_model("outreach", "Refusal")._base_manager
    for row in rows.exclude(end_reason="").iterator():
        rows.filter(pk=row.pk).update(sealed_reason=row.end_reason)


def unseal(apps: Any, schema_editor: Any) -> None:
    """Back to plain text."""
    rows = apps.get_model("outreach", "Refusal")._base_manager
    for row in rows.exclude(sealed_reason__isnull=True).iterator():
        rows.filter(pk=row.pk).update(end_reason=row.sealed_reason)


class Migration(migrations.Migration):
    dependencies = [("outreach", "0004_log_day")]
    operations = [
        migrations.AddField(
            "Refusal",
            "sealed_reason",
            trust.fields.EncryptedTextField(
                "解除原因", null=True, blank=True, bound_to="outreach_refusal.end_reason"
            ),
        ),
        migrations.RunPython(seal, unseal),
        migrations.RemoveField("Refusal", "end_reason"),
        migrations.RenameField("Refusal", "sealed_reason", "end_reason"),
        migrations.AlterField(
            "Refusal", "end_reason", trust.fields.EncryptedTextField("解除原因", null=True, blank=True)
        ),
    ]
