"""ex04, a_l1: when a layer is dead by counting."""

from __future__ import annotations

from bench.testing import failed, lab
from bench_exercises.ex04_cifar10 import a_l1


def test_the_arithmetic_counts_as_a_loop_does_and_one_update_off_is_seen(monkeypatch):
    assert a_l1.counted_off() == 0
    death = a_l1.death
    monkeypatch.setattr(a_l1, "death", lambda *numbers: death(*numbers) + 1)
    assert a_l1.counted_off() == 1


def test_a_start_of_the_wrong_size_is_seen(monkeypatch):
    here = lab()
    a_l1.at_the_start(here, a_l1.STRENGTHS)
    assert failed(here.findings) == {}
    monkeypatch.setattr(a_l1, "expected_sum", lambda net: (56_000.0 * 1.01, 15.0))
    here = lab()
    a_l1.at_the_start(here, a_l1.STRENGTHS)
    assert list(failed(here.findings)) == ["Σ|w| at the start off the arithmetic by (relative)"]
