"""11c: [−1; 2; −1] in two dimensions."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab, Mistake, break_it
from bench.kit.compare import largest, max_error

from .by_hand import correlate, separable
from .c_figures import CAPTION, forms_figure
from .c_forms import ANSWERS, FUNCTIONS, TAPS, forms, grid, inside, transfer
from .problem import delta, first_picture, grey, nine
from .reference import filter2d


def study(lab: Lab, pic1: str) -> None:
    """Six ways to take k into the plane, on functions whose derivatives are known, and on Pic1."""
    image = grey(first_picture(lab, pic1))
    kernels = forms(image)
    for form, K in kernels.items():
        lab.claim(f"{form}: answers on x², y², x² + y² and the plane", answer_error(K, image, form), equals=0)
    relations(lab, image, kernels)
    lab.table(
        "What each form answers", [{"form": form} | labelled(answers(image, kernels[form])[0]) for form in ANSWERS]
    )
    lab.claim("a wave is answered by itself times the transfer function", waves(kernels), at_most=1e-12)
    refinement(lab, image)
    break_it(lab, *mistakes(image))
    worst = largest(float((correlate(image, K) - filter2d(image, K)).abs().max()) for K in kernels.values())
    lab.claim("on Pic1, shifted sums = cv2.filter2D, six forms", worst, equals=0)
    lab.figure("One filter, six forms in the plane", forms_figure(image, kernels), CAPTION)


def answers(like: Tensor, K: Tensor) -> tuple[list[float], float]:
    """The answer on each function of degree two or less, and how much it varies from place to place."""
    simple = [inside(correlate(grid(f, like), K)) for name, f in FUNCTIONS.items() if name != "x²y²"]
    return [float(R[0, 0]) for R in simple], largest(float(R.max() - R.min()) for R in simple)


def answer_error(K: Tensor, like: Tensor, form: str) -> float:
    """How far K is from what the form must answer, and how much its answers vary from place to place."""
    found, varies = answers(like, K)
    return largest(varies, *(abs(a - b) for a, b in zip(found, ANSWERS[form], strict=True)))


def labelled(found: list[float]) -> dict[str, float]:
    return dict(zip((name for name in FUNCTIONS if name != "x²y²"), found, strict=True))


def relations(lab: Lab, image: Tensor, kernels: dict[str, Tensor]) -> None:
    laplacian, outline = nine(image)["laplacian"], nine(image)["outline"]
    lab.claim("sum of both directions = −kernel 2", (kernels["sum of both"] + laplacian).abs().max(), equals=0)
    lab.claim("all four directions = kernel 4", (kernels["four directions"] - outline).abs().max(), equals=0)
    mixed = inside(correlate(grid(FUNCTIONS["x²y²"], image), kernels["outer product"]))
    lab.claim("outer product on x²y² = ∂⁴/∂x²∂y² = 4", (mixed - 4).abs().max(), equals=0)
    k = image.new_tensor(TAPS)
    twice = correlate(correlate(image, k[:, None]), k[None, :])
    lab.claim(
        "outer product = down, then along", (twice - correlate(image, kernels["outer product"])).abs().max(), equals=0
    )
    both = correlate(image, k[:, None]) + correlate(image, k[None, :])
    lab.claim("the sum needs no 3 × 3 kernel", (both - correlate(image, kernels["sum of both"])).abs().max(), equals=0)
    smooth = separable(image, k, image.new_tensor((0.25, 0.5, 0.25)))
    one_form = correlate(image, kernels["column, smoothed along the row"])
    lab.claim("smoothed column = k down, ¼ ½ ¼ along", (smooth - one_form).abs().max(), equals=0)


WANTED = {"sum of both": 1.0, "four directions": 3.0, "outer product": 1.0}
"""Forms that are taken for −Δ, and how many times it they answer."""
ERROR = "the errors as answers to −Δf are those that the transfer function says, up to"


def refinement(lab: Lab, like: Tensor) -> None:
    """On f = sin(x + 0.3) cos(2y), −Δf = 5f: the pixel is made smaller, and the answer is divided by its area."""
    steps = [2.0**-n for n in range(2, 8)]
    kernels = forms(like)
    errors = {
        form: [laplacian_error(kernels[form] / weight, like, h) for h in steps] for form, weight in WANTED.items()
    }
    for form, weight in WANTED.items():
        lab.curve(
            "Error as an answer to −Δf",
            steps,
            errors[form],
            series=form if weight == 1 else f"{form} / 3",
            x_label="size h of a pixel",
            y_label="largest error / largest |Δf|",
            scale="log-log",
        )
    said = {form: [predicted(kernels[form] / w, h) for h in steps] for form, w in WANTED.items()}
    # Rounding leaves eps / h² of an answer: 4e-12 for the smallest pixel.
    off = largest(abs(a - b) for form in WANTED for a, b in zip(errors[form], said[form], strict=True))
    lab.claim(ERROR, off, at_most=1e-10)
    for form in ("sum of both", "four directions"):
        falls = errors[form][-2] / errors[form][-1]
        # 4 − O(h²) for a formula of second order, whose next term is of fourth.
        lab.claim(f"{form}: its error falls by this factor when pixels halve", falls, at_least=3.99)
    # 4 sin²(h/2) · 4 sin²h / 5h² of −Δf is answered, at most 4h²/5: the smaller the pixels, the less.
    blind = errors["outer product"][-1]
    lab.claim(
        "outer product: error as an answer to −Δf, however small the pixels", blind, at_least=1 - 0.8 * steps[-1] ** 2
    )


def laplacian_error(K: Tensor, like: Tensor, h: float) -> float:
    f = grid(lambda y, x: torch.sin(x + 0.3) * torch.cos(2 * y), like, side=33, step=h)
    return float((inside(correlate(f, K)) / h**2 - 5 * inside(f)).abs().max() / (5 * inside(f)).abs().max())


def predicted(K: Tensor, h: float) -> float:
    """f is made of waves with ω_y = ±2h and ω_x = ±h, and all have one answer: |K(2h, h) / 5h² − 1|."""
    return abs(float(transfer(K, K.new_tensor((2 * h, h)))[0, 1]) / (5 * h**2) - 1)


def waves(kernels: dict[str, Tensor]) -> float:
    """Each wave is answered by itself times the transfer function: the worst difference for 6 forms and 9 × 9 waves."""
    frequencies = torch.linspace(-torch.pi, torch.pi, 9).to(kernels["sum of both"])
    axis = torch.arange(7).to(frequencies)
    phase = frequencies[:, None, None, None] * axis[:, None] + frequencies[:, None, None] * axis + 0.3
    f = torch.cos(phase)  # (9, 9, 7, 7)
    answered = ((inside(correlate(f, K)), transfer(K, frequencies)) for K in kernels.values())
    return largest(max_error(R, K[..., None, None] * inside(f)) for R, K in answered)


def mistakes(like: Tensor) -> list[Mistake]:
    """What is handed in for −Δ, held against what the sum must answer; and two wrong scales."""
    kernels = forms(like)
    wrong = {
        "the outer product taken for the Laplacian": kernels["outer product"],
        "one direction alone": kernels["row: kᵀ"],
        "the sign turned: kernel 2 itself": -kernels["sum of both"],
        "2 in the middle of the sum, not 4": kernels["sum of both"] - 2 * delta(like),
        "one-sided: the middle of k at its end": kernels["sum of both"].roll(1, 0),
    }
    same = "sum of both: answers on x², y², x² + y² and the plane"
    found = [Mistake(name=n, fails=same, value=answer_error(K, like, "sum of both")) for n, K in wrong.items()]
    unscaled = kernels["four directions"]
    falls = [laplacian_error(unscaled, like, 2.0**-n) for n in (6, 7)]
    return [
        *found,
        Mistake(
            name="four directions, not divided by 3",
            fails="four directions: its error falls by this factor when pixels halve",
            value=falls[0] / falls[1],
        ),
    ]
