"""Processes we started and will end. Standard library only."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

PR_SET_PDEATHSIG = 1


def start(
    command: Sequence[str], env: Mapping[str, str] | None = None, **options: Any
) -> "subprocess.Popen[bytes]":
    """Start a child in a session of its own that is told to end when we die.

    Of its own: so that Ctrl-C reaches us alone, and we end them in order.
    """
    return subprocess.Popen(
        list(command), env=env, start_new_session=True, preexec_fn=_end_with_parent, **options
    )


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def end(child: "subprocess.Popen[bytes]", by: signal.Signals = signal.SIGTERM) -> None:
    """Ask the child to end, wait, and insist after ten seconds."""
    if child.poll() is None:
        with suppress(ProcessLookupError):
            child.send_signal(by)
        deadline = time.monotonic() + 10
        while child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        if child.poll() is None:
            child.kill()
    child.wait()


def stop_on_signals() -> None:
    """SIGTERM and SIGHUP end us as Ctrl-C does: by KeyboardInterrupt, through every `finally`."""

    def interrupt(*args: Any) -> None:
        raise KeyboardInterrupt

    for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(each, interrupt)
