"""The tables of the pyramid; its triggers are installed after every migration (outreach.apps)."""

import datetime
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


KEY = "layer, grain, cell, state, product_id, segment, amount_band, precision, valid_to"


def keep_cells_in_order(apps: Any, schema_editor: Any) -> None:
    """Everything a count reads stands in the primary key's index, or is the index."""
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE outreach_leadcell DROP CONSTRAINT outreach_leadcell_pkey")
            cursor.execute(
                "ALTER TABLE outreach_leadcell ADD CONSTRAINT outreach_leadcell_pkey"
                f" PRIMARY KEY ({KEY}) INCLUDE (n, sum_x, sum_y)"
            )
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'outreach_leadcell'")
            (statement,) = cursor.fetchone()
            cursor.execute("DROP TABLE outreach_leadcell")
            cursor.execute(f"{statement} WITHOUT ROWID")


def forget_triggers(apps: Any, schema_editor: Any) -> None:
    """On the way back: they write into a table that is about to go."""
    for event in ("insert", "update", "delete"):
        name = f"outreach_lead_counted_{event}"
        with schema_editor.connection.cursor() as cursor:
            if schema_editor.connection.vendor == "postgresql":
                cursor.execute(f"DROP FUNCTION IF EXISTS {name} CASCADE")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0003_doors_temporary_password'),
        ('outreach', '0005_sealed_reasons'),
        ('whitelist', '0003_sealed_reasons'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BranchGrain',
            fields=[
                ('branch_number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('depth_1', models.PositiveIntegerField()),
                ('depth_2', models.PositiveIntegerField()),
                ('depth_3', models.PositiveIntegerField()),
            ],
            options={
                'verbose_name': '地图汇总机构',
                'verbose_name_plural': '地图汇总机构',
            },
        ),
        migrations.CreateModel(
            name='LeadCell',
            fields=[
                ('pk', models.CompositePrimaryKey('layer', 'grain', 'cell', 'state', 'product_id', 'segment', 'amount_band', 'precision', 'valid_to', blank=True, editable=False, primary_key=True, serialize=False)),
                ('layer', models.PositiveSmallIntegerField()),
                ('grain', models.PositiveIntegerField()),
                ('cell', models.BigIntegerField()),
                ('state', models.PositiveSmallIntegerField()),
                ('product_id', models.BigIntegerField(default=0)),
                ('segment', models.CharField(blank=True, max_length=40)),
                ('amount_band', models.PositiveSmallIntegerField(default=0)),
                ('precision', models.PositiveSmallIntegerField(default=0)),
                ('valid_to', models.DateField(default=datetime.date(1970, 1, 1))),
                ('n', models.IntegerField()),
                ('sum_x', models.IntegerField()),
                ('sum_y', models.IntegerField()),
            ],
            options={
                'verbose_name': '地图汇总格',
                'verbose_name_plural': '地图汇总格',
            },
        ),
        migrations.CreateModel(
            name='LeadChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('n', models.IntegerField()),
                ('branch_number', models.PositiveIntegerField()),
                ('tile_key', models.BigIntegerField(db_index=True)),
                ('state', models.PositiveSmallIntegerField()),
                ('product_id', models.BigIntegerField()),
                ('segment', models.CharField(blank=True, max_length=40)),
                ('amount_band', models.PositiveSmallIntegerField()),
                ('precision', models.PositiveSmallIntegerField()),
                ('valid_to', models.DateField()),
            ],
            options={
                'verbose_name': '地图汇总变动',
                'verbose_name_plural': '地图汇总变动',
            },
        ),
        migrations.RemoveIndex(
            model_name='lead',
            name='lead_holder_tile',
        ),
        migrations.RemoveIndex(
            model_name='lead',
            name='lead_tile_counts',
        ),
        migrations.RemoveIndex(
            model_name='lead',
            name='lead_scope_tile',
        ),
        migrations.RemoveIndex(
            model_name='lead',
            name='lead_village',
        ),
        migrations.RemoveIndex(
            model_name='lead',
            name='lead_by_expiry',
        ),
        migrations.AlterField(
            model_name='lead',
            name='holder',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to=settings.AUTH_USER_MODEL, verbose_name='持有人'),
        ),
        migrations.AlterField(
            model_name='lead',
            name='product',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whitelist.product'),
        ),
        migrations.AlterField(
            model_name='lead',
            name='village',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whitelist.place', verbose_name='行政村'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('holder__isnull', False)), fields=['holder', 'tile_key'], name='lead_holder_tile'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('holder__isnull', True)), fields=['branch_number', 'tile_key'], name='lead_pool_tile'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(fields=['village', 'branch_number', 'eligibility', 'valid_to', 'stage'], name='lead_village'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(fields=['branch_number', 'tile_key', 'eligibility', 'valid_to', 'holder', 'stage', 'stage_basis', 'product', 'segment', 'amount_band', 'precision'], name='lead_scope_tile'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(fields=['tile_key', 'branch_number', 'eligibility', 'valid_to', 'holder', 'stage', 'stage_basis', 'product', 'segment', 'amount_band', 'precision', 'id'], name='lead_tile_counts'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('amount__gte', 0), ('eligibility', 'yes')), fields=['valid_to'], name='lead_ended_unmarked'),
        ),
        migrations.RunPython(keep_cells_in_order, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='leadcell',
            index=models.Index(condition=models.Q(('n', 0)), fields=['n'], name='lead_cell_emptied'),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_triggers),
    ]
