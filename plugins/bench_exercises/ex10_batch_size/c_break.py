"""10c, broken: the classic mistakes with these losses, each of which fails a claim."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from bench import Lab, Mistake, break_it
from bench.kit.compare import max_error

from .c_losses import KINDS, gaussian, one_hot, one_hot_as_classes

FORMULAS = "all six losses = their formulas: largest difference"
LOGITS = "MultiMargin of log-probabilities = of logits: losses and gradients, largest difference"


def study(lab: Lab, logits: Tensor, y: Tensor) -> None:
    x = logits.log_softmax(1)
    break_it(lab, *of_forms(x, y), *of_identities(x, logits, y))


def of_forms(x: Tensor, y: Tensor) -> tuple[Mistake, ...]:
    """Losses that are handed what they do not take: x (N, 10) are log-probabilities, y (N,) classes."""
    t = one_hot(x, y)
    wrong = {
        "one-hot rows for lists of classes": ("MultiLabelMargin", one_hot_as_classes(x, y)),
        "Poisson with log_input=False": ("PoissonNLL", F.poisson_nll_loss(x, t, log_input=False)),
        "a sigmoid before MultiLabelSoftMargin": (
            "MultiLabelSoftMargin",
            F.multilabel_soft_margin_loss(x.sigmoid(), t),
        ),
        "the truth among its own rivals": ("MultiMargin", (1 - x.gather(1, y[:, None]) + x).clamp(min=0).mean()),
    }
    return tuple(
        Mistake(name=name, fails=FORMULAS, value=max_error(found, KINDS[loss].formula(x, y).mean()))
        for name, (loss, found) in wrong.items()
    )


def of_identities(x: Tensor, logits: Tensor, y: Tensor) -> tuple[Mistake, ...]:
    """What is not the same, though it looks like it."""
    t, p, entropy = one_hot(x, y), x.exp(), F.cross_entropy(logits, y)
    return (
        Mistake(
            name="softmax for log-softmax before NLL",
            fails="NLL of log-softmax = cross-entropy of logits: losses and gradients, largest difference",
            value=max_error(F.nll_loss(p, y), entropy),
        ),
        Mistake(
            name="a sum over the classes for a mean",
            fails="PoissonNLL = (1 + cross-entropy)/10: losses and gradients, largest difference",
            value=max_error((p - t * x).sum(1).mean(), (1 + entropy) / 10),
        ),
        Mistake(
            name="margins of probabilities for those of logits",
            fails=LOGITS,
            value=max_error(F.multi_margin_loss(p, y), F.multi_margin_loss(logits, y)),
        ),
        Mistake(
            name="Gaussian of log-probabilities for the Brier score",
            fails="GaussianNLL of probabilities = Brier score/20: difference",
            value=max_error(gaussian(x, y), (p - t).square().sum(1).mean() / 20),
        ),
    )
