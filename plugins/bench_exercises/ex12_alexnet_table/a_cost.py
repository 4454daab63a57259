"""Beyond the sheet: where the parameters of AlexNet's table are, and where its work is."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from bench import Lab

from . import figures, network, reference
from .a_solver import layers_of, lines_of, solve
from .a_tables import cost_rows
from .by_hand import Convolution, FullyConnected, Layer, Line, total, trace
from .problem import ALEXNET, INPUT, PRINTED


def study(lab: Lab) -> None:
    layers, lines = layers_of(solve(ALEXNET)), lines_of(solve(ALEXNET))
    theirs = reference.multiplications(layers, INPUT, lab.device)
    wrong = sum(line.multiplications != count for line, count in zip(lines, theirs, strict=True))
    lab.claim("rows whose multiplications differ from PyTorch's counter", wrong, equals=0)
    shares(lab, lines)
    what_row_4_adds(lab, lines)
    in_groups(lab, layers)
    numbers = [
        f"{row.number}′" if row != sheet else str(row.number) for row, sheet in zip(ALEXNET, PRINTED, strict=True)
    ]
    lab.table("Cost of every row, row 4′ as in AlexNet", cost_rows(numbers, lines))
    lab.figure(
        "Parameters and multiplications",
        figures.costs(numbers, lines),
        "Row 4′ is row 4 as AlexNet has it. The fully connected rows hold nearly all parameters, the convolutions do "
        "nearly all of the work: a convolution uses each weight at every position, a fully connected layer once.",
    )


def shares(lab: Lab, lines: Sequence[Line]) -> None:
    """Held against sums of the table's column, and of k²MN·n'² over its convolutions, that were done on paper."""
    dense = total([line for line in lines if isinstance(line.layer, FullyConnected)]) / total(lines)
    lab.claim("share of the parameters in the fully connected rows", dense, equals=58_631_144 / 62_378_344)
    convolved = work([line for line in lines if isinstance(line.layer, Convolution)]) / work(lines)
    lab.claim("share of the multiplications in the convolutions", convolved, equals=1_076_634_144 / 1_135_256_096)
    lab.metric("multiplications for one image", work(lines) / 1e9, "billion")
    lab.claim("units with weights", sum(prod(line.after) for line in lines if line.parameters), equals=659_272)


def what_row_4_adds(lab: Lab, lines: Sequence[Line]) -> None:
    literal = lines_of(solve(PRINTED))
    lab.metric("parameters that AlexNet's row 4 adds", 100 * (total(lines) / total(literal) - 1), "%")
    lab.metric("multiplications that AlexNet's row 4 adds", 100 * (work(lines) / work(literal) - 1), "%")


def in_groups(lab: Lab, layers: Sequence[Layer]) -> None:
    halves = network.on_two_gpus(layers)
    twin = sum(seen.parameters for seen in reference.measure(halves, INPUT, lab.device))
    lab.claim("all parameters with AlexNet's two groups = PyTorch's", total(trace(halves, INPUT)), equals=twin)


def work(lines: Sequence[Line]) -> int:
    """All multiplications for one image."""
    return sum(line.multiplications for line in lines)
