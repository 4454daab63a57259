"""10c: what wrong targets do: some are refused, some are not, and those are the dangerous ones."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.compare import largest, max_error

from .c_losses import CLASSES, KINDS, margins, one_hot, one_hot_as_classes
from .c_targets import value_and_slope
from .checks import EXACT

REFUSED = "refused"


def traps(lab: Lab, logits: Tensor, y: Tensor) -> None:
    x = logits.log_softmax(1)
    read_as_a_list(lab, x, y)
    nan = F.poisson_nll_loss(x, one_hot(x, y), log_input=False, reduction="none").isnan()
    lab.claim("trap: PoissonNLL with log_input=False, share of examples that are NaN", share(nan.any(1)), equals=1)
    answers = {(loss, given): tried(call) for loss, given, call in wrong_forms(x[:8], y[:8])}
    at_ten = {(loss, given): tried(call) for loss, given, call in wrong_forms(x[:CLASSES], y[:CLASSES])}
    lab.claim("wrong target forms that are refused, batch of 8", refusals(answers), equals=7)
    lab.claim("trap: of those, refused with a batch of 10", refusals(at_ten), equals=4)
    rows = [
        {"loss": loss, "target": given, "batch of 8": answers[loss, given], "batch of 10": at_ten[loss, given]}
        for loss, given in answers
    ]
    lab.table("Wrong targets, and what happens", rows)


def share(which: Tensor) -> Tensor:
    return which.double().mean()


def read_as_a_list(lab: Lab, x: Tensor, y: Tensor) -> None:
    """One-hot rows are lists of nine times the class 0 and once the class 1, whatever the label."""
    found, slope = value_and_slope(one_hot_as_classes, x, y)
    others = (y + 1) % CLASSES
    other, other_slope = value_and_slope(one_hot_as_classes, x, others)
    worst = largest(max_error(found, other), max_error(slope, other_slope))
    lab.claim(
        "trap: MultiLabelMargin of one-hot rows, loss and gradient with other labels: difference", worst, at_most=EXACT
    )
    zero, one = (margins(x, torch.full_like(y, k))[:, 2:].mean(1) * 8 / CLASSES for k in (0, 1))
    lab.claim(
        "trap: it is 9 times the margin loss of class 0 and once that of class 1",
        max_error(found, (9 * zero + one).mean()),
        at_most=EXACT,
    )
    right = KINDS["MultiLabelMargin"].loss
    lab.claim(
        "MultiLabelMargin of class lists, with other labels: difference",
        max_error(right(x, y), right(x, others)),
        at_least=1e-3,
    )


def wrong_forms(x: Tensor, y: Tensor) -> list[tuple[str, str, Callable[[], Tensor]]]:
    """Losses, what they are given, and the call."""
    hot, ones = one_hot(x, y), torch.ones_like(x)
    return [
        ("NLL", "one-hot, float", lambda: F.nll_loss(x, hot)),
        ("MultiLabelSoftMargin", "class index", lambda: F.multilabel_soft_margin_loss(x, y)),
        ("MultiMargin", "one-hot, float", lambda: F.multi_margin_loss(x, hot)),
        ("PoissonNLL", "class index", lambda: F.poisson_nll_loss(x, y)),
        ("PoissonNLL", "one-hot; log_input=False", lambda: F.poisson_nll_loss(x, hot, log_input=False)),
        ("GaussianNLL", "class index", lambda: F.gaussian_nll_loss(x, y, ones)),
        ("GaussianNLL", "one-hot; variance below 0", lambda: F.gaussian_nll_loss(x, hot, -ones)),
        ("MultiLabelMargin", "one-hot, float", lambda: F.multilabel_margin_loss(x, hot)),
        ("MultiLabelMargin", "one-hot, int64", lambda: one_hot_as_classes(x, y)),
    ]


def tried(call: Callable[[], Tensor]) -> str:
    """What comes out, as a table says it."""
    try:
        return f"gives {call().item():.4g}"
    except (RuntimeError, ValueError) as error:
        return f"{REFUSED}: {str(error).splitlines()[0][:60]}"


def refusals(answers: dict[tuple[str, str], str]) -> int:
    return sum(answer.startswith(REFUSED) for answer in answers.values())
