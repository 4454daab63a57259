"""ex10, a: the noise of a batch."""

import pytest
import torch

from bench.kit.data import mnist
from bench.testing import failed, lab, run_part
from bench_exercises.ex10_batch_size import a_noise, exercise
from bench_exercises.ex10_batch_size.network import initial
from bench_exercises.ex10_batch_size.problem import Digits

CPU = torch.device("cpu")


class TestNoise:
    def test_the_slope_of_a_power_law_is_its_power(self):
        batches = (1, 8, 32, 50)
        assert a_noise.slope(batches, [3 * b**-1.5 for b in batches]) == pytest.approx(-1.5, abs=1e-12)

    def test_gradient_noise_is_that_of_the_gradients_that_autograd_gives(self):
        digits, net = Digits.load(mnist(), CPU, torch.float64, 20), initial(0).double()
        net.layer3[2].p = 0.0
        found = a_noise.gradient_noise(net, digits, batch=2, draws=6, generator=torch.Generator().manual_seed(4))
        generator = torch.Generator().manual_seed(4)
        torch.randint(2**62, (), generator=generator)  # the seed of the masks, which are off
        gradients = []
        for _ in range(6):
            chosen = torch.randint(20, (2,), generator=generator)
            net.zero_grad()
            torch.nn.functional.nll_loss(net(digits.numbers(digits.train_x[chosen])), digits.train_y[chosen]).backward()
            gradients.append(torch.cat([p.grad.flatten() for p in net.parameters()]))
        stacked = torch.stack(gradients)
        assert found.variance == pytest.approx(stacked.var(dim=0).sum().item(), rel=1e-9)

    def test_one_draw_has_no_variance(self):
        with pytest.raises(ValueError, match="at least 2 draws, not 1"):
            a_noise.gradient_noise(
                initial(0), Digits.load(mnist(), CPU, torch.float32, 20), batch=1, draws=1, generator=torch.Generator()
            )

    def test_the_variance_falls_as_one_over_the_batch_size(self):
        found = run_part(exercise, "a.noise")
        metric = {m.name: m.value for m in found.metrics}["slope of log gradient variance over log B"]
        assert metric == pytest.approx(-1, abs=0.1)
        assert failed(found) == {}

    def test_the_claim_fails_under_another_law(self, monkeypatch):
        def halved(net, digits, batch, draws, generator):
            return a_noise.Noise(
                batch=batch,
                draws=draws,
                variance=batch**-0.5,
                signal=1.0,
                deviation=batch**-0.25,
                variance_error=0.02,
                deviation_error=0.02,
            )

        monkeypatch.setattr(a_noise, "gradient_noise", halved)
        found = run_part(exercise, "a.noise", lab(profile="quick"))
        assert [claim.passed for claim in found.claims] == [False, False]
