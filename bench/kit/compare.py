"""How far two results are apart, in one number that a claim can bound: infinite for whatever is not finite.

Two ways to compute the same are apart by rounding. A stable one gives what the exact one would give for inputs a few
eps away (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §1.5): its error is theirs, times a condition
number that hangs on the problem. ``nudged`` inputs measure that number, and ``by_rounding`` makes a bound of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor

GRANTED = 100.0
"""So many eps of the inputs are granted to the rounding of a computation."""
Values = float | Tensor | Sequence[Tensor] | Mapping[str, Tensor]
"""A number, a tensor, several, or several by name."""
Number = float | Tensor
"""A tensor of one element counts as a number."""


def max_error(found: Values, expected: Values) -> float:
    """max|found - expected| over all entries of all tensors; ``inf`` where either holds NaN or an infinity.

    Raises ``ValueError`` for other names, another number of tensors, or other shapes: nothing is broadcast.
    """
    # Python's max() may pass over a NaN, and so would call wrong gradients right: here each distance is a number.
    return max((_largest(a, b) for a, b in _pairs(found, expected)), default=0.0)


def relative_error(found: Values, expected: Values) -> float:
    """max|found - expected| / max|expected| of each tensor, the worst of them; ``inf`` as in ``max_error``.

    A tensor that should be zero everywhere is held to its absolute error.
    """
    return max((_relative(a, b) for a, b in _pairs(found, expected)), default=0.0)


def largest(*values: Number | Iterable[Number]) -> float:
    """The largest of several numbers, or of one iterable of them, and NaN where any is NaN.

    Python's ``max`` passes over a NaN that does not come first: ``max(0.0, nan)`` is 0.0. Raises ``ValueError`` for
    no number at all, of which no claim can be made.
    """
    numbers = _numbers(values)
    return math.nan if any(map(math.isnan, numbers)) else max(numbers)


def smallest(*values: Number | Iterable[Number]) -> float:
    """The smallest, as ``largest`` is the largest."""
    return -largest(-number for number in _numbers(values))


def _numbers(values: Sequence[Number | Iterable[Number]]) -> list[float]:
    first = values[0] if len(values) == 1 else values
    # A tensor can be iterated over as well.
    numbers = (first,) if isinstance(first, Tensor | int | float) else first
    return [float(number.detach() if isinstance(number, Tensor) else number) for number in numbers]  # type: ignore[arg-type]


def nudged(values: Mapping[str, Tensor], seed: int = 0) -> dict[str, Tensor]:
    """Every number times 1 + √eps or 1 - √eps, by the toss of a coin: far more than rounding, and far less than would
    show that a function is not linear."""
    coin = torch.Generator().manual_seed(seed)
    return {name: value * (1 + _toss(value, coin)) for name, value in values.items()}


def _toss(value: Tensor, coin: torch.Generator) -> Tensor:
    signs = 2 * torch.randint(2, value.shape, generator=coin) - 1
    return signs.to(value) * math.sqrt(torch.finfo(value.dtype).eps)


def by_rounding(apart: float, dtype: torch.dtype = torch.float64) -> float:
    """How far rounding alone may take two results, where ``nudged`` inputs take them ``apart``: a hundred eps for
    √eps."""
    return GRANTED * math.sqrt(torch.finfo(dtype).eps) * apart


def _pairs(found: Values, expected: Values) -> list[tuple[Tensor, Tensor]]:
    a, b = _named(found), _named(expected)
    if a.keys() != b.keys():
        raise ValueError(f"found {', '.join(a) or 'nothing'} where {', '.join(b) or 'nothing'} is expected")
    for name in b:
        if a[name].shape != b[name].shape:
            raise ValueError(f"{name} has the shape {tuple(a[name].shape)}, expected {tuple(b[name].shape)}")
    return [(a[name], b[name]) for name in b]


def _named(values: Values) -> dict[str, Tensor]:
    if isinstance(values, Mapping):
        return {str(name): tensor.detach() for name, tensor in values.items()}
    if isinstance(values, Tensor):
        return {"value": values.detach()}
    if isinstance(values, Sequence):
        return {f"value {number}": tensor.detach() for number, tensor in enumerate(values)}
    return {"value": torch.tensor(float(values), dtype=torch.float64)}


def _largest(a: Tensor, b: Tensor) -> float:
    if not b.numel():
        return 0.0
    if not bool(a.isfinite().all() & b.isfinite().all()):
        return math.inf
    # A difference of float32 would itself be rounded, and one of uint8 would wrap around.
    a, b = (t.to(torch.complex128 if t.is_complex() else torch.float64) for t in (a, b))
    return float((a - b).abs().max())


def _relative(a: Tensor, b: Tensor) -> float:
    largest = _largest(a, b)
    if largest in (0.0, math.inf):  # inf / inf would be NaN
        return largest
    return largest / (float(b.abs().max()) or 1.0)
