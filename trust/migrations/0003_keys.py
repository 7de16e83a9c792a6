from django.db import migrations, models


class Migration(migrations.Migration):
    """What is in the log was made under the one key there was: the one with the id 1."""

    dependencies = [("trust", "0002_audit_chain")]

    operations = [
        migrations.AddField("AuditEvent", "key_id", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField("AuditLink", "key_id", models.PositiveSmallIntegerField(default=1)),
        migrations.CreateModel(
            "Rotation",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=80, unique=True)),
                ("ring", models.CharField(max_length=200)),
                ("after", models.BigIntegerField(default=0)),
                ("renewed", models.BigIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={"verbose_name": "密钥轮换", "verbose_name_plural": "密钥轮换"},
        ),
    ]
