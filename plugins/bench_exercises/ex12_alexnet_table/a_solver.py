"""Fill the starred cells: try every layer that a row may be, keep those that fit all printed cells, choose one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from typing import Any, Literal, get_args

from .by_hand import Convolution, FullyConnected, Layer, Line, Pooling, Reduction, Shape, line, parameters, shape_after
from .problem import CLASSES, INPUT, STAR, Number, Row, Table

WIDEST = 4096
"""No layer is tried that is wider than the widest printed one."""
Status = Literal["printed", "forced", "chosen", "not asked"]


@dataclass(frozen=True, slots=True)
class Filled:
    """A row, every layer that fits its printed cells, and the one that was taken."""

    row: Row
    candidates: tuple[Layer, ...]
    line: Line

    @property
    def layer(self) -> Layer:
        return self.line.layer

    def value(self, cell: str, layer: Layer | None = None) -> Any:
        """What stands in a cell of ``problem.CELLS``, with the layer that was taken or with another one."""
        layer, before = layer or self.layer, self.line.before
        match cell:
            case "type":
                return type_of(layer)
            case "into":
                return width(layer, before)
            case "out":
                return shape_after(layer, before)[0]
            case "shape":
                return shape_after(layer, before)
            case "parameters":
                return parameters(layer, before)
        return getattr(layer, cell)

    def status(self, cell: str) -> Status:
        """Whether a cell was printed, has one value in all layers that fit, or had to be chosen from several."""
        printed = getattr(self.row, cell)
        if printed != STAR:
            return "not asked" if printed is None else "printed"
        return "forced" if len({self.value(cell, rival) for rival in self.candidates}) == 1 else "chosen"


def layers_of(table: Iterable[Filled]) -> list[Layer]:
    return [filled.layer for filled in table]


def lines_of(table: Iterable[Filled]) -> list[Line]:
    return [filled.line for filled in table]


def row(number: int, table: Iterable[Filled]) -> Filled:
    """The row that has this number on the sheet."""
    return next(filled for filled in table if filled.row.number == number)


def type_of(layer: Layer) -> str:
    """The type as the sheet calls it."""
    match layer:
        case Convolution():
            return "convolution layer"
        case Pooling():
            return f"{layer.of.capitalize()} Pooling"
        case FullyConnected():
            return "linear"


def width(layer: Layer, before: Shape) -> int:
    """What the sheet's in= or "from" counts: the channels that come in, or all numbers of a flattened input."""
    return prod(before) if isinstance(layer, FullyConnected) else before[0]


@cache
def solve(table: Table, before: Shape = INPUT) -> tuple[Filled, ...]:
    """Fill the rows in order. Raises ``ValueError`` for a row that no layer fits, or whose output is left open."""
    filled = []
    for row, following in zip(table, (*table[1:], None), strict=True):
        candidates = tuple(solutions(row, before, wanted(following)))
        if not candidates:
            raise ValueError(f"no layer takes {before} through the printed cells of row {row.number}: {row}")
        if len({shape_after(layer, before) for layer in candidates}) > 1:
            raise ValueError(f"the printed cells of row {row.number} leave its output open: {row}")
        filled.append(Filled(row, candidates, line(choose(candidates), before)))
        before = filled[-1].line.after
    return tuple(filled)


def wanted(following: Row | None) -> Number:
    """How wide a row's output has to be: as the next row's in= or "from" says, or one number a class."""
    return CLASSES if following is None else following.into


def solutions(row: Row, before: Shape, out: Number = None) -> Iterator[Layer]:
    """Every layer that fits all printed cells of its row; ``out`` is the width that the next row prints, if it does."""
    for layer in layers(row, before):
        try:
            after = shape_after(layer, before)
        except ValueError:
            continue
        found = {"into": width(layer, before), "shape": after, "parameters": parameters(layer, before)}
        if fits(out, after[0]) and all(fits(getattr(row, cell), value) for cell, value in found.items()):
            yield layer


def fits(printed: Any, value: Any) -> bool:
    return printed in (STAR, None, value)


def layers(row: Row, before: Shape) -> Iterator[Layer]:
    """Every layer that has the printed type, channels, kernel, stride and padding, whatever comes out of it.

    The search is finite: a kernel is at most as large as its input, and the padding at most half a kernel, so that no
    window lies mostly in the padding (PyTorch's own rule for pooling).
    """
    if row.type == "linear":
        yield from map(FullyConnected, widths(row))
        return
    for kernel, stride, padding in windows(row, min(before[1:])):
        if row.type in (STAR, "convolution layer"):
            for channels in widths(row):
                yield Convolution(channels=channels, kernel=kernel, stride=stride, padding=padding)
        for of in get_args(Reduction):
            pooling = Pooling(kernel, stride, padding, of)
            if row.type in (STAR, type_of(pooling)):
                yield pooling


def widths(row: Row) -> Sequence[int]:
    """The numbers of output channels to try: the printed one, the output's where that is printed, or all."""
    if isinstance(row.out, int):
        return (row.out,)
    return (row.shape[0],) if isinstance(row.shape, tuple) else range(1, WIDEST + 1)


def windows(row: Row, size: int) -> Iterator[tuple[int, int, int]]:
    """All (kernel, stride, padding) with the printed values, on maps of ``size``. A padding that has no cell is 0."""
    sizes = range(1, size + 1)
    for kernel, stride in product(tried(row.kernel, sizes), tried(row.stride, sizes)):
        for padding in tried(row.padding, range(kernel // 2 + 1)):
            yield kernel, stride, padding


def tried(cell: Number, values: Iterable[int]) -> Iterable[int]:
    """All ``values`` for a star, and else the printed one."""
    return values if isinstance(cell, str) else (cell or 0,)


def choose(candidates: Iterable[Layer]) -> Layer:
    """The conventional one: pooling where it fits, the maximum before the average as in the sheet's other poolings, a
    kernel of 1 only where no other fits, then the smallest kernel and the least padding."""
    return min(candidates, key=_unconventional)


def _unconventional(layer: Layer) -> tuple[bool, bool, int, int]:
    match layer:
        case FullyConnected():
            return (False, False, 0, 0)
        case Pooling():
            return (False, layer.of != "max", layer.kernel, layer.padding)
        case Convolution():
            return (True, layer.kernel == 1, layer.kernel, layer.padding)
