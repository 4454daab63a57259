"""Libraries that exercises import only when they need them: what one child had to import, the next ones find there.

A child cannot give its imports to others, and one that comes after it would pay for them again. So its last words name
them, and the warm process imports them too: a library that an exercise has just used without harm. They are remembered
for the part: the next run imports them before its first child, and once instead of twice.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Iterable
from hashlib import sha256
from importlib import import_module

from bench import cache

KIT = ("bench.hookspecs", "bench.kit.byhand", "bench.kit.data", "bench.kit.training")
"""Our own, which nearly every exercise imports: 20 ms of a child's time, hundreds of times a run."""
OPTIMISERS = "torch._dynamo"
"""``torch.optim`` imports the compiler with the first optimiser, for over a second."""
GRADIENTS = "torch.fx.experimental.symbolic_shapes"
"""``torch.autograd.grad`` and ``backward`` import SymPy by this with the first gradient that they are given."""
LIBRARIES = (OPTIMISERS, GRADIENTS, "matplotlib.figure", "numba", "torchvision.transforms.v2")
"""Those that many cases need. They take half a second and more, and start no thread: it would not survive a fork."""


class Will:
    """What a child leaves behind: a pipe that it writes to at its end, and its parent reads from."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        # The parent has the writing end open as well: after a child that wrote nothing, no end of file would come.
        os.set_blocking(self.reading, False)

    def write(self) -> None:
        """In the child: name what it has imported."""
        with contextlib.suppress(OSError):
            os.write(self.writing, " ".join(name for name in LIBRARIES if name in sys.modules).encode())

    def read(self) -> list[str]:
        """In the parent, after the child's end: nothing from one that was killed."""
        with contextlib.suppress(OSError):
            return [name for name in os.read(self.reading, 4096).decode(errors="replace").split() if name in LIBRARIES]
        return []

    def __enter__(self) -> Will:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.reading)
        os.close(self.writing)


def remember(part: str, names: Iterable[str]) -> None:
    """Keep what the children of a part need."""
    if new := set(names) - set(recall(part)):
        cache.write(_place(part), " ".join(sorted({*recall(part), *new})).encode())


def recall(part: str) -> list[str]:
    """What they have needed: of an earlier version of the part, perhaps, which costs a second at most."""
    return [name for name in cache.read(_place(part)).decode(errors="replace").split() if name in LIBRARIES]


def _place(part: str) -> str:
    return f"libraries/{sha256(part.encode()).hexdigest()[:12]}"


def adopt(names: Iterable[str]) -> None:
    """Import these libraries, unless they are here, and keep the garbage collector off them."""
    new = [name for name in names if name not in sys.modules]
    for name in new:
        import_module(name)
    if "numba" in new:
        _warm_numba()
    if new:
        # A collection in a child writes to every object that it visits, and so copies the pages it shares with its
        # parent: time and memory that would be measured. What is garbage by now would stay for ever.
        gc.collect()
        gc.freeze()


def _warm_numba() -> None:
    """Numba loads half of itself with the first function that it compiles, or takes from its cache."""
    import numba

    numba.njit("int64()")(lambda: 0)
