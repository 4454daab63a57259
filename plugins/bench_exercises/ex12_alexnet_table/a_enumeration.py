"""Everything that fits the printed cells: which values they leave to choose from, and whether PyTorch agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from bench import Lab
from bench.kit.compare import largest

from . import reference
from .a_solver import Filled, layers, row, solutions, solve
from .a_tables import what_fits
from .by_hand import Convolution, size_after, weights
from .problem import ALEXNET, PADDING_OPEN, PRINTED, STAR, STRIDE_OPEN

END = 212
"""The chart of row 2's windows begins here: it is about the right end."""


def study(lab: Lab) -> None:
    printed = solve(PRINTED)
    second_row(lab, row(2, printed))
    third_row(lab, row(3, printed))
    fourth_row(lab, row(4, printed))
    seventh_row(lab, row(7, printed))
    eighth_row(lab, row(8, printed))
    fourths = row(4, solve(PADDING_OPEN)), row(4, solve(ALEXNET))
    lab.claim("row 9: layers that fit", len(row(9, printed).candidates), equals=1)
    tried, different = disagreements([*printed, *fourths])
    lab.metric("layers tried", tried)
    lab.claim("layers that the solver and PyTorch judge differently", different, equals=0)
    labelled = [(str(filled.row.number), filled) for filled in printed]
    labelled[3:3] = zip(("4, padding open", "4′ (k = 5)"), fourths, strict=True)
    lab.table("Everything that fits", what_fits(labelled))


def second_row(lab: Lab, second: Filled) -> None:
    lab.claim("row 2: paddings that give 55 (0 and 1)", len(values(second, "padding")), equals=2)
    lab.claim("row 2: numbers of parameters among them", len(values(second, "parameters")), equals=1)
    lab.claim("row 2: an input of 224 without padding would give", size_after(224, 11, 4, 0), equals=54)
    windows = {padding: reference.covering(227, 11, 4, padding) for padding in (0, 1)}
    for padding, seen in windows.items():
        lab.curve(
            "windows that see a column of the picture",
            range(END, len(seen) - padding),
            seen[END + padding :],
            series="padding of 1" if padding else "no padding",
            x_label="column of the picture, from 0; the last is 226, and 227 is padding",
            y_label="windows",
        )
    unused = [(seen == 0).nonzero().flatten().tolist() for seen in windows.values()]
    lab.claim("row 2, p = 0: columns that no window sees", len(unused[0]), equals=0)
    lab.claim("row 2, p = 1: columns that no window sees", len(unused[1]), equals=2)
    lab.claim("row 2, p = 1: the first of them, from 0 on the padded axis", next(iter(unused[1]), -1), equals=227)


def third_row(lab: Lab, third: Filled) -> None:
    lab.claim("row 3: strides that fit", len(values(third, "stride")), equals=1)
    kinds = values(third, "type")
    lab.claim("row 3: types that fit (the maximum pooled, or the mean)", len(kinds), equals=2)
    lab.claim("row 3: types with weights among them", len(kinds & {"convolution layer", "linear"}), equals=0)
    lab.metric("parameters of a convolution in row 3", third.value("parameters", Convolution(channels=96, kernel=3)))


def fourth_row(lab: Lab, fourth: Filled) -> None:
    padding_open = row(4, solve(PADDING_OPEN))
    family = {padding_open.value("kernel", layer): layer for layer in padding_open.candidates}
    lab.claim("row 4 as printed: layers that fit", len(fourth.candidates), equals=1)
    lab.claim("row 4 as printed: the kernel of this layer", fourth.value("kernel"), equals=1)
    stride_open = [layer.kernel for layer in row(4, solve(STRIDE_OPEN)).candidates if isinstance(layer, Convolution)]
    lab.claim("row 4 with its stride open instead: the largest kernel", largest(stride_open), equals=1)
    lab.claim("row 4 with its padding open: kernels that fit (1, 3, 5 ... 27)", len(family), equals=14)
    lab.claim("row 4 with AlexNet's k = 5: the padding that fits", row(4, solve(ALEXNET)).value("padding"), equals=2)
    counts = [padding_open.value("parameters", layer) / 1e6 for layer in family.values()]
    lab.curve(
        "parameters of row 4, in millions",
        list(family),
        counts,
        x_label="kernel, with the padding that fits it",
        y_label="million parameters",
    )


def seventh_row(lab: Lab, seventh: Filled) -> None:
    lab.claim("row 7: layers that fit", len(seventh.candidates), equals=1)
    widths = [layer.channels for layer in layers(seventh.row, seventh.line.before) if isinstance(layer, Convolution)]
    plain = (Convolution(channels=channels, kernel=3, padding=1, bias=False) for channels in widths)
    wrong = sum(weights(layer, seventh.line.before) == seventh.row.parameters for layer in plain)
    lab.claim("row 7: layers that fit where biases are not counted", wrong, equals=0)


def eighth_row(lab: Lab, eighth: Filled) -> None:
    lab.claim("row 8: kernels that fit (1, 3, 5 ... 13)", len(values(eighth, "kernel")), equals=7)
    lab.claim("row 8: strides that fit", len(values(eighth, "stride")), equals=1)
    lab.claim("row 8: strides that fit were padding up to k - 1 allowed", len(strides_of_any_padding(13)), equals=2)
    both = [(filled, layer) for filled in (row(4, solve(PADDING_OPEN)), eighth) for layer in filled.candidates]
    deviations = [abs(filled.value("kernel", one) - 2 * filled.value("padding", one) - 1) for filled, one in both]
    lab.claim("rows 4 and 8: deviation from k = 2p + 1", largest(deviations), equals=0)


def values(filled: Filled, cell: str) -> set[object]:
    """What may stand in a cell."""
    return {filled.value(cell, layer) for layer in filled.candidates}


def strides_of_any_padding(size: int) -> set[int]:
    """The strides at which some kernel keeps the size, where only windows without any input are forbidden."""
    sides = range(1, size + 1)
    return {s for k, s in product(sides, sides) for p in range(k) if size_after(size, k, s, p) == size}


def disagreements(table: Sequence[Filled]) -> tuple[int, int]:
    """How many layers of any type the solver tries on sizes alone, and how many it judges differently from PyTorch."""
    tried, different = 0, 0
    for filled in table:
        before, after = filled.line.before, filled.line.after
        if len(after) == 1:  # a linear layer takes everything
            continue
        sizes = replace(filled.row, type=STAR, shape=after, out=after[0], parameters=STAR)
        accepted = set(solutions(sizes, before))
        for layer in layers(sizes, before):
            tried += 1
            different += (layer in accepted) != reference.fits(layer, before, after)
    return tried, different
