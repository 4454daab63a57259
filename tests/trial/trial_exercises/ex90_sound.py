"""ex90: Sums, done right."""

import torch

from bench import Exercise, Lab, Work, hookimpl

exercise = Exercise(tags=("trial",))


@exercise.study("a", "A study that records one of everything", scale=1.0, sizes=(1, 2))
def everything(lab: Lab, scale: float, sizes: tuple[int, ...]) -> None:
    x = torch.randn(4, generator=lab.generator(), dtype=lab.dtype)
    lab.claim("the mean is small", (x.mean() * scale).abs(), at_most=10.0)
    lab.metric("mean", x.mean(), "m")
    lab.metric("global draw", torch.rand(()))
    lab.curve("x", range(4), x, series="drawn", x_label="index", y_label="value")
    lab.table("sizes", [{"size": size, "double": 2 * size} for size in lab.track(sizes, "sizes")])
    with lab.timed("a moment"):
        state = lab.checkpoint("state")
        state.parent.mkdir(parents=True)
        state.write_bytes(b"half way")
    lab.figure("x", x.reshape(2, 2).sigmoid())


@exercise.comparison("a.speed", "Two ways to add", reference="sum", work=lambda n: Work(n, "numbers"), n=(8, 64, 512))
def adding(lab: Lab, n: int):
    x = torch.randn(n, 16, generator=lab.generator()).to(lab.device, lab.dtype)
    ones = torch.ones(16, device=lab.device, dtype=lab.dtype)
    return {"sum": lambda: x.sum(1), "product": lambda: {"output": x @ ones}}


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
