"""7d: a training that stops, and goes on in another process; held against one without a break.

Started as a program, this module is that process:

``python -m bench_exercises.ex07_iris_by_hand.d_resume CHECKPOINT RESULT STOP THREADS SETTING``
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.data import iris
from bench.kit.training import History, Training, load, save

from . import d_forgotten, d_solution
from .checks import unequal
from .d_setting import Setting
from .problem import SHEET, Choices

MODULE = "bench_exercises.ex07_iris_by_hand.d_resume"
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


def study(lab: Lab, epochs: int, batch: int, choices: Choices = SHEET) -> None:
    """Without a break in this process; up to the middle in this one, and to the end in a new one."""
    lab.uses(iris())
    setting = Setting(seed=lab.seed, epochs=epochs, batch=batch, device=str(lab.device), dtype=name_of(lab.dtype))
    setting = replace(setting, choices=choices)
    straight = setting.training()
    # Written once, at the end: another run may go on from there.
    end = lab.checkpoint("without a break")
    whole = state(straight, straight.run(lab.track, "without a break", end, every=epochs))
    stop = epochs // 2
    checkpoint, result = lab.checkpoint("stopped"), lab.checkpoint("finished in a new process")
    stop_at(setting.training(), stop, checkpoint)
    saved = load(checkpoint)
    if lab.as_declared:  # the solution is the sheet's network and no other
        d_solution.stop_at(setting, stop, d_solution.beside(checkpoint))
    in_new_process(setting, stop, checkpoint, result)
    lab.metric("epochs, in all", epochs)
    lab.metric("epochs before the stop", stop)
    contents(lab, saved)
    resumed = load(result)
    same(lab, resumed, whole)
    d_solution.study(lab, setting, resumed, whole["losses"])
    if lab.as_declared:  # plain SGD, say, has no moments to forget
        d_forgotten.study(lab, setting.training, saved, whole["losses"])


def name_of(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def stop_at(training: Training, epoch: int, checkpoint: Path) -> History:
    """Train to ``epoch`` and write everything down there, once: a checkpoint an epoch would take longer than it."""
    return training.run(checkpoint=checkpoint, until=epoch, every=epoch)


def go_on(training: Training, epoch: int, checkpoint: Path) -> History:
    """Load what was written at ``epoch`` into a training that has not begun, and train to the end."""
    training.run(until=epoch, checkpoint=checkpoint)
    return training.run()


def state(training: Training, history: History) -> dict[str, Any]:
    """What two runs are compared by."""
    scores = [[e.train_loss, e.train_accuracy, e.test_loss, e.test_accuracy] for e in history.epochs]
    return {
        "parameters": torch.cat([p.detach().cpu().flatten() for p in training.net.parameters()]),
        "losses": history.losses,
        "scores": torch.tensor(scores, dtype=torch.float64),
        "moments": moments(training.optimizer),
        "process": os.getpid(),
    }


def moments(optimizer: torch.optim.Optimizer) -> Tensor:
    """Adam's m, v and step counts, in one vector; plain SGD has none."""
    states = optimizer.state_dict()["state"].values()
    values = [value.cpu().double().flatten() for state in states for value in state.values()]
    return torch.cat(values) if values else torch.zeros(0)


def in_new_process(setting: Setting, stop: int, checkpoint: Path, result: Path) -> None:
    """Start Python anew, let it go on from the checkpoint, and wait. Raises ``RuntimeError`` with what it printed."""
    # As many threads as here: sums in another order would end in other bits.
    arguments = (checkpoint, result, stop, torch.get_num_threads(), json.dumps(asdict(setting)))
    command = [sys.executable, "-m", MODULE, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the new process failed with exit code {done.returncode}:\n{done.stderr}")


USAGE = f"usage: python -m {MODULE} CHECKPOINT RESULT STOP THREADS SETTING; `bench run ex07.d` starts it by itself"


def main(arguments: list[str]) -> None:
    """Ends with a line of usage, and exit code 2, unless it is given its five arguments."""
    if len(arguments) != 5:
        sys.stderr.write(USAGE + "\n")
        raise SystemExit(2)
    checkpoint, result, stop, threads, setting = arguments
    torch.set_num_threads(int(threads))
    training = Setting.read(setting).training()
    results = state(training, go_on(training, int(stop), Path(checkpoint)))
    saved_too = d_solution.beside(Path(checkpoint))
    if saved_too.exists():
        results |= d_solution.go_on(Setting.read(setting), saved_too)
    save(Path(result), results)


def contents(lab: Lab, saved: Mapping[str, Any]) -> None:
    lab.table("What the checkpoint holds", [{"entry": name, "what it is": what} for name, what in SAVED.items()])
    lab.claim("entries of the checkpoint that are not in the table", len(saved.keys() ^ SAVED.keys()), equals=0)


def same(lab: Lab, resumed: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    """To the last bit: not one number differs."""
    for name in ("parameters", "losses", "scores", "moments"):
        lab.claim(f"{name} that a new process changes", unequal(resumed[name], whole[name]), equals=0)
    lab.claim("it was another process", resumed["process"] != whole["process"], equals=1)


if __name__ == "__main__":
    main(sys.argv[1:])
