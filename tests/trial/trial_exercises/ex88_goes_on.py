"""ex88: A walk by chance, which goes on from its checkpoint."""

import torch

from bench import Exercise, Lab, hookimpl, limited
from bench.kit.training import load, save

exercise = Exercise(tags=("going on",))


@exercise.study("a", "A walk", epochs=limited(2, at_least=1), rate=limited(0.5, above=0))
def walk(lab: Lab, epochs: int, rate: float) -> None:
    file, stream = lab.checkpoint("walk"), lab.generator()
    at = torch.zeros(1, dtype=lab.dtype)
    if file.exists():
        state = load(file)
        at = state["at"]
        stream.set_state(state["stream"])
    lab.metric("epochs that were there", len(at) - 1)
    while len(at) <= epochs:
        at = torch.cat([at, at[-1:] + rate * torch.randn(1, generator=stream, dtype=lab.dtype)])
    save(file, {"at": at, "stream": stream.get_state()})
    lab.curve("walk", range(len(at)), at)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
