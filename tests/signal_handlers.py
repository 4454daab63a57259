"""A command that is called within the tests' own process changes what signals do there: for its time alone."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

CHANGED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def as_they_were() -> Iterator[None]:
    """Puts every handler back."""
    before = {number: signal.getsignal(number) for number in CHANGED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
