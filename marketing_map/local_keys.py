"""Keys of an installation that was given none: made once, kept under var/.

A clone must run with no configuration, and no key may stand in the code.
So the first start draws random keys and keeps them in a file that only its
owner can read. Production refuses to use them (see `settings.py`).
"""

import fcntl
import json
import secrets
from pathlib import Path


def local_key(path: Path, name: str) -> str:
    """The 32-byte key called `name`, as hex; drawn and stored on first use."""
    return _stored(path).get(name) or _draw(path, name)


def _stored(path: Path) -> dict[str, str]:
    return json.loads(path.read_text()) if path.exists() else {}  # type: ignore[no-any-return]


def _draw(path: Path, name: str) -> str:
    """One process at a time: web and worker start together, and must not draw two keys."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        keys = _stored(path)
        if name not in keys:
            keys[name] = secrets.token_hex(32)
            draft = path.with_suffix(".draft")
            draft.unlink(missing_ok=True)
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(keys, indent=1))
            draft.replace(path)
    return keys[name]
