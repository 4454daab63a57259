"""Another layout of memory in every process, so that none of them is taken for the code's own speed.

Processes are forked from one that stays the same, so what they allocate would lie in the same places each time: a
variant that is favoured by its place would be so in every round, and its interval would be narrow around a wrong ratio.
So each process first takes blocks of sizes drawn by lot, and gives every other one back: what comes afterwards lies in
other places.

Sources: T. Mytkowicz et al., "Producing wrong data without doing anything obviously wrong!", ASPLOS 2009; C. Curtsinger
and E. Berger, "STABILIZER: statistically sound performance evaluation", ASPLOS 2013.
"""

from __future__ import annotations

import random

BLOCKS = 400
SMALL, LARGE = 600, 20_000
"""Bytes of a block: more than Python's own allocator keeps for itself, less than the C library maps by itself."""
OBJECTS = 2_000


def shuffled(rng: random.Random) -> list[object]:
    """Fill the heap with holes; what is returned must be kept until the process has done its work. It is 2 MB."""
    blocks = [bytearray(rng.randrange(SMALL, LARGE)) for _ in range(BLOCKS)]
    rng.shuffle(blocks)
    heap: list[object] = list(blocks[::2])
    # Small objects of Python's lie in pools of their own.
    heap += [float(number) for number in range(rng.randrange(OBJECTS))]
    return heap
