"""ex10, a: every timed loop is the idiomatic one."""

import pytest
import torch

from bench.testing import lab
from bench_exercises.ex10_batch_size import a_speed


class TestSpeed:
    @pytest.mark.parametrize("batch", [1, 50])
    def test_every_variant_gives_what_the_reference_gives_in_float64(self, batch):
        truth = {name: call() for name, call in a_speed.variants(lab(profile="full"), batch, "sgd").items()}
        found = {
            name: call()
            for name, call in a_speed.variants(lab(dtype=torch.float32, profile="full"), batch, "sgd").items()
        }
        for name, outputs in found.items():
            for key, value in outputs.items():
                torch.testing.assert_close(truth[name][key], truth["idiomatic loop"][key], rtol=0, atol=1e-9)
                torch.testing.assert_close(value.double(), truth["idiomatic loop"][key], rtol=0, atol=1e-4)

    def test_a_second_call_starts_from_the_initial_weights_again(self):
        for call in a_speed.variants(lab(dtype=torch.float32, profile="full"), 8, "adam").values():
            first = {name: tensor.clone() for name, tensor in call().items()}
            assert all(torch.equal(tensor, first[name]) for name, tensor in call().items())

    @pytest.mark.parametrize("batch", [1, 8, 32, 50, 500])
    def test_a_call_sees_at_least_two_whole_batches(self, batch):
        assert a_speed.images(batch) % batch == 0
        assert a_speed.images(batch) >= 2 * batch
