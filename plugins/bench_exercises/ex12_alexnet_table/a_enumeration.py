"""What fits the printed cells: sorted, and held against PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from . import reference
from .a_solver import Filled, layers, solutions
from .by_hand import Convolution


def convolutions(filled: Filled) -> list[Convolution]:
    return [layer for layer in filled.candidates if isinstance(layer, Convolution)]


def counts(filled: Filled) -> set[object]:
    """The numbers of parameters that the layers that fit have."""
    return {filled.value("parameters", layer) for layer in filled.candidates}


def types(filled: Filled) -> set[object]:
    return {filled.value("type", layer) for layer in filled.candidates}


def disagreements(table: Sequence[Filled]) -> tuple[int, int]:
    """How many layers the solver tries on sizes alone, and how many of them it judges differently from PyTorch."""
    tried, different = 0, 0
    for filled in table:
        row, before = replace(filled.row, parameters=None), filled.line.before
        accepted = set(solutions(row, before))
        for layer in layers(row, before):
            tried += 1
            different += (layer in accepted) != reference.fits(layer, before, row.shape)
    return tried, different
