"""ex89: Races of methods to a target."""

import torch

from bench import Exercise, Lab, Progress, hookimpl

exercise = Exercise(tags=("races",))


@exercise.race("a", "Down a bowl", target="height ≤ 1e-3", limit=200, rate=(0.1, 0.2, 0.3))
def bowl(lab: Lab, rate: float):
    start = torch.randn(8, generator=lab.generator()).to(lab.device, lab.dtype)

    def descent(factor: float, cost: int = 1):
        def steps():
            x = start.clone()
            while True:
                x -= factor * 2 * x
                height = (x * x).sum()
                yield height if cost == 1 else Progress(height, cost)

        return steps

    return {
        "descent": descent(rate),
        "half as far": descent(rate / 2),
        "twice the gradients": descent(rate, cost=2),
        "too far": descent(1e20),
        "stands still": descent(0.0),
    }


@exercise.race("b", "Nobody gets there", target="height ≤ -1", limit=5)
def nobody(lab: Lab):
    return {"one": lambda: iter([1.0, 0.5]), "two": lambda: iter([2.0] * 10)}


@exercise.race("c", "Chance, mistakes, and a reference", target="luck >= 0.9", reference="sure", limit=50)
def chance(lab: Lab):
    stream = lab.generator()

    def lucky():
        while True:
            yield torch.rand((), generator=stream)

    def wrong():
        yield "luck"

    return {"lucky": lucky, "sure": lambda: iter([0.1, 0.2, 0.95]), "wrong": wrong}


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
