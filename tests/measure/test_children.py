"""Child processes of a call are seen, and what they have to themselves is weighed."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

from bench.measure import children
from bench.report.charts import engine

MIB = 2**20


def child(code: str) -> Callable[[], Any]:
    return lambda: subprocess.run([sys.executable, "-S", "-c", code], check=True)


def test_a_child_that_has_ended_is_seen() -> None:
    before = children.Kin.now()
    child("")()
    assert children.Kin.now() != before


def test_without_children_nothing_has_changed() -> None:
    before = children.Kin.now()
    sum(range(1000))
    assert children.Kin.now() == before


def test_a_child_that_lives_is_seen_and_weighs_nothing_more_later() -> None:
    before = children.Kin.now()
    with subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE) as alive:
        assert children.Kin.now().living - before.living == {alive.pid}
        assert children.peak(lambda: None) < 16 * MIB
        alive.communicate(b"\n")


def test_what_a_child_holds_is_weighed() -> None:
    """It waits until it was looked at twice: its parent's thread looks while it lives."""
    code = f"import sys; held = bytearray({48 * MIB}); print(flush=True); sys.stdin.readline()"

    def call() -> None:
        looks = 0
        with subprocess.Popen(
            [sys.executable, "-S", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as alive:
            assert alive.stdout is not None
            alive.stdout.readline()
            while looks < 2:
                looks += children.private(family) - before > 48 * MIB
            alive.communicate("\n")

    engine.end()  # its collector of garbage gives memory back when it likes
    family = children.psutil.Process()
    before = children.private(family)
    assert 48 * MIB < children.peak(call) < 80 * MIB
