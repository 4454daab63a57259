"""f59: Exceptions that answer what they like where they are asked what they are."""

from __future__ import annotations

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


class Words(str):
    def strip(self, *_: object) -> str:  # type: ignore[override]
        raise RuntimeError("no strip")

    __contains__ = splitlines = strip  # type: ignore[assignment]


class WordyError(Exception):
    def __str__(self) -> str:
        return Words("of its own class")


class LeavingError(Exception):
    def __str__(self) -> str:
        raise SystemExit(3)


class HidingError(Exception):
    def __getattribute__(self, name: str) -> object:
        raise RuntimeError(name)


class Nameless(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise RuntimeError("no name")


class ClassError(Exception, metaclass=Nameless):
    pass


class Mute:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


def study(id: str, error: BaseException) -> None:
    @exercise.study(id, f"raises one of kind {id}")
    def part(lab: Lab) -> None:
        raise error


study("wordy", WordyError())
study("leaving", LeavingError())
study("hiding", HidingError("hidden"))
study("nameless", ClassError("nameless"))
study("code", SystemExit(Mute()))


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
