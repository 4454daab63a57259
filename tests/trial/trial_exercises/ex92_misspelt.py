"""ex92: Misspells its hook."""

from bench import Exercise, hookimpl

exercise = Exercise()


@hookimpl
def bench_excercise() -> Exercise:
    return exercise
