"""ex04, a_l2: what is called L2."""

from __future__ import annotations

from bench.kit.training import l1
from bench.testing import lab
from bench_exercises.ex04_cifar10 import a_l2


class TestConventions:
    def test_a_doubled_penalty_is_told_apart(self, monkeypatch):
        monkeypatch.setattr(a_l2, "l2", l1)
        here = lab()
        a_l2.conventions(here)
        assert [claim.passed for claim in here.findings.claims][:2] == [False, False]
