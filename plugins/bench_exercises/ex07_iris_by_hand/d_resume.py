"""7d: a training that stops, and goes on in another process. Started as a program, this module is that process:

``python -m bench_exercises.ex07_iris_by_hand.d_resume STOPPED FINISHED EPOCH SEED EPOCHS BATCH DEVICE DTYPE THREADS``
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from bench.kit.training import History, Training, save

from .a_speed import prepare
from .problem import pose

MODULE = "bench_exercises.ex07_iris_by_hand.d_resume"


def fresh(seed: int, epochs: int, batch: int, device: torch.device, dtype: torch.dtype) -> Training:
    """The training of U(0, 1), before its first epoch."""
    return prepare(pose(seed, device, dtype), epochs, batch, seed)


def stop_at(training: Training, epoch: int, checkpoint: Path) -> History:
    """Train to ``epoch`` and write everything down there, once: a checkpoint an epoch would take longer than it."""
    if epoch > 1:
        training.run(until=epoch - 1)
    return training.run(until=epoch, checkpoint=checkpoint)


def go_on(training: Training, checkpoint: Path, epoch: int) -> History:
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
    """Adam's m, v and step counts, in one vector."""
    states = optimizer.state_dict()["state"].values()
    return torch.cat([value.cpu().double().flatten() for state in states for value in state.values()])


def in_new_process(checkpoint: Path, result: Path, epoch: int, seed: int, epochs: int, training: Training) -> None:
    """Start Python anew, let it go on from the checkpoint, and wait. Raises ``RuntimeError`` with what it printed."""
    first = next(training.net.parameters())
    threads = torch.get_num_threads()
    values = (checkpoint, result, epoch, seed, epochs, training.recipe.batch, first.device, dtype_name(first), threads)
    command = [sys.executable, "-m", MODULE, *map(str, values)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the new process failed with exit code {done.returncode}:\n{done.stderr}")


def dtype_name(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def main(arguments: list[str]) -> None:
    checkpoint, result = Path(arguments[0]), Path(arguments[1])
    epoch, seed, epochs, batch = map(int, arguments[2:6])
    device, dtype, threads = torch.device(arguments[6]), getattr(torch, arguments[7]), int(arguments[8])
    torch.set_num_threads(threads)
    training = fresh(seed, epochs, batch, device, dtype)
    save(result, state(training, go_on(training, checkpoint, epoch)))


if __name__ == "__main__":
    main(sys.argv[1:])
