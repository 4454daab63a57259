"""A student's own file: variants for a comparison of somebody else's exercise."""

from bench import hookimpl


@hookimpl
def bench_variants(exercise, part):
    if (exercise, part) == ("ex90", "a.speed"):
        return {"mine": mine, "mine, wrong": wrong, "mine, broken": broken}
    return None


def problem(lab, n):
    import torch

    return torch.randn(n, 16, generator=lab.generator()).to(lab.device, lab.dtype)


def mine(lab, n):
    x = problem(lab, n)
    return lambda: x.mean(1) * 16


def wrong(lab, n):
    x = problem(lab, n)
    return lambda: x.sum(1) + 1


def broken(lab, n):
    raise ValueError("my set-up is broken")
