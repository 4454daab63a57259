"""The check that every layer must pass, and one specimen of each layer to run it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from bench.kit import byhand
from bench.kit.byhand.gradcheck import gradient_errors

OUTPUT, AUTOGRAD, DIFFERENCES = 1e-12, 1e-10, 1e-6
"""The largest relative errors, in float64."""


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """A layer of the kit by name, with what it is called with, and torch's own function of the same inputs."""

    layer: str
    reference: Callable[..., Tensor]
    inputs: tuple[Tensor, ...]
    constants: tuple[Any, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)

    def forward(self, *inputs: Tensor, package: ModuleType = byhand) -> tuple[Tensor, Any]:
        return getattr(package, self.layer)(*inputs, *self.constants, **self.settings)

    def backward(self, dy: Tensor, saved: Any, package: ModuleType = byhand) -> tuple[Tensor | None, ...]:
        return getattr(package, f"{self.layer}_backward")(dy, saved)

    def to(self, dtype: torch.dtype | None = None, device: str | None = None) -> Specimen:
        def moved(value: Any) -> Any:
            if isinstance(value, tuple):
                return type(value)(*map(moved, value)) if hasattr(value, "_fields") else tuple(map(moved, value))
            if not isinstance(value, Tensor):
                return value
            return value.to(device=device, dtype=dtype if value.is_floating_point() else None)

        return Specimen(
            layer=self.layer,
            reference=self.reference,
            inputs=moved(self.inputs),
            constants=moved(self.constants),
            settings=self.settings,
        )


def verify(specimen: Specimen, package: ModuleType = byhand) -> None:
    """Asserts output and gradients: against torch, against autograd of torch, against central differences."""
    errors = gradient_errors(
        lambda *inputs: specimen.forward(*inputs, package=package),
        lambda dy, saved: specimen.backward(dy, saved, package=package),
        specimen.inputs,
        reference=specimen.reference,
    )
    assert errors.output <= OUTPUT, errors
    assert max(errors.autograd) <= AUTOGRAD, errors
    assert max(errors.differences) <= DIFFERENCES, errors


def follow(name: str, theirs: type[torch.optim.Optimizer], settings: dict[str, Any], package: ModuleType) -> None:
    """Asserts that an optimiser ends where torch's ends, after 100 steps on a quadratic with noise."""
    leaves = [draw(3, 2).requires_grad_(), draw(4, seed=1).requires_grad_(), draw(seed=2).requires_grad_()]
    parameters, state = [p.detach().clone() for p in leaves], None
    optimiser = theirs(leaves, **settings)
    for step in range(100):
        noise = [draw(*p.shape, seed=step) for p in leaves]
        for leaf, n in zip(leaves, noise, strict=True):
            leaf.grad = leaf.detach() + n
        optimiser.step()
        gradients = [p + n for p, n in zip(parameters, noise, strict=True)]
        parameters, state = getattr(package, name)(parameters, gradients, state, **settings)
    torch.testing.assert_close(list(parameters), [p.detach() for p in leaves], rtol=1e-10, atol=1e-12)


def average_along(package: ModuleType) -> None:
    """Asserts that the moving averages of batch norm are torch's after 20 batches, and the first ones unchanged."""
    zeros, ones = torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)
    mean, variance, running = zeros.clone(), ones.clone(), package.Running(zeros, ones)
    for step in range(20):
        x = 2 * draw(4, 3, 5, seed=step) + step
        F.batch_norm(x, mean, variance, training=True, momentum=0.3)
        _, saved = package.batch_norm(x, ones, zeros)
        running = package.running_statistics(running, saved, momentum=0.3)
    torch.testing.assert_close(tuple(running), (mean, variance), rtol=1e-12, atol=0)
    assert not zeros.any()


def draw(*shape: int, seed: int = 0) -> Tensor:
    """Standard normal numbers, kept off 0, where the kinks are."""
    x = torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return x + 0.01 * x.sign()


def specimens() -> dict[str, Specimen]:
    """One of each layer: shapes all different, windows that overlap and overhang, groups, strides."""
    strided = {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}
    shape, mask = (4, 3), draw(4, 3, seed=9) > -0.5
    classes, chance = torch.tensor([2, 0, 1, 2]), torch.sigmoid(draw(*shape, seed=8))
    weight, bias, running = draw(3, seed=1), draw(3, seed=2), byhand.Running(draw(3, seed=3), draw(3, seed=4) ** 2)
    images = draw(2, 3, 5, 4)
    convolved = (draw(2, 4, 9, 8), draw(6, 2, 3, 2, seed=1), draw(6, seed=2))
    spread = (draw(2, 4, 3, 4), draw(4, 3, 3, 2, seed=1), draw(6, seed=2))
    spreading = {**strided, "output_padding": 1}
    average = {"stride": 2, "padding": 1}

    def only(layer: str, reference: Callable[..., Tensor], *constants: Any, x: Tensor | None = None) -> Specimen:
        return Specimen(
            layer=layer, reference=reference, inputs=(draw(*shape) if x is None else x,), constants=constants
        )

    def batch_normed(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return F.batch_norm(x, None, None, weight=w, bias=b, training=True)

    def eval_normed(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return F.batch_norm(x, running.mean.to(x), running.variance.to(x), weight=w, bias=b, training=False)

    return {
        "linear": Specimen(
            layer="linear", reference=F.linear, inputs=(draw(2, 4, 3), draw(5, 3, seed=1), draw(5, seed=2))
        ),
        "conv1d": Specimen(
            layer="conv1d",
            reference=lambda *x: F.conv1d(*x, **strided),
            inputs=(draw(2, 4, 9), draw(6, 2, 3, seed=1), draw(6, seed=2)),
            settings=strided,
        ),
        "conv2d": Specimen(
            layer="conv2d", reference=lambda *x: F.conv2d(*x, **strided), inputs=convolved, settings=strided
        ),
        "conv_transpose1d": Specimen(
            layer="conv_transpose1d",
            reference=lambda *x: F.conv_transpose1d(*x, **spreading),
            inputs=(draw(2, 4, 5), draw(4, 3, 3, seed=1), draw(6, seed=2)),
            settings=spreading,
        ),
        "conv_transpose2d": Specimen(
            layer="conv_transpose2d",
            reference=lambda *x: F.conv_transpose2d(*x, **spreading),
            inputs=spread,
            settings=spreading,
        ),
        "avg_pool1d": Specimen(
            layer="avg_pool1d",
            reference=lambda x: F.avg_pool1d(x, 3, **average),
            inputs=(draw(2, 3, 7),),
            constants=(3,),
            settings=average,
        ),
        "avg_pool2d": Specimen(
            layer="avg_pool2d",
            reference=lambda x: F.avg_pool2d(x, 3, **average, count_include_pad=False),
            inputs=(draw(2, 3, 7, 5),),
            constants=(3,),
            settings={**average, "count_include_pad": False},
        ),
        "max_pool1d": Specimen(
            layer="max_pool1d",
            reference=lambda x: F.max_pool1d(x, 3, **average),
            inputs=(draw(2, 3, 7),),
            constants=(3,),
            settings=average,
        ),
        "max_pool2d": Specimen(
            layer="max_pool2d",
            reference=lambda x: F.max_pool2d(x, 3, **average),
            inputs=(draw(2, 3, 7, 5),),
            constants=(3,),
            settings=average,
        ),
        "relu": only("relu", F.relu),
        "leaky_relu": only("leaky_relu", lambda x: F.leaky_relu(x, 0.2), 0.2),
        "sigmoid": only("sigmoid", F.sigmoid),
        "tanh": only("tanh", F.tanh),
        "dropout": only("dropout", lambda x: x * mask.to(x) / 0.7, mask, 0.3),
        "softmax": only("softmax", lambda x: F.softmax(x, 1), 1),
        "log_softmax": only("log_softmax", lambda x: F.log_softmax(x, 1), 1),
        "batch_norm": Specimen(layer="batch_norm", reference=batch_normed, inputs=(images, weight, bias)),
        "batch_norm_eval": Specimen(
            layer="batch_norm_eval", reference=eval_normed, inputs=(images, weight, bias), constants=(running,)
        ),
        "layer_norm": Specimen(
            layer="layer_norm",
            reference=lambda x, w, b: F.layer_norm(x, (5, 4), w, b),
            inputs=(images, draw(5, 4, seed=1), draw(5, 4, seed=2)),
        ),
        "nll": only("nll", lambda x: F.nll_loss(x, classes), classes, x=draw(*shape).log_softmax(1)),
        "cross_entropy": only("cross_entropy", lambda x: F.cross_entropy(x, classes), classes),
        "mse": only("mse", lambda x: F.mse_loss(x, chance.to(x)), chance),
        "bce": only("bce", lambda x: F.binary_cross_entropy(x, chance.to(x)), chance, x=torch.sigmoid(draw(*shape))),
        "bce_with_logits": only(
            "bce_with_logits", lambda x: F.binary_cross_entropy_with_logits(x, chance.to(x)), chance
        ),
    }


SPECIMENS = specimens()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for ``specimen`` runs once per layer."""
    if "specimen" in metafunc.fixturenames:
        metafunc.parametrize("specimen", SPECIMENS.values(), ids=SPECIMENS.keys())


@pytest.fixture(scope="session")
def every_specimen() -> dict[str, Specimen]:
    return SPECIMENS


@pytest.fixture(scope="session")
def check() -> Callable[..., None]:
    """``check(layer_name, reference, inputs, *constants, **settings)``: the check on a layer of the kit."""

    def run(
        layer: str, reference: Callable[..., Tensor], inputs: tuple[Tensor, ...], *constants: Any, **settings: Any
    ) -> None:
        verify(Specimen(layer=layer, reference=reference, inputs=inputs, constants=constants, settings=settings))

    return run


@pytest.fixture(scope="session")
def check_specimen() -> Callable[..., None]:
    """``check_specimen(specimen, package)``: the same check, on any copy of the kit."""
    return verify


@pytest.fixture(scope="session")
def follow_torch() -> Callable[..., None]:
    """``follow_torch(name, torch_class, settings)``: the check of an optimiser."""

    def run(
        name: str, theirs: type[torch.optim.Optimizer], settings: dict[str, Any], package: ModuleType = byhand
    ) -> None:
        follow(name, theirs, settings, package)

    return run


@pytest.fixture(scope="session")
def moving_averages() -> Callable[..., None]:
    """``moving_averages()``: the check of batch norm's running statistics."""

    def run(package: ModuleType = byhand) -> None:
        average_along(package)

    return run
