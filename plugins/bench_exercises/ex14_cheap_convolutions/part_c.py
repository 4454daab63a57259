"""14c: the code as a layer, which must train exactly as the full convolution does."""

from typing import Any

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.compare import max_error

from . import checks
from .module import Rank1Conv2d, Rank1Convolution


def layer_trains(lab: Lab) -> None:
    lab.claim("gradcheck of the layer: strides, borders, untied bias", gradcheck(lab), equals=1)
    student, twin, losses = trained(lab, steps=lab.pick(smoke=30, quick=100, full=300), rate=0.02)
    error = max_error(student, twin)
    lab.claim("trained by hand = trained by autograd through the full kernel", error, at_most=1e-10)
    lab.claim("training lowers the loss to this part", losses[-1] / losses[0], at_most=0.7)
    lab.curve(
        "Training on the output of another rank-1 layer",
        range(len(losses)),
        losses,
        series="by hand",
        x_label="step of gradient descent",
        y_label="mean squared error",
        scale="log-y",
        kind="course",
    )
    lab.claim("weights of the layer, biases aside", weights(Rank1Conv2d(32, 64, (3, 3))), equals=102)


def gradcheck(lab: Lab) -> bool:
    """PyTorch's own finite differences, on the layer as autograd sees it."""
    return all(
        torch.autograd.gradcheck(
            Rank1Convolution.apply,
            inputs(p),
        )
        for p in (checks.draw(lab, setting) for setting in checks.SMALL)
    )


def inputs(p: checks.Problem) -> tuple[Any, ...]:
    """Of the layer, in its order: two of them are numbers, which have no derivative."""
    return (*leaves((p.H, p.B)), p.setting.stride, p.setting.padding, *leaves(p.factors))


def leaves(values: tuple[Tensor, ...]) -> list[Tensor]:
    return [value.clone().requires_grad_() for value in values]


def trained(lab: Lab, steps: int, rate: float) -> tuple[list[Tensor], list[Tensor], list[float]]:
    """Two students of one teacher from one start: the hand-written layer, and ``conv2d`` of the built kernel."""
    generator = lab.generator()
    teacher, student = (
        Rank1Conv2d(4, 6, (3, 3), padding=1, generator=generator).to(lab.device, lab.dtype) for _ in range(2)
    )
    H = torch.randn(8, 4, 10, 10, generator=generator).to(lab.device, lab.dtype)
    with torch.no_grad():
        wanted = teacher(H)
    twin = leaves((*(factor.detach() for factor in student.factors), student.B.detach()))
    losses = []
    for _ in lab.track(range(steps), "training"):
        losses.append(float(descend(list(student.parameters()), student(H), wanted, rate)))
        descend(twin, checks.full_convolution(H, *twin, stride=1, padding=1), wanted, rate)
    return [v.detach() for v in (*student.factors, student.B)], [v.detach() for v in twin], losses


def descend(parameters: list[Tensor], Z: Tensor, wanted: Tensor, rate: float) -> Tensor:
    """One step of gradient descent on the mean squared error; gives the loss before it."""
    loss = (Z - wanted).square().mean()
    gradients = torch.autograd.grad(loss, parameters)
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter -= rate * gradient
    return loss.detach()


def weights(layer: nn.Module) -> int:
    return sum(p.numel() for name, p in layer.named_parameters() if name != "B")
