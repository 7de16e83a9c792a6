"""How long each stage of an import took, in the log: benchmarks read it from there."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

logger = logging.getLogger(__name__)


@contextmanager
def stage(upload: int, name: str) -> Iterator[None]:
    """Log the wall time of what is done inside, unless it raises. `upload`: its number."""
    began = time.monotonic()
    yield
    logger.info("upload %s: %s took %.2f s", upload, name, time.monotonic() - began)
