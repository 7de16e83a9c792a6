"""Whether a password is in a list of those that became known (ASVS 6.2.12), kept in the bank's house.

BREACHED_PASSWORDS is a file in the format of Have I Been Pwned: one ``SHA1:count`` a line, upper
case, sorted by hash, of any size: some thirty lines of it are read. Or a short list of plain
passwords, one a line, which is read through. Nothing is asked of anybody outside.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import IO

from django.conf import settings

HEX = 40  # digits of a SHA-1
IS_HASH = re.compile(rb"[0-9A-Fa-f]{40}\s*(:|\r?\n|$)")


def is_breached(password: str) -> bool:
    """Whether it is in the list; False when there is none.

    Raises:
        OSError: the list is configured and cannot be read: no password is taken then.
    """
    if not settings.BREACHED_PASSWORDS:
        return False
    with Path(settings.BREACHED_PASSWORDS).open("rb") as file:
        if IS_HASH.match(file.readline(1024)):
            digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
            return _bisected(file, digest.encode())
        file.seek(0)
        return any(line.rstrip(b"\r\n") == password.encode() for line in file)


def _bisected(file: IO[bytes], digest: bytes) -> bool:
    """Look among the lines that begin at `low` or later and before `high`."""
    low, high = 0, os.fstat(file.fileno()).st_size
    while low < high:
        middle = (low + high) // 2
        file.seek(max(middle - 1, 0))
        if middle:
            file.readline()  # to the first line that begins here or later
        begins = file.tell()
        line = file.readline()
        found = line[:HEX].upper()
        if found == digest:
            return True
        if line and found < digest:
            low = begins + len(line)
        else:
            high = middle
    return False
