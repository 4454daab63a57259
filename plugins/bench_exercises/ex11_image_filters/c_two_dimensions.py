"""11c: [−1; 2; −1] in two dimensions."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from .by_hand import correlate, separable
from .c_figures import CAPTION, forms_figure
from .c_forms import ANSWERS, FUNCTIONS, TAPS, forms, grid, inside
from .problem import first_picture, grey, nine
from .reference import filter2d


def study(lab: Lab, pic1: str) -> None:
    """Six ways to take k into the plane, on functions whose derivatives are known, and on Pic1."""
    image = grey(first_picture(lab, pic1))
    kernels = forms(image)
    answered = {form: answers(image, K) for form, K in kernels.items()}
    for form, expected in ANSWERS.items():
        worst = largest(abs(found - right) for found, right in zip(answered[form][0], expected, strict=True))
        lab.claim(f"{form}: answers on x², y², x² + y² and the plane", largest(worst, answered[form][1]), equals=0)
    relations(lab, image, kernels)
    lab.table("What each form answers", [{"form": form} | labelled(answered[form][0]) for form in ANSWERS])
    refinement(lab, image)
    worst = largest(float((correlate(image, K) - filter2d(image, K)).abs().max()) for K in kernels.values())
    lab.claim("on Pic1, shifted sums = cv2.filter2D, six forms", worst, equals=0)
    lab.figure("One filter, six forms in the plane", forms_figure(image, kernels), CAPTION)


def answers(like: Tensor, K: Tensor) -> tuple[list[float], float]:
    """The answer on each function of degree two or less, and how much it varies from place to place."""
    simple = [inside(correlate(grid(f, like), K)) for name, f in FUNCTIONS.items() if name != "x²y²"]
    return [float(R[0, 0]) for R in simple], largest(float(R.max() - R.min()) for R in simple)


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


def refinement(lab: Lab, like: Tensor) -> None:
    """On f = sin(x + 0.3) cos(2y), −Δf = 5f: the pixel is made smaller, and the answer is divided by its area."""
    steps = [2.0**-n for n in range(2, 8)]
    kernels = forms(like)
    wanted = {"sum of both": 1.0, "four directions": 3.0, "outer product": 1.0}
    for form, weight in wanted.items():
        errors = [laplacian_error(kernels[form] / weight, like, h) for h in steps]
        lab.curve(
            "Error as an answer to −Δf",
            steps,
            errors,
            series=form if weight == 1 else f"{form} / 3",
            x_label="size h of a pixel",
            y_label="largest error / largest |Δf|",
            scale="log-log",
        )
        if form == "outer product":
            lab.claim("outer product: error as an answer to −Δf, however small the pixels", errors[-1], at_least=0.9)
        else:
            lab.claim(
                f"{form}: its error falls by this factor when pixels halve", errors[-2] / errors[-1], at_least=3.9
            )


def laplacian_error(K: Tensor, like: Tensor, h: float) -> float:
    f = grid(lambda y, x: torch.sin(x + 0.3) * torch.cos(2 * y), like, side=33, step=h)
    return float((inside(correlate(f, K)) / h**2 - 5 * inside(f)).abs().max() / (5 * inside(f)).abs().max())
