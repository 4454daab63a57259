"""Training networks: a small loop that is exact in what it computes and waits for the device once an epoch.

The batches, their order and the dropout masks are those of the idiomatic loop over a ``DataLoader`` with the same seed.
"""

from bench.kit.training.checkpoint import load, save
from bench.kit.training.examples import Examples, held_out
from bench.kit.training.history import Epoch, History
from bench.kit.training.loop import Diverged, Training
from bench.kit.training.numerics import NUMERICS, Numerics, computing
from bench.kit.training.penalties import l1, l2
from bench.kit.training.randomness import seeded
from bench.kit.training.recipe import Recipe, argmax_right
from bench.kit.training.replay import Replay
from bench.kit.training.scoring import score

__all__ = [
    "NUMERICS",
    "Diverged",
    "Epoch",
    "Examples",
    "History",
    "Numerics",
    "Recipe",
    "Replay",
    "Training",
    "argmax_right",
    "computing",
    "held_out",
    "l1",
    "l2",
    "load",
    "save",
    "score",
    "seeded",
]
