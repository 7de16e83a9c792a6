"""A new file on the server's disk that its owner alone may read."""

import os
from pathlib import Path
from typing import IO


def new_private_file(path: Path) -> IO[str]:
    """Open a new text file for writing, mode 0600, UTF-8; line ends as written.

    Raises:
        FileExistsError: something of that name is there; it is left alone.
        OSError: it cannot be written there.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8", newline="")
