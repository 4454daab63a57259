"""What took long to measure is shown although the disk has no room for it, and written although nobody reads on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.errors import BenchError


@contextmanager
def written(write: Callable[[], object]) -> Iterator[None]:
    """Write first, and raise what the disk refused once the body has shown the result."""
    refused = None
    try:
        write()
    except BenchError as error:
        refused = error
    try:
        yield
    finally:  # also where the reader of the result has gone: nothing else says that it is not kept
        if refused:
            raise refused
