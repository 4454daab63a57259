"""Is a variant right? Held against the reference in float64, with the error that the reference itself makes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.errors import PluginError
from bench.model import Agreement

if TYPE_CHECKING:
    import torch
    from torch import Tensor

FACTOR = 8.0
"""A variant may be this many times as far from the truth as the reference in the same dtype."""
UNITS = 32.0
"""... or this many units in the last place, where the reference happens to be nearer than that."""
KEPT = "does not compute its answer anew at every call: it hands out what it gave before"
"""Said of an answer that holds what was written over an earlier one."""
SHOWN = 6
"""Names of tensors that are told; more do not fit into a line."""
SANE = 0.01
"""A reference further than this from itself in float64 was not given the same problem."""


class Disagreement(Exception):
    """The outputs cannot even be compared; the message says why."""


def named(output: Any) -> dict[str, Tensor]:
    """What a call gave, as named tensors: copies, so that the next call can not change them."""
    return {name: tensor.clone() for name, tensor in tensors_of(output).items()}


def tensors_of(output: Any) -> dict[str, Tensor]:
    """What a call gave, as it stands: named and detached.

    Raises ``PluginError`` for anything but a plain tensor or a plain ``dict`` of them: a subclass may compute when it
    is looked at, outside the clock.
    """
    tensors = output if type(output) is dict else {"output": output}
    for name, tensor in tensors.items():
        if type(tensor) not in plain_tensors():
            kind = "None: does its call return?" if tensor is None else f"a {type(tensor).__qualname__}"
            raise PluginError(f"a variant must give a tensor or a dict of named tensors; {name!r} is {kind}")
        if kind := oddity(tensor):
            raise PluginError(f"a variant must give dense tensors with values; {name!r} is {kind}")
    return {str(name): tensor.detach() for name, tensor in tensors.items()}


def oddity(tensor: Tensor) -> str:
    """What a tensor is whose elements cannot be held against others; empty for a dense one."""
    import torch

    odd = {
        "nested": tensor.is_nested,
        "quantised": tensor.is_quantized,
        "on the device meta, and has none": tensor.is_meta,
        "sparse": tensor.layout is not torch.strided,
    }
    return next((kind for kind, holds in odd.items() if holds), "")


def plain_tensors() -> tuple[type, ...]:
    import torch

    return torch.Tensor, torch.nn.Parameter


def poison(output: Any) -> None:
    """Overwrite an output in place, by what no computation gives: a call that hands out a stored answer then hands out
    that."""
    import torch

    with torch.no_grad():
        for tensor in tensors_of(output).values():
            # torch lets an inference tensor be changed in place in inference mode alone.
            with torch.inference_mode(tensor.is_inference()):
                if tensor.dtype == torch.bool:
                    tensor.logical_not_()
                else:
                    tensor.fill_(poison_of(tensor.dtype))


def poison_of(dtype: torch.dtype) -> complex:
    """NaN, or the least integer: an index or a count is never that."""
    import torch

    if dtype.is_complex:
        return complex(math.nan, math.nan)
    return math.nan if dtype.is_floating_point else torch.iinfo(dtype).min


def is_poisoned(tensor: Tensor) -> bool:
    """Whether any value is one that ``poison`` wrote; of truth values nobody can tell."""
    import torch

    if tensor.dtype == torch.bool:
        return False
    value = poison_of(tensor.dtype)
    # Zero is a value that every computation of unsigned integers gives.
    return value != 0 and bool((tensor.isnan() if value != value else tensor == value).any())


def identical(outputs: Mapping[str, Tensor], others: Mapping[str, Tensor]) -> bool:
    """The same names and the same values, none of them NaN: far sooner known than a distance."""
    import torch

    return outputs.keys() == others.keys() and all(torch.equal(outputs[name], others[name]) for name in outputs)


class Distance(NamedTuple):
    """A relative error ``max|output - truth| / max|truth|`` of one tensor, its worst element, and the values there."""

    error: float
    where: str = ""
    value: float = 0.0
    expected: float = 0.0


def distances(outputs: Mapping[str, Tensor], truth: Mapping[str, Tensor]) -> dict[str, Distance]:
    """Of every tensor. Raises ``Disagreement`` for other names, other shapes, and values that are not finite."""
    if outputs.keys() != truth.keys():
        raise Disagreement(_other_names(list(outputs), list(truth)))
    return {name: _distance(name, outputs[name], expected) for name, expected in truth.items()}


def distance(outputs: Mapping[str, Tensor], truth: Mapping[str, Tensor]) -> Distance:
    """The largest of all tensors. Raises as ``distances`` does."""
    return max(distances(outputs, truth).values(), default=Distance(0.0))


def _other_names(outputs: list[str], truth: list[str]) -> str:
    """ "does not give db2; gives bias2, which the reference does not give"."""
    missing, extra = (_listed(set(a) - set(b), a) for a, b in ((truth, outputs), (outputs, truth)))
    lacks = f"does not give {missing}" if missing else ""
    return "; ".join(filter(None, (lacks, f"gives {extra}, which the reference does not give" if extra else "")))


def _listed(names: set[str], order: list[str]) -> str:
    chosen = [f"{name!r:.40}" for name in order if name in names]
    return ", ".join(chosen[:SHOWN]) + (f" and {len(chosen) - SHOWN} more" if len(chosen) > SHOWN else "")


def _distance(name: str, output: Tensor, expected: Tensor) -> Distance:
    import torch

    if output.shape != expected.shape:
        raise Disagreement(f"{name} has shape {tuple(output.shape)}, the reference's has {tuple(expected.shape)}")
    if not expected.numel():
        return Distance(0.0, name)
    if kind_of(output.dtype) != kind_of(expected.dtype):
        raise Disagreement(f"{name} is {str(output.dtype)[6:]} where the reference gives {str(expected.dtype)[6:]}")
    # A difference taken in float32 would be rounded once more; float64 holds it exactly.
    wide = torch.complex128 if expected.is_complex() else torch.float64
    output, expected = output.to(wide).cpu(), expected.to(wide).cpu()
    gap = (output - expected).abs().flatten()
    # The first of the largest, and NaN counts as larger than any number: one pass tells whether all is finite.
    at = int(gap.argmax())
    if not math.isfinite(float(gap[at])):
        _require_finite(name, output, expected)
    largest = float(torch.linalg.vector_norm(expected.flatten(), math.inf))
    scale = largest or 1.0  # where all should be zero, the error is an absolute one
    error = float(gap[at]) / scale
    if not math.isfinite(error):  # the values are, but not their difference: NaN would pass for the least in max()
        raise Disagreement(f"{name} is too large to be held against the reference")
    place = _place(name, output, at)
    return Distance(error, place, _shown(output.flatten()[at]), _shown(expected.flatten()[at]))


def _require_finite(name: str, output: Tensor, expected: Tensor) -> None:
    import torch

    if not bool(torch.isfinite(expected).all()):
        raise PluginError(
            f"the reference in float64 gives a {name} that is not finite: there is nothing to compare with"
        )
    if not bool(torch.isfinite(output).all()):
        # The first that is not finite: argmin gives the first of equal values.
        bad = int(torch.isfinite(output).flatten().int().argmin())
        raise Disagreement(f"{_place(name, output, bad)} is {output.flatten()[bad].item()}")


def kind_of(dtype: torch.dtype) -> str:
    """Floats of any width are one kind, so are complex numbers, and so are integers with truth values."""
    return "complex" if dtype.is_complex else "float" if dtype.is_floating_point else "integer"


def _shown(value: Tensor) -> float:
    return float(value.abs() if value.is_complex() else value)


def _place(name: str, tensor: Tensor, flat: int) -> str:
    index = []
    for size in reversed(tensor.shape):
        flat, position = divmod(flat, size)
        index.append(position)
    return f"{name}[{', '.join(map(str, reversed(index)))}]" if index else name


def agree(
    outputs: Mapping[str, Tensor],
    reference: Mapping[str, Tensor],
    truth: Mapping[str, Tensor],
    tolerance: float | None = None,
) -> Agreement:
    """Hold a variant's outputs, and the reference's in the same dtype, against the reference's in float64."""
    return Expectation(reference, truth, tolerance).judge(outputs)


@dataclass(frozen=True)
class Expectation:
    """What every answer on one input is held against: the reference's in float64, with the error that the reference
    itself makes in the dtype that is timed."""

    reference: Mapping[str, Tensor]
    truth: Mapping[str, Tensor]
    tolerance: float | None = None

    @cached_property
    def dtype(self) -> torch.dtype | None:
        """Of the first of the reference's floats."""
        return next((tensor.dtype for tensor in self.reference.values() if tensor.is_floating_point()), None)

    @cached_property
    def reference_errors(self) -> dict[str, float]:
        """By tensor; known once for all the answers that are held against it."""
        errors = {name: each.error for name, each in distances(self.reference, self.truth).items()}
        worst = max(errors.values(), default=0.0)
        if self.tolerance is None and not worst <= SANE:
            raise PluginError(
                f"the reference in {str(self.dtype)[6:]} is {worst:.2g} away from itself in float64: the set-up must "
                "pose the same problem in every dtype (draw in float32 and convert), or state a tolerance"
            )
        return errors

    def allowed(self, name: str) -> float:
        """How far a tensor may be from the truth. Each has its own bound: one that is badly conditioned must not loosen
        that of the others."""
        if self.tolerance is not None:
            return self.tolerance
        # A reference may be exact by luck, as a sum of few small numbers is: then units in the last place are the
        # measure.
        return max(FACTOR * self.reference_errors[name], UNITS * unit_of(self.reference[name].dtype))

    def judge(self, outputs: Mapping[str, Tensor]) -> Agreement:
        """How far an answer is from the truth, and how far it may be: of its tensors the one nearest to, or furthest
        beyond, what it is allowed."""
        errors = self.reference_errors
        apart = distances(outputs, self.truth)
        name = max(apart, key=lambda each: share(apart[each].error, self.allowed(each)), default="")
        worst = apart.get(name, Distance(0.0))
        return Agreement(
            error=worst.error,
            allowed=self.allowed(name) if name in errors else 0.0,
            reference_error=errors.get(name, 0.0),
            dtype=str(self.dtype)[6:] if self.dtype else "integers",
            where=worst.where,
            found=worst.value,
            expected=worst.expected,
        )

    def require(self, outputs: Mapping[str, Tensor]) -> None:
        """Raise ``Disagreement`` for an answer that would not have been let in."""
        agreement = self.judge(outputs)
        if not agreement.passed:
            raise Disagreement(f"on the inputs that are timed, {in_words(agreement)}")


def unit_of(dtype: torch.dtype) -> float:
    """One unit in the last place; of integers no rounding is forgiven."""
    import torch

    return torch.finfo(dtype).eps if dtype.is_floating_point else 0.0


def share(error: float, allowed: float) -> float:
    """Of what is allowed: above 1 what does not agree."""
    return error / allowed if allowed else math.inf if error else 0.0


def in_words(agreement: Agreement) -> str:
    """Where the worst element is, what was found there, and how far off that is."""
    return (
        f"{agreement.where} is {agreement.found:.9g} where the reference in float64 gives {agreement.expected:.9g}: "
        f"off by {rough(agreement.error)} of the largest value, {rough(agreement.allowed)} is allowed"
    )


def rough(value: float) -> str:
    """Two digits: 0.52, 120, 3.8e-06."""
    return f"{float(f'{value:.2g}'):g}"
