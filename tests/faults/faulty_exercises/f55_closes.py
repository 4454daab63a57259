"""f55: Its import closes every file."""

from __future__ import annotations

import os

from bench import Exercise, hookimpl

exercise = Exercise()
os.closerange(0, 1024)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
