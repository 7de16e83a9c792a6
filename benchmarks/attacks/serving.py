"""The product as the tools meet it: as it is, with one address more for each hole that is planted.

`gunicorn benchmarks.attacks.serving:application`. Every request is noted (`seen.py`), so that
afterwards it can be said which addresses a tool has reached, as whom, and with what answer.
"""

import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")
settings.ROOT_URLCONF = "benchmarks.attacks.planted"
# The note is innermost, where it is known who asks and which view answers.
settings.MIDDLEWARE = [
    "benchmarks.attacks.seen.shield", *settings.MIDDLEWARE, "benchmarks.attacks.seen.note",
]  # fmt: skip

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
