"""14c: the code as a layer, which must train exactly as the full convolution does."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bench import Lab
from bench.kit.compare import largest, max_error, relative_error

from . import problem, reference, solution
from .by_hand import Factors
from .network import Rank1Conv2d, Rank1Convolution
from .problem import SETTINGS, Problem

LEARNING_RATE = 0.1


def study(lab: Lab) -> None:
    lab.claim("gradcheck of the layer: strides, borders, untied bias", gradcheck(lab), equals=1)
    # After about 100 steps the loss leaves its plateau; from there on it falls by a constant factor a step.
    losses, _ = trained(lab, "by hand", steps=lab.pick(smoke=600, quick=600, full=2000))
    lab.claim("training lowers the loss to this part", losses[-1] / losses[0], at_most=1e-10)
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
    kernel_zero(lab)
    compared = lab.pick(smoke=30, quick=100, full=300)
    losses, ours = trained(lab, "by hand", steps=compared)
    kernel_losses, through_kernel = trained(lab, "full kernel", steps=compared)
    error = max_error([*ours, losses], [*through_kernel, kernel_losses])
    lab.claim("trained by hand = trained by autograd through the full kernel", error, at_most=1e-10)
    plain_losses, plainly = trained(lab, "solution", steps=compared)
    error = largest(max_error([*ours, losses], [*plainly, plain_losses]), solution_error(lab))
    lab.claim("the model solution = the layer by hand: derivatives, and every loss of a training", error, at_most=1e-10)
    lab.claim("weights of the layer, biases aside", weights(Rank1Conv2d(32, 64, (3, 3))), equals=102)


def kernel_zero(lab: Lab) -> None:
    """The loss on the plateau: here, and on so much noise that a mean without borders would be seen to be wrong."""
    generator = lab.generator()
    teacher, _ = kinds(lab, generator)
    H = torch.randn(2000, 4, 10, 10, generator=generator).to(lab.device, lab.dtype)
    mean, error = expected_loss(teacher.factors, side=H.shape[-1], images=len(H))
    lab.metric("loss of the kernel 0", pose(lab)[2].square().mean())
    lab.metric("loss of the kernel 0, in the mean over white noise", mean)
    off = (teacher(H).detach().square().mean() - mean).abs() / error
    lab.claim("loss of the kernel 0 on 2,000 images, off that mean by (standard errors)", off, at_most=5)


def expected_loss(factors: Factors, side: int, images: int) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of the mean square of Z = a V, V = C S Dᵀ, where S is white with variance ‖b‖².

    C and D slide c and d with a border of 1. V's square sum is a quadratic form of S: mean tr Q, variance 2 tr Q².
    """
    a, b, c, d = (v.detach() for v in factors)
    scale = a.square().mean() * b.square().sum() / side**2
    down, along = (grams(v, side) for v in (c, d))
    variance = 2 * (down @ down).trace() * (along @ along).trace() / images
    return scale * down.trace() * along.trace(), scale * variance.sqrt()


def grams(taps: Tensor, side: int) -> Tensor:
    """CᵀC (side, side) of the matrix C by which taps slide over a line with a border of 1 zero."""
    slid = F.conv1d(torch.eye(side).to(taps)[:, None], taps[None, None], padding=1)[:, 0]
    return slid @ slid.T


def gradcheck(lab: Lab) -> bool:
    """PyTorch's own finite differences, on the layer as autograd sees it."""
    return all(
        torch.autograd.gradcheck(
            Rank1Convolution.apply,
            inputs(p),
        )
        for p in (problem.draw(lab, setting) for setting in problem.SMALL)
    )


def inputs(p: Problem) -> tuple[Any, ...]:
    """Of the layer, in its order; stride and padding have no derivative."""
    return (*leaves((p.H, p.B)), (p.setting.stride, p.setting.padding), *leaves(p.factors))


def leaves(values: tuple[Tensor, ...]) -> list[Tensor]:
    return [value.clone().requires_grad_() for value in values]


class BuiltKernel(nn.Module):
    """The same layer by ``conv2d`` of the built kernel, its derivatives left to autograd."""

    def __init__(self, layer: Rank1Conv2d) -> None:
        super().__init__()
        self.values = nn.ParameterList(leaves((*(factor.detach() for factor in layer.factors), layer.B.detach())))

    def forward(self, H: Tensor) -> Tensor:
        a, b, c, d, B = self.values
        return reference.full_convolution(H, a, b, c=c, d=d, B=B, stride=1, padding=1)


def pose(lab: Lab) -> tuple[Rank1Conv2d, Tensor, Tensor]:
    """A student, white noise (8, 4, 10, 10), and what a teacher of the student's kind makes of it."""
    generator = lab.generator()
    teacher, student = kinds(lab, generator)
    H = torch.randn(8, 4, 10, 10, generator=generator).to(lab.device, lab.dtype)
    with torch.no_grad():
        return student, H, teacher(H)


def kinds(lab: Lab, generator: torch.Generator) -> tuple[Rank1Conv2d, Rank1Conv2d]:
    """The teacher and the student, drawn in this order."""
    teacher, student = (
        Rank1Conv2d(4, 6, (3, 3), padding=1, generator=generator).to(lab.device, lab.dtype) for _ in range(2)
    )
    return teacher, student


def trained(lab: Lab, way: str, steps: int) -> tuple[Tensor, list[Tensor]]:
    """The loss before every step and a, b, c, d, B at the end, always from one start, in one of three ways."""
    student, H, wanted = pose(lab)
    layer: nn.Module = student
    if way == "full kernel":
        layer = BuiltKernel(student)
    elif way == "solution":
        layer = solution.Rank1Conv2d(*(factor.detach() for factor in student.factors), padding=1)
    losses = solution.train(layer, H, wanted, steps, learning_rate=LEARNING_RATE)
    return torch.tensor(losses, dtype=torch.float64), [value.detach() for value in layer.parameters()]


def solution_error(lab: Lab) -> float:
    """Z and all derivatives of the plain layer against autograd through the built kernel, with strides and borders."""
    return largest(one_solution_error(problem.draw(lab, setting)) for setting in SETTINGS if not setting.untied)


def one_solution_error(p: Problem) -> float:
    H, B, slide, *factors = inputs(p)
    Z = solution.Rank1.apply(H, B, slide, *factors)
    dH, dB, *others = torch.autograd.grad(Z, (H, B, *factors), p.Δ)
    expected_Z, expected = reference.by_autograd(p)
    return relative_error([Z, dH, *others, dB], [expected_Z, *expected])


def weights(layer: nn.Module) -> int:
    return sum(p.numel() for name, p in layer.named_parameters() if name != "B")
