"""ex04, a_penalties: penalties that kill, against what is counted by hand."""

from __future__ import annotations

import pytest
import torch

from bench_exercises.ex04_cifar10 import a_penalties, reference


class TestPenalties:
    def test_death_by_counting(self):
        """Velocity and weight by hand: λ η = 1, μ = 1/2; the weight 10 moves by 1, 1.5, 1.75 …"""
        weight, velocity, steps = 10.0, 0.0, 0
        while weight > 0:
            velocity = 0.5 * velocity + 1
            weight, steps = weight - velocity, steps + 1
        assert a_penalties.death(10.0, 1.0, 0.5) == steps

    def test_a_death_that_is_far_away_takes_no_memory(self):
        assert a_penalties.death(0.125, 2.0**-40, 0.0) == 2**37

    def test_death_in_the_sheets_network(self):
        assert [a_penalties.death(1 / 64, 0.001 * strength, 0.9) for strength in (1e-2, 1e-3)] == [166, 1572]

    def test_a_dead_weight_swings_by_less_than_the_resolution(self):
        weight = torch.linspace(0.9, 1.1, 41, dtype=torch.float64).requires_grad_()
        sgd = torch.optim.SGD([weight], lr=0.01, momentum=0.9)
        largest = 0.0
        for step in range(300):
            sgd.zero_grad()
            weight.abs().sum().backward()
            sgd.step()
            if step > a_penalties.death(1.1, 0.01, 0.9):
                largest = max(largest, float(weight.detach().abs().max()))
        assert 0 < largest < reference.resolution(0.01, 0.9)

    def test_the_arithmetic_can_be_wrong(self, monkeypatch):
        monkeypatch.setattr(a_penalties, "shrunk", lambda steps, pull, momentum: pull * steps / (1 - momentum))
        assert a_penalties.arithmetic_off() > 0.01

    def test_predicted_shares_begin_with_what_is_small_and_end_with_all(self):
        shares = a_penalties.predicted(400, 1 / 64, 1e-5, 0.9)
        assert shares[0] == pytest.approx(3.5e-4 * 64)
        assert shares[-1] == 1
        assert (shares.diff() >= 0).all()
