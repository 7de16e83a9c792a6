#!/usr/bin/env python
"""The command line of the marketing map."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")
    from django.core.management import execute_from_command_line

    from trust.wall import whole_bank

    with whole_bank("who runs commands on the server answers for them"):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
