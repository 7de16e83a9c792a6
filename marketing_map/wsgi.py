"""The WSGI entry point. In production it refuses to start on what the checks find wrong."""

import os

from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")
application = get_wsgi_application()

if settings.PRODUCTION:
    wrong = [found for found in run_checks(include_deployment_checks=True) if found.level >= ERROR]
    if wrong:
        raise SystemExit("\n".join(["Not started:", *(f"  {found}" for found in wrong)]))
