"""How xdist shares the tests out: a file to a worker, and all files of an exercise to one worker.

What an exercise compiles or draws is kept on disk, for whoever comes second. Two workers in the middle of one exercise
both come first, and Numba takes half a minute for the kernels of ex07 and ex10.
"""

from __future__ import annotations

import re

from xdist.scheduler import LoadFileScheduling

EXERCISE = re.compile(r"(.*/)?exercises/test_ex\d+")


def scope(test: str) -> str:
    """What a test is shared out with, from the test's id."""
    exercise = EXERCISE.match(test)
    return exercise[0] if exercise else test.partition("::")[0]


class ByExercise(LoadFileScheduling):
    """``--dist loadfile``, with larger pieces where an exercise has many files."""

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)
