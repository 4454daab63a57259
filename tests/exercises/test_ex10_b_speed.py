"""ex10, b: the kit's loop is the usual one."""

import pytest
import torch
from torch.optim.lr_scheduler import ExponentialLR

from bench.testing import lab
from bench_exercises.ex10_batch_size import b_speed
from bench_exercises.ex10_batch_size.network import initial


class TestLoops:
    @pytest.mark.parametrize("optimizer", ["sgd", "adam"])
    def test_the_kit_is_the_usual_loop(self, optimizer):
        calls = b_speed.variants(lab(), 8, optimizer)
        expected = calls.pop("idiomatic loop")()
        for call in calls.values():
            for key, value in call().items():
                torch.testing.assert_close(value, expected[key], rtol=0, atol=1e-9)

    def test_a_second_call_gives_the_same(self):
        for call in b_speed.variants(lab(dtype=torch.float32), 8, "sgd").values():
            first, second = call(), call()
            assert all(torch.equal(first[key], second[key]) for key in first)

    def test_the_rate_falls_between_the_epochs_of_both(self, monkeypatch):
        made = []
        monkeypatch.setattr(b_speed, "ExponentialLR", lambda *given: made.append(ExponentialLR(*given)) or made[-1])
        for call in b_speed.variants(lab(), 8, "sgd").values():
            call()
        assert [scheduler.last_epoch for scheduler in made] == [b_speed.EPOCHS] * 2

    def test_the_start_is_left_alone(self):
        start = initial(0)
        before = {name: value.clone() for name, value in start.state_dict().items()}
        b_speed.kit(
            b_speed.some(lab(dtype=torch.float32), 8),
            start,
            8,
            optimizer="sgd",
            seed=0,
        )
        assert all(torch.equal(value, before[name]) for name, value in start.state_dict().items())
