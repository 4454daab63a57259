"""A gradient by hand that holds a NaN, in one place and not the first, fails its part."""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest
import torch

from bench import testing
from bench.kit.byhand import conv

HOME = "bench_exercises."
EX06, EX14, EX15 = "ex06_pointwise_convolution", "ex14_cheap_convolutions", "ex15_conv1d_backward"


def spoilt(value: Any) -> Any:
    """The last tensor of a result, with NaN in its last element."""
    if isinstance(value, torch.Tensor):
        value = value.clone()
        value[(-1,) * value.ndim] = torch.nan
        return value
    if isinstance(value, dict):
        *_, name = value
        return value | {name: spoilt(value[name])}
    *others, last = value
    if not isinstance(last, torch.Tensor):  # a count, or what is saved for the way back
        *others, before = others
        return (*others, spoilt(before), last)
    return type(value)(*others, spoilt(last)) if hasattr(value, "_fields") else (*others, spoilt(last))


def plant(monkeypatch: pytest.MonkeyPatch, module: ModuleType, function: str) -> None:
    right: Callable[..., Any] = getattr(module, function)
    monkeypatch.setattr(module, function, lambda *args, **kwargs: spoilt(right(*args, **kwargs)))


@pytest.mark.parametrize(
    ("exercise", "part", "module", "function"),
    [
        (EX06, "a", "by_hand", "every_pixel_a_row"),
        (EX14, "a", "a_form", "forward"),
        (EX14, "b.2", "by_hand", "backward"),
        (EX14, "d", "d_plain", "backward"),
        (EX14, "d", "d_plain", "backward_as_convolutions"),
        (EX15, "a", "by_hand", "backward"),
        (EX15, "b", "b_convolutions", "backward"),
    ],
)
def test_a_nan_fails_the_part(
    exercise: str, part: str, module: str, function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, import_module(f"{HOME}{exercise}.{module}"), function)
    with pytest.raises(ValueError, match=r" is (nan|inf)$"):
        testing.run_part(import_module(HOME + exercise).exercise, part, testing.lab(profile="smoke"))


@pytest.mark.parametrize(("exercise", "part"), [(EX06, "a"), (EX14, "d"), (EX15, "a")])
def test_a_nan_in_the_kits_convolution_fails_who_uses_it(
    exercise: str, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, conv, "_conv_backward")
    with pytest.raises(ValueError, match=r" is (nan|inf)$"):
        testing.run_part(import_module(HOME + exercise).exercise, part, testing.lab(profile="smoke"))
