"""7d, held against each other: a training without a break, the same with one, and two that forgot something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from bench import Lab
from bench.kit.training import Training, load

from . import d_resume

SAVED = {
    "kind": "what must not have changed: shapes, batch size, seed, numerics, optimiser",
    "net": "the parameters, by module",
    "optimizer": "Adam's moments and step counts, and its rates",
    "scheduler": "where a schedule of the learning rate stands (this training has none)",
    "epochs": "loss and accuracy of both sets after every epoch",
    "losses": "the loss of every step",
    "streams": "the random streams: the order of the data, and everything else",
    "best weights": "the best parameters so far, for early stopping (not used here)",
}
"""The entries of a checkpoint of ``bench.kit.training``."""
FORGETFUL = {
    "everything but the optimiser": ("net", "streams"),
    "everything but the random streams": ("net", "optimizer"),
}
ENOUGH = 200
"""After so many epochs it is plain what was forgotten."""
Fresh = Callable[[], Training]


def study(lab: Lab, epochs: int, batch: int) -> None:
    """Without a break in this process; up to the middle in this one, and to the end in a new one."""
    half = epochs // 2

    def fresh() -> Training:
        return d_resume.fresh(lab.seed, epochs, batch, lab.device, lab.dtype)

    straight = fresh()
    whole = d_resume.state(straight, straight.run(lab.track, "without a break"))
    checkpoint, result = lab.checkpoint("stopped"), lab.checkpoint("finished in a new process")
    stopped = fresh()
    d_resume.stop_at(stopped, half, checkpoint)
    saved = load(checkpoint)
    d_resume.in_new_process(checkpoint, result, half, lab.seed, epochs, stopped)
    resumed = load(result)
    lab.metric("epochs, in all", epochs)
    lab.metric("epochs before the stop", half)
    contents(lab, saved)
    same(lab, resumed, whole)
    forgotten(lab, saved, fresh, whole["losses"], half)


def contents(lab: Lab, saved: Mapping[str, Any]) -> None:
    lab.table("What the checkpoint holds", [{"entry": name, "what it is": what} for name, what in SAVED.items()])
    lab.claim("entries of the checkpoint that are not in the table", len(saved.keys() ^ SAVED.keys()), equals=0)


def same(lab: Lab, resumed: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    """To the last bit: not one number differs."""
    for name in ("parameters", "losses", "scores", "moments"):
        lab.claim(f"{name} that a new process changes", unequal(resumed[name], whole[name]), equals=0)
    lab.claim("it was another process", resumed["process"] != whole["process"], equals=1)


def unequal(found: Tensor, expected: Tensor) -> int:
    """How many numbers differ; all of them where there are not as many."""
    return int((found != expected).sum()) if found.shape == expected.shape else max(found.numel(), expected.numel())


def forgotten(lab: Lab, saved: Mapping[str, Any], fresh: Fresh, losses: Tensor, half: int) -> None:
    """What becomes of the losses after the stop when something is not restored."""
    after = losses[len(saved["losses"]) * len(saved["losses"][0]) :]
    epochs = min(half, ENOUGH)
    found = {name: continued(lab, name, saved, fresh(), kept, epochs) for name, kept in FORGETFUL.items()}
    apart = {name: (other - after[: len(other)]).abs() for name, other in found.items()}
    for name, gap in apart.items():
        lab.metric(f"{name}: furthest that a loss gets", gap.max(), "nat")
        lab.claim(f"{name}: losses that differ", (gap > 0).sum(), at_least=1)
    no_moments = next(iter(FORGETFUL))
    lab.claim("without the optimiser's state another trajectory", apart[no_moments].max(), at_least=1e-4)
    draw(lab, {"everything restored": after[: len(found[no_moments])], no_moments: found[no_moments]}, apart)


def continued(
    lab: Lab, name: str, saved: Mapping[str, Any], training: Training, kept: tuple[str, ...], epochs: int
) -> Tensor:
    """The losses of a training, not yet begun, that is given some of what was saved."""
    training.net.load_state_dict(saved["net"])
    if "optimizer" in kept:
        training.optimizer.load_state_dict(saved["optimizer"])
    if "streams" in kept:
        training.streams = saved["streams"]
    return training.run(lab.track, name, until=epochs).losses


def draw(lab: Lab, losses: Mapping[str, Tensor], apart: Mapping[str, Tensor]) -> None:
    for name, y in losses.items():
        lab.curve("after the stop", range(1, len(y) + 1), y, series=name, x_label=STEP, y_label="loss (nat)")
    for name, gap in apart.items():
        x = (gap > 0).nonzero().flatten()
        label = "distance from the unbroken run (nat)"
        lab.curve(
            "after the stop, loss apart",
            (x + 1).tolist(),
            gap[x],
            series=name,
            x_label=STEP,
            y_label=label,
            scale="log-y",
        )


STEP = "steps after the stop"
