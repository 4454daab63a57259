"""Fill a table: enumerate every layer that fits the printed cells of a row, then choose one where several fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from .by_hand import Convolution, FullyConnected, Layer, Line, MaxPooling, Shape, line, parameters, shape_after
from .problem import Row

CELLS = ("type", "kernel", "stride", "padding", "parameters")
Status = Literal["printed", "forced", "chosen"]


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
        """What stands in a cell of ``CELLS``, with the layer that was taken or with another one."""
        layer = layer or self.layer
        if cell == "type":
            return type(layer)
        return parameters(layer, self.line.before) if cell == "parameters" else getattr(layer, cell, None)

    def status(self, cell: str) -> Status:
        """Whether a cell was printed, follows from the printed cells, or had to be chosen from several values.

        Kernel, stride and padding are compared among the candidates of the type that was taken.
        """
        if cell != "type" and getattr(self.row, cell) is not None:
            return "printed"
        rivals = self.candidates
        if cell not in ("type", "parameters"):
            rivals = tuple(rival for rival in rivals if type(rival) is type(self.layer))
        return "forced" if len({self.value(cell, rival) for rival in rivals}) == 1 else "chosen"


def solve(rows: Iterable[Row], before: Shape) -> list[Filled]:
    """Fill the rows in order. Raises ``ValueError`` for a row that no layer fits."""
    table = []
    for row in rows:
        candidates = tuple(solutions(row, before))
        if not candidates:
            raise ValueError(f"no layer takes {before} to {row.shape} with the printed cells of row {row.number}")
        table.append(Filled(row, candidates, line(choose(candidates), before)))
        before = row.shape
    return table


def solutions(row: Row, before: Shape) -> Iterator[Layer]:
    """Every layer that gives the printed shape and, where it is printed, the number of parameters."""
    for layer in layers(row, before):
        try:
            fits = shape_after(layer, before) == row.shape
        except ValueError:
            continue
        if fits and row.parameters in (None, parameters(layer, before)):
            yield layer


def layers(row: Row, before: Shape) -> Iterator[Layer]:
    """Every layer that has the printed kernel, stride and padding, whatever comes out of it.

    The search is finite: a kernel is at most as large as its input, and the padding at most half a kernel, so that no
    window lies mostly in the padding (PyTorch's own rule for pooling).
    """
    if not row.windowed:
        yield FullyConnected(row.shape[0])
        return
    for kernel, stride, padding in windows(row, min(before[1:])):
        yield Convolution(channels=row.shape[0], kernel=kernel, stride=stride, padding=padding)
        yield MaxPooling(kernel, stride, padding)


def windows(row: Row, size: int) -> Iterator[tuple[int, int, int]]:
    """All (kernel, stride, padding) with the printed values, on maps of ``size``."""
    kernels = range(1, size + 1) if row.kernel is None else (row.kernel,)
    strides = range(1, size + 1) if row.stride is None else (row.stride,)
    for kernel, stride in product(kernels, strides):
        for padding in range(kernel // 2 + 1) if row.padding is None else (row.padding,):
            yield kernel, stride, padding


def choose(candidates: Sequence[Layer]) -> Layer:
    """The conventional one: pooling where it fits, a kernel of 1 only where no other fits, then the smallest kernel and
    the least padding."""
    return min(candidates, key=_unconventional)


def _unconventional(layer: Layer) -> tuple[bool, bool, int, int]:
    if isinstance(layer, FullyConnected):
        return (False, False, 0, 0)
    return (not isinstance(layer, MaxPooling), layer.kernel == 1, layer.kernel, layer.padding)
