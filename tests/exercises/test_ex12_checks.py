"""ex12: the slips are what a student would write, worked out on paper."""

from __future__ import annotations

from bench_exercises.ex12_alexnet_table.a_solver import solve
from bench_exercises.ex12_alexnet_table.checks import mistakes
from bench_exercises.ex12_alexnet_table.problem import PRINTED


def test_values_of_the_mistakes():
    found = {mistake.name: mistake.value for mistake in mistakes({f.row.number: f.line for f in solve(PRINTED)})}
    assert found == {
        "no bias": 34_848,
        "one bias for the whole layer": 34_849,
        "the kernel's side for its area": 3_264,
        "a bias for every channel that comes in": 884_992,
        "a bias at every position": 1_392_000,
        "from the channels alone, not flattened": 1_052_672,
        "flattened before row 9 pools": 177_213_440,
        "the first window not counted": 54,
        "padding at one end only": 12,
        "a pooling's stride left out, so that it is k": 9,
    }
