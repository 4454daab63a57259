"""7d: what becomes of a training that is continued from only some of what must be saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from torch import Tensor

from bench import Lab, Mistake, break_it
from bench.kit.training import Training

NO_MOMENTS = "everything but the optimiser"
NO_STREAMS = "everything but the random streams"
EVERYTHING = ("net", "optimizer", "streams")
ENOUGH = 200
"""After so many epochs it is plain what was forgotten."""
STEPS = "steps after the stop"


def study(lab: Lab, begin: Callable[[], Training], saved: Mapping[str, Any], losses: Tensor) -> None:
    """``begin`` gives a training before its first epoch, ``losses`` are those of all steps of the unbroken one."""
    stop = len(saved["losses"])
    count = min(stop, ENOUGH)
    after = losses[stop * len(saved["losses"][0]) :]
    restored = {
        NO_MOMENTS: (saved, ("net", "streams")),
        NO_STREAMS: (saved, ("net", "optimizer")),
        "Adam's count of steps begins at 0": (spoiled(saved, "step"), EVERYTHING),
        "Adam's second moment is lost": (spoiled(saved, "exp_avg_sq"), EVERYTHING),
    }
    continued = {
        name: partly_restored(begin(), state, entries).run(lab.track, name, until=count).losses
        for name, (state, entries) in restored.items()
    }
    after = after[: len(continued[NO_MOMENTS])]
    apart = {name: (continued[name] - after).abs() for name in (NO_MOMENTS, NO_STREAMS)}
    for name, distance in apart.items():
        lab.metric(f"{name}: furthest that a loss gets", distance.max(), "nat")
        lab.metric(f"{name}: losses that differ", int((distance > 0).sum()))
    lab.metric(f"{NO_MOMENTS}: loss of the last step", continued[NO_MOMENTS][-1], "nat")
    lab.metric("everything restored: loss of the same step", after[-1], "nat")
    lab.claim("without the optimiser's state another trajectory", apart[NO_MOMENTS].max(), at_least=1e-4)
    mistakes = {name: int((other != after).sum()) for name, other in continued.items()}
    # The file says one epoch more than was trained.
    mistakes["continued an epoch too early"] = int((after[:-1] != after[1:]).sum())
    fails = "losses that a new process changes"
    break_it(lab, *(Mistake(name=name, fails=fails, value=value) for name, value in mistakes.items()))
    draw(lab, {"everything restored": after, NO_MOMENTS: continued[NO_MOMENTS]})
    draw_apart(lab, apart)


def spoiled(saved: Mapping[str, Any], entry: str) -> dict[str, Any]:
    """A copy in which one entry of Adam's state is 0."""
    other = deepcopy(dict(saved))
    for state in other["optimizer"]["state"].values():
        state[entry].zero_()
    return other


def partly_restored(training: Training, saved: Mapping[str, Any], entries: tuple[str, ...]) -> Training:
    """The training, not yet begun, with some of what was saved."""
    training.net.load_state_dict(saved["net"])
    if "optimizer" in entries:
        training.optimizer.load_state_dict(saved["optimizer"])
    if "streams" in entries:
        training.streams = saved["streams"]
    return training


def draw(lab: Lab, losses: Mapping[str, Tensor]) -> None:
    for name, y in losses.items():
        x = range(1, len(y) + 1)
        lab.curve("after the stop", x, y, series=name, x_label=STEPS, y_label="loss (nat)", kind="course")


def draw_apart(lab: Lab, apart: Mapping[str, Tensor]) -> None:
    """Without the steps that are equal to the last bit: a logarithmic axis has no place for them."""
    for name, distance in apart.items():
        steps = (distance > 0).nonzero().flatten()
        if not len(steps):
            continue
        lab.curve(
            "after the stop, loss apart",
            (steps + 1).tolist(),
            distance[steps],
            series=name,
            x_label=STEPS,
            y_label="distance from the unbroken run (nat)",
            scale="log-y",
            kind="course",
        )
