"""Keys of an installation that was given none: made once, kept under var/.

A clone must run with no configuration, and no key may stand in the code.
So the first start draws random keys and keeps them in a file that only its
owner can read. Production refuses to use them (see `settings.py`).
"""

import json
import os
import secrets
from pathlib import Path


def local_key(path: Path, name: str) -> str:
    """The 32-byte key called `name`, as hex; drawn and stored on first use."""
    keys = json.loads(path.read_text()) if path.exists() else {}
    if name not in keys:
        keys[name] = secrets.token_hex(32)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(keys, indent=1))
        draft.replace(path)
    return str(keys[name])
