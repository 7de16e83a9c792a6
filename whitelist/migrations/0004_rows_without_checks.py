"""Columns that lists fill by the million: no check and no index that nothing asks for (ADR 24)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0003_doors_temporary_password'),
        ('whitelist', '0003_sealed_reasons'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='uploadrow',
            name='row_change',
        ),
        migrations.AlterField(
            model_name='batchchange',
            name='batch',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='whitelist.whitelistbatch'),
        ),
        migrations.AlterField(
            model_name='batchchange',
            name='offer',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='whitelist.offer'),
        ),
        migrations.AlterField(
            model_name='location',
            name='place',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whitelist.place'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='branch',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.branch'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='customer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='whitelist.customer'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='product',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whitelist.product'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='programme',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whitelist.programme'),
        ),
        migrations.AlterField(
            model_name='uploadrow',
            name='branch',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.branch', verbose_name='管户机构'),
        ),
        migrations.AlterField(
            model_name='uploadrow',
            name='customer',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whitelist.customer'),
        ),
        migrations.AlterField(
            model_name='uploadrow',
            name='manager',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='客户经理'),
        ),
        migrations.AlterField(
            model_name='uploadrow',
            name='place',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whitelist.place'),
        ),
        migrations.AlterField(
            model_name='uploadrow',
            name='product',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whitelist.product'),
        ),
    ]
