"""1a as worked out on paper, to six decimals, by the arithmetic of the sheet's numbers and none of this package.

The answer prints these numbers. The study holds them against what it computes, and so pins what no identity between two
ways of computing can see: the sheet's own weights, inputs, slope and target.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from bench.kit.byhand import adam, sgd
from bench.kit.compare import largest, max_error

from .by_hand import after, backward
from .network import forward

PRINTED = 5e-7
"""Half a unit of the sixth decimal: how far a right number may be from its printed form."""
LEARNING_RATE, ADAM_RATE = 0.1, 0.001
Numbers = dict[str, tuple[float, ...]]
SHEET: dict[str, Numbers] = {
    "source_major": {
        "z": (2.550000, 2.200000),
        "h": (0.987880, 2.200000),
        "s, o": (-0.583636, 0.358096),
        "L": (0.064117,),
        "δ": (0.082313, 0.000595, -0.032925),
        "gradient": (0.000892, -0.049388, 0.000595, -0.032925, 0.000595, -0.032925, 0.081316, 0.181089),
        "SGD": (0.899911, 0.804939, 0.699941, 0.603293, 0.499941, 0.403293, 0.291868, -0.418109),
        "Adam": (0.899000, 0.801000, 0.699000, 0.601000, 0.499000, 0.401000, 0.299000, -0.401000),
    },
    "target_major": {
        "z": (2.850000, 1.800000),
        "h": (0.993330, 1.800000),
        "s, o": (-0.422001, 0.396038),
        "L": (0.078423,),
        "δ": (0.094729, 0.000378, -0.037892),
        "gradient": (0.000567, 0.000378, 0.000378, -0.056837, -0.037892, -0.037892, 0.094097, 0.170512),
        "SGD": (0.899943, 0.799962, 0.699962, 0.605684, 0.503789, 0.403789, 0.290590, -0.417051),
        "Adam": (0.899000, 0.799000, 0.699000, 0.601000, 0.501000, 0.401000, 0.299000, -0.401000),
    },
}
"""At the sheet's input, for half the squared error and the rates above."""
PROBED: dict[str, Numbers] = {
    "source_major": {"z": (-2.400000, -2.200000), "h": (-0.983675, -0.440000), "δ": (0.117149, 0.001138, -0.009372)},
    "target_major": {"z": (-2.100000, -1.500000), "h": (-0.970452, -0.300000), "δ": (0.113497, 0.001982, -0.009080)},
}
"""At the probe x1 = -4, where h2 = 0.2 z2."""


def distance(w: Tensor, x: Tensor, orderings: Sequence[str], paper: dict[str, Numbers]) -> float:
    """The largest distance of a computed number from its printed form."""
    return largest(_distance(computed(w, x, ordering), paper[ordering]) for ordering in orderings)


def computed(w: Tensor, x: Tensor, ordering: str) -> dict[str, list[Tensor]]:
    """The numbers of ``SHEET``, from the code."""
    at = forward(w, x, ordering)
    back = backward(at, w, x, loss="half_mse", ordering=ordering)
    return {
        "z": [*at.z],
        "h": [*at.h],
        "s, o": [at.s, at.o],
        "L": [at.o**2 / 2],
        "δ": [back.delta_o, *back.delta_h],
        "gradient": [*back.gradient],
        "SGD": [*after(sgd, w, back.gradient, LEARNING_RATE)],
        "Adam": [*after(adam, w, back.gradient, ADAM_RATE)],
    }


def _distance(found: dict[str, list[Tensor]], paper: Numbers) -> float:
    return max_error(
        [value for name in paper for value in found[name]],
        [found["L"][0].new_tensor(n) for name in paper for n in paper[name]],
    )
