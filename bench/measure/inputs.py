"""The tensors that a call computes from: found in what it holds, and changed in place after its set-up.

A copy of an answer that was computed before is right as long as its inputs stay what they were. So they do not: the
reference is set up for two seeds, the tensors in which the two differ are its inputs, and whatever a variant holds that
equals one of them is overwritten by the other, and back. A call that computes follows; one that hands out a copy gives
the answer to inputs that are no longer there.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from bench.measure import agreement

if TYPE_CHECKING:
    from torch import Tensor

MOST = 20_000
"""Objects that are looked at in one call: what holds more is not searched to its end."""
PLAIN = (int, float, complex, str, bytes, type(None))
"""What holds nothing, and does not count as looked at: a list of numbers may be long."""
OPAQUE = ("bench.lab", "torch._dynamo", "torch._inductor", "torch.fx", "torch.jit", "numba", "threading", "logging")
"""Modules whose objects are not looked into: no call computes from what they hold."""
DIMENSIONS = 4
"""Tensors of so many dimensions are recognised in any order of their axes."""


def held(call: Any) -> list[Tensor]:
    """The tensors and NumPy arrays that a call holds, each once, in the order in which they are found: in what a
    function closes over, in arguments that are bound to it, in attributes and in containers. An array comes as a tensor
    on the same memory."""
    # The objects themselves, not their addresses alone: of one that is made as it is looked at, another has it next.
    looked_at: dict[int, Any] = {}
    waiting, tensors = [call], list[Any]()
    while waiting and len(looked_at) < MOST:
        each = waiting.pop()
        if id(each) in looked_at or isinstance(each, PLAIN):
            continue
        looked_at[id(each)] = each
        if (tensor := as_tensor(each)) is not None:
            tensors.append(tensor)
        else:
            # The list is a stack: reversed, what comes first is looked at first.
            waiting += reversed(looked_into(each))
    return tensors


def looked_into(value: Any) -> list[Any]:
    try:
        return list(inside(value))
    except Exception:  # it is anybody's: a file that is closed, an attribute that is computed and cannot be
        return []


def as_tensor(value: Any) -> Tensor | None:
    import torch

    if isinstance(value, torch.Tensor):
        if value.layout != torch.strided or value.is_quantized or value.is_meta:
            return None  # values that do not lie one beside the other
        # Not detach(): that shares the counter by which autograd knows that a tensor it has saved was changed in place.
        return value.data
    numpy = sys.modules.get("numpy")
    if numpy and isinstance(value, numpy.ndarray) and value.flags.writeable and value.dtype.kind in "fiuc":
        try:
            return torch.from_numpy(value)
        except (TypeError, ValueError):  # a byte order or a stride that torch has not
            return None
    return None


def inside(value: Any) -> Iterator[Any]:
    """What an object holds, as far as a call could reach it."""
    if isinstance(value, functools.partial):
        yield from (value.func, *value.args, *value.keywords.values())
    elif isinstance(value, FunctionType):
        yield from contents(value)
    elif isinstance(value, MethodType):
        yield from (value.__self__, value.__func__)
    elif isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, list | tuple):
        yield from value
    elif not isinstance(value, type | ModuleType | str | bytes) and not type(value).__module__.startswith(OPAQUE):
        yield from attributes(value)


def contents(function: FunctionType) -> Iterator[Any]:
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # a name that is not bound yet
            continue
    # A decorator keeps here what it decorates, as torch.compile does.
    yield from vars(function).values()
    home = function.__globals__
    # What torch's own functions read of their modules is torch's: no input of a call is among it.
    if str(home.get("__name__")).startswith("torch."):
        return
    for name in names(function.__code__):
        value = home.get(name)
        if isinstance(value, dict | list | tuple) or as_tensor(value) is not None:
            yield value
        elif getattr(value, "__globals__", None) is home or type(value).__module__ == home.get("__name__"):
            yield value  # its module's own function, or an object of its module's own class


def names(code: CodeType) -> Iterator[str]:
    """The names of globals that a function reads, and the functions and comprehensions that are written in it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names(constant)


def attributes(value: Any) -> Iterator[Any]:
    yield from getattr(value, "__dict__", {}).values()
    for kind in type(value).__mro__:
        if isinstance(call := kind.__dict__.get("__call__"), FunctionType):
            yield call
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            try:
                yield getattr(value, name)
            except AttributeError:
                continue


MOST_BYTES = 1 << 26
"""What a call holds beyond this is not copied to be watched."""


class Watched:
    """What a call holds, as it is now: to be compared, and put back, when others that share it have been called."""

    def __init__(self, call: Any) -> None:
        self.call, tensors = call, held(call)
        small = sum(tensor.nbytes for tensor in tensors) <= MOST_BYTES
        self._kept = [(tensor, tensor.clone()) for tensor in tensors] if small else []

    def is_changed(self) -> bool:
        import torch

        return not all(torch.equal(tensor, copy) for tensor, copy in self._kept)

    def put_back(self) -> None:
        for tensor, copy in self._kept:
            Place(tensor, (copy, copy)).write(0)


Change = tuple["Tensor", "Tensor"]
"""What a tensor is for the first inputs, and what for the second."""


def differences(first: Iterable[Tensor], second: Iterable[Tensor]) -> list[Change]:
    """Copies of those tensors in which two set-ups of one call differ; none where they are not built alike."""
    import torch

    ours, theirs = list(first), list(second)
    if [each.shape for each in ours] != [each.shape for each in theirs]:
        return []
    return [(a.clone(), b.clone()) for a, b in zip(ours, theirs, strict=True) if not torch.equal(a, b)]


@dataclass(frozen=True, slots=True)
class Place:
    """A tensor that a call computes from, and what stands there for each of the inputs, in its own form."""

    tensor: Tensor
    values: tuple[Tensor, Tensor]

    def write(self, which: int) -> None:
        import torch

        with torch.no_grad(), torch.inference_mode(self.tensor.is_inference()):
            self.tensor.copy_(self.values[which])

    def holds(self, which: int) -> bool:
        import torch

        return bool(torch.equal(self.tensor, self.values[which]))


def places(tensors: Iterable[Tensor], changes: Sequence[Change]) -> list[Place]:
    """Where these tensors hold the first of the inputs: with the same values, in whatever dtype and order of axes."""
    places_of_all = (place(tensor, changes) for tensor in tensors)
    return [each for each in places_of_all if each is not None]


def place(tensor: Tensor, changes: Sequence[Change]) -> Place | None:
    if any(stride == 0 and size > 1 for stride, size in zip(tensor.stride(), tensor.shape, strict=True)):
        return None  # several elements on one place in memory cannot be written each
    for first, second in changes:
        if first.numel() == tensor.numel() and (form := form_of(tensor, first)):
            return Place(tensor, (form(first).to(tensor), form(second).to(tensor)))
    return None


def form_of(tensor: Tensor, first: Tensor) -> Callable[[Tensor], Tensor] | None:
    """How to turn the one into the other: by another order of axes and another shape, in either order, and by the dtype
    alone."""
    import torch

    if tensor.is_complex() != first.is_complex():
        return None
    for form in (*forms(first, tensor.shape), *forms_back(tensor)):
        if torch.equal(form(first).to(tensor), tensor):
            return form
    return None


def forms(first: Tensor, shape: Sequence[int]) -> Iterator[Callable[[Tensor], Tensor]]:
    """The axes in another order, and then another shape."""
    for order in orders(first.ndim):
        yield lambda each, order=order: each.permute(order).reshape(shape)  # type: ignore[misc]


def forms_back(tensor: Tensor) -> Iterator[Callable[[Tensor], Tensor]]:
    """Another shape, and then its axes in another order."""
    for order in orders(tensor.ndim):
        shape, back = tensor.permute(order).shape, sorted(range(tensor.ndim), key=order.__getitem__)
        yield lambda each, shape=shape, back=back: each.reshape(shape).permute(back)  # type: ignore[misc]


def orders(dimensions: int) -> Iterator[tuple[int, ...]]:
    """Of axes: all of them for few, and for many the one that they have."""
    axes = range(dimensions)
    yield from permutations(axes) if dimensions <= DIMENSIONS else iter([tuple(axes)])


def spoil(call: Any, answers: Mapping[str, Tensor], places: Iterable[Place] = ()) -> int:
    """Overwrite every tensor that a call holds and that equals one of the answers, but for its inputs, by what no
    computation gives; how many were. A call that computes writes there anew, or does not look."""
    theirs = {id_of(place.tensor) for place in places}
    copies = [tensor for tensor in held(call) if id_of(tensor) not in theirs and is_answer(tensor, answers.values())]
    for tensor in copies:
        agreement.poison(tensor)
    return len(copies)


def is_answer(tensor: Tensor, answers: Iterable[Tensor]) -> bool:
    """Whether a tensor has the values of an answer. One in which all values are the same could have them by chance."""
    likely = (
        each for each in answers if each.numel() == tensor.numel() > 1 and bool((each != each.flatten()[0]).any())
    )
    return any(form_of(tensor, each) for each in likely)


def id_of(tensor: Tensor) -> tuple[int, int]:
    # By the address alone a tensor and a view of its beginning would be one.
    return tensor.data_ptr(), tensor.numel()
