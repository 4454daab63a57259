"""The slips that a table of layers invites, each computed from the right layers with one thing wrong."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from bench import Mistake

from .by_hand import Convolution, Line, Pooling, biases, size_after, weights


def mistakes(lines: Mapping[int, Line]) -> list[Mistake]:
    """The mistakes in numbers of parameters and in sizes, of the lines of the table by their row."""
    return [*in_parameters(lines), *in_sizes(lines)]


def in_parameters(lines: Mapping[int, Line]) -> list[Mistake]:
    second, ninth, tenth = _convolution(lines[2]), lines[9], lines[10]
    bare = {number: weights(line.layer, line.before) for number, line in lines.items()}
    return [
        _count("no bias", row=2, value=bare[2]),
        _count("one bias for the whole layer", row=2, value=bare[2] + 1),
        _count("the kernel's side for its area", row=2, value=bare[2] // second.kernel + biases(second)),
        _count("a bias for every channel that comes in", row=6, value=bare[6] + lines[6].before[0]),
        _count("a bias at every position", row=7, value=bare[7] + prod(lines[7].after)),
        _count("from the channels alone, not flattened", row=10, value=(tenth.before[0] + 1) * tenth.after[0]),
        _count("flattened before row 9 pools", row=10, value=(prod(ninth.before) + 1) * tenth.after[0]),
    ]


def in_sizes(lines: Mapping[int, Line]) -> list[Mistake]:
    second, sixth, fifth = _convolution(lines[2]), _convolution(lines[6]), lines[5]
    assert isinstance(fifth.layer, Pooling)
    at_one_end = size_after(lines[6].before[1] + sixth.padding, sixth.kernel, sixth.stride, 0)
    by_default = size_after(fifth.before[1], fifth.layer.kernel, fifth.layer.kernel, 0)
    return [
        _side("the first window not counted", row=2, value=(lines[2].before[1] - second.kernel) // second.stride),
        _side("padding at one end only", row=6, value=at_one_end),
        _side("a pooling's stride left out, so that it is k", row=5, value=by_default),
    ]


def _convolution(line: Line) -> Convolution:
    assert isinstance(line.layer, Convolution)
    return line.layer


def _count(name: str, *, row: int, value: int) -> Mistake:
    return Mistake(name=name, fails=f"row {row}: parameters = PyTorch's", value=value)


def _side(name: str, *, row: int, value: int) -> Mistake:
    return Mistake(name=name, fails=f"row {row}: side of the maps = PyTorch's", value=value)
