"""What background work is done within: contexts that upper floors hand down."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

_contexts: list[Callable[[], AbstractContextManager[None]]] = []


def surround(context: Callable[[], AbstractContextManager[None]]) -> None:
    """From now on, every job and every tick of the clock is done within such a context."""
    _contexts.append(context)


@contextmanager
def surrounded() -> Iterator[None]:
    with ExitStack() as stack:
        for context in _contexts:
            stack.enter_context(context())
        yield
