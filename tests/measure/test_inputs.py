"""The tensors that a call computes from: found wherever a call can hold them, and changed in place."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from bench.measure import agreement, inputs
from bench.measure.inputs import differences, held, places, spoil

X = torch.randn(3, 4, generator=torch.Generator().manual_seed(0))
Y = torch.randn(3, 4, generator=torch.Generator().manual_seed(1))
TABLE = [X]
TENSOR = X


def add(a: Any = None, b: Any = None) -> Any:
    return a


@dataclass(slots=True)
class Slotted:
    weight: Tensor
    other: Tensor | None = None

    def call(self) -> Tensor:
        return self.weight


class Single:
    __slots__ = "weight"

    def __init__(self, weight: Tensor) -> None:
        self.weight = weight

    def __call__(self) -> Tensor:
        return self.weight @ TENSOR.T


class Layer(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(X.clone())
        self.register_buffer("mean", Y.clone())

    def forward(self) -> Tensor:
        return self.weight


def decorated(function: Callable[[], Any]) -> Callable[[], Any]:
    @functools.wraps(function)
    def wrapper() -> Any:
        return 0

    return wrapper


def reads_globals() -> Tensor:
    return TABLE[0] + TENSOR


def reads_globals_within() -> list[Tensor]:
    return [TABLE[number] for number in range(1)]


def calls_one_that_does() -> Tensor:
    return reads_globals()


KEPT = Single(Y)


def reads_an_object() -> Tensor:
    return KEPT.weight


def defaults(a: Tensor = X, *, b: Tensor = Y) -> Tensor:
    return a


def closure(*values: Any) -> Callable[[], Any]:
    return lambda: values


def unbound() -> Callable[[], Any]:
    def call() -> Any:
        return later, X_

    X_ = X
    if not TABLE:
        later = 1
    return call


@pytest.mark.parametrize(
    ("call", "found"),
    [
        (closure(X, Y), [X, Y]),
        (closure({"a": X, "b": [Y, (X.clone(),)]}), [X, Y, X]),
        (functools.partial(add, X, b=Y), [X, Y]),
        (functools.partial(add, {"b": Y, "a": X}), [Y, X]),
        (Slotted(X, Y).call, [X, Y]),
        (Single(Y), [X, Y]),
        (SimpleNamespace(a=X, b=SimpleNamespace(c=Y)), [X, Y]),
        (Layer(), [X, Y]),
        (Layer().forward, [X, Y]),
        (decorated(closure(X)), [X]),
        (reads_globals, [X]),
        (reads_globals_within, [X]),
        (calls_one_that_does, [X]),
        (reads_an_object, [X, Y]),
        (defaults, [X, Y]),
        (unbound(), [X]),
        (closure(X, X, [X]), [X]),
        (closure(list(range(100_000)), "text", None, X), [X]),
        (closure(torch, Slotted, len), []),
        (closure(X.to_sparse(), torch.empty(3, device="meta"), Y), [Y]),
        (5, []),
    ],
    ids=range(21),
)
def test_what_a_call_holds_is_found_in_order(call: Any, found: list[Tensor]) -> None:
    for _ in range(2):
        seen = held(call)
        assert len(seen) == len(found)
        assert all(torch.equal(a, b) for a, b in zip(seen, found, strict=True))


def test_arrays_are_found_on_the_same_memory() -> None:
    array, fixed = np.ones((2, 3)), np.ones(2)
    fixed.flags.writeable = False
    (tensor,) = held(closure(array, fixed, np.array(["text"]), np.ones(4)[::-1]))
    tensor.fill_(7)
    assert array[1, 2] == 7


def test_circles_end() -> None:
    ring: list[Any] = [X]
    ring.append(ring)
    first = SimpleNamespace(tensor=Y, ring=ring)
    first.itself = first
    assert len(held(first)) == 2


def test_the_search_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "MOST", 10)
    assert held(closure([object() for _ in range(100)], X)) == []
    assert len(held(closure([1] * 100, X))) == 1


def test_what_cannot_be_looked_into_is_passed_over() -> None:
    class Closed(Mapping[str, Any]):
        def __getitem__(self, key: str) -> Any:
            raise OSError("closed")

        def __iter__(self) -> Any:
            raise OSError("closed")

        def __len__(self) -> int:
            return 1

    assert len(held(closure(Closed(), X))) == 1


def test_objects_that_are_made_as_they_are_looked_at_are_all_seen() -> None:
    class Fresh(Mapping[str, Any]):
        def __getitem__(self, key: str) -> Any:
            return [torch.full((2,), float(key))]

        def __iter__(self) -> Any:
            return iter("123")

        def __len__(self) -> int:
            return 3

    assert [float(each[0]) for each in held(closure(Fresh(), Fresh(), Fresh()))] == [1, 2, 3] * 3


def test_tensors_that_differ_between_two_set_ups_are_its_inputs() -> None:
    ((first, second),) = differences([X, torch.ones(2)], [Y, torch.ones(2)])
    assert torch.equal(first, X)
    assert torch.equal(second, Y)
    assert first.data_ptr() != X.data_ptr()
    assert differences([X, Y], [X]) == []
    assert differences([X], [X.T]) == []


@pytest.mark.parametrize(
    "form",
    [
        lambda t: t.clone(),
        lambda t: t.T.contiguous(),
        lambda t: t.T,
        lambda t: t.reshape(2, 6).clone(),
        lambda t: t.reshape(-1),
        lambda t: t.reshape(1, 3, 4),
        lambda t: t.double(),
        lambda t: t.bfloat16(),
        lambda t: t.T.double().contiguous(),
        lambda t: torch.nn.Parameter(t.clone()),
    ],
    ids=range(10),
)
def test_an_input_is_recognised_in_other_forms(form: Callable[[Tensor], Tensor]) -> None:
    tensor = form(X.clone())
    (place,) = places(held(closure(tensor)), [(torch.zeros(5), torch.ones(5)), (X, Y)])
    assert place.holds(0)
    place.write(1)
    assert place.holds(1)
    assert torch.equal(tensor.detach(), form(Y).detach())
    place.write(0)
    assert torch.equal(tensor.detach(), form(X).detach())


def test_four_axes_are_recognised_in_any_order() -> None:
    first, second = (torch.randn(2, 3, 4, 5, generator=torch.Generator().manual_seed(seed)) for seed in (0, 1))
    tensor = first.permute(3, 0, 2, 1).contiguous()
    (place,) = places([tensor], [(first, second)])
    place.write(1)
    assert torch.equal(tensor, second.permute(3, 0, 2, 1))


def test_integers_are_recognised() -> None:
    tensor = torch.arange(6).reshape(2, 3)
    (place,) = places([tensor], [(torch.arange(6, dtype=torch.int32), torch.arange(6, 12, dtype=torch.int32))])
    place.write(1)
    assert tensor.tolist() == [[6, 7, 8], [9, 10, 11]]


@pytest.mark.parametrize(
    "tensor", [Y, X[:2], X[0].expand(3, 4), torch.complex(X, X), X + 1e-3, torch.empty(0)], ids=range(6)
)
def test_what_is_no_input_is_left_alone(tensor: Tensor) -> None:
    assert places([tensor], [(X, Y), (X[0].expand(3, 4).contiguous(), Y)]) == []


def test_a_tensor_of_inference_mode_can_be_written() -> None:
    with torch.inference_mode():
        tensor = X * 1
    (place,) = places(held(closure(tensor)), [(X, Y)])
    place.write(1)
    assert torch.equal(tensor, Y)


def test_a_graph_that_was_recorded_before_can_still_be_computed_from() -> None:
    weight = X.clone().requires_grad_()
    loss = (weight * weight).sum()
    for place in places(held(closure(weight)), [(X, Y)]):
        place.write(1)
    torch.autograd.backward(loss)
    assert torch.allclose(weight.grad, 2 * Y)  # type: ignore[arg-type]


def test_copies_of_answers_are_overwritten_and_nothing_else_is() -> None:
    answer = X @ Y.T
    x, copied, turned, constant = X.clone(), answer.clone(), answer.T.double().contiguous(), Y.clone()
    ones, call = torch.ones(3, 3), closure(x, copied, turned, constant, torch.ones(3, 3))
    found = places(held(call), [(X, Y)])
    assert spoil(call, {"output": answer, "ones": ones}, found) == 2
    assert agreement.is_poisoned(copied)
    assert agreement.is_poisoned(turned)
    assert torch.equal(x, X)
    assert torch.equal(constant, Y)


def test_an_input_that_is_its_own_answer_is_no_copy() -> None:
    x = X.clone()
    call = closure(x)
    assert spoil(call, {"output": X}, places(held(call), [(X, Y)])) == 0
    assert spoil(call, {"output": X}) == 1


@pytest.mark.parametrize(
    ("tensor", "answer", "found"),
    [(X, X, True), (X.T, X, True), (X, Y, False), (torch.zeros(4), torch.zeros(4), False), (X[0, 0], X[0, 0], False)],
    ids=range(5),
)
def test_an_answer_is_known_by_its_values(tensor: Tensor, answer: Tensor, found: bool) -> None:
    assert inputs.is_answer(tensor, [answer]) is found


@pytest.mark.parametrize(
    ("shape", "lay"),
    [
        ((24,), lambda x: x.reshape(3, 8).t().contiguous()),
        ((24,), lambda x: x.reshape(2, 3, 4).permute(2, 0, 1).double()),
        ((4, 6), lambda x: x.t().reshape(-1)),
        ((4, 6), lambda x: x.t().reshape(3, 8)),
        ((2, 3, 4), lambda x: x.permute(1, 2, 0).contiguous()),
    ],
)
def test_a_shape_and_an_order_of_axes_together_are_recognised(
    shape: tuple[int, ...], lay: Callable[[torch.Tensor], torch.Tensor]
) -> None:
    first, second = torch.arange(24.0).reshape(shape), torch.arange(24.0).reshape(shape) * -3
    kept = lay(first).clone()
    (found,) = places([kept], [(first, second)])
    found.write(1)
    assert torch.equal(kept, lay(second))
