"""Static files as in production, but not compressed beforehand: that takes most of a minute."""

import django
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage


def main() -> None:
    CompressedManifestStaticFilesStorage.compress_files = (  # type: ignore[method-assign]
        lambda self, paths: iter(())
    )
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    main()
