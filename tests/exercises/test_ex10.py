"""ex10: the noise of a batch, and the parts as a run sees them."""

import math

import pytest
import torch

from bench.kit.data import mnist
from bench.testing import claims, failed, lab, run_part
from bench_exercises.ex10_batch_size import charts, exercise, noise, speed, variance
from bench_exercises.ex10_batch_size.feed import Digits
from bench_exercises.ex10_batch_size.network import initial

CPU = torch.device("cpu")


class TestNoise:
    def test_the_slope_of_a_power_law_is_its_power(self):
        batches = (1, 8, 32, 50)
        assert noise.slope(batches, [3 * b**-1.5 for b in batches]) == pytest.approx(-1.5, abs=1e-12)

    def test_distortion_of_independent_noise_is_root_two_of_its_deviation(self):
        white = torch.randn(200_000, generator=torch.Generator().manual_seed(0))
        assert noise.distortion(3 * white) == pytest.approx(3 * math.sqrt(2), rel=0.01)

    def test_distortion_does_not_count_a_steady_trend(self):
        assert noise.distortion(torch.arange(50) * 7.0) == 0

    def test_window_means_count_images_not_steps(self):
        seen = torch.tensor([4, 8, 12, 16, 20, 22])
        last, means = noise.window_means(torch.tensor([1.0, 3, 5, 7, 9, 11]), seen, width=8)
        assert last.tolist() == [8, 16, 22]
        assert means.tolist() == [2, 6, 10]

    def test_a_window_narrower_than_a_batch_leaves_no_holes(self):
        last, means = noise.window_means(torch.tensor([1.0, 2.0]), torch.tensor([50, 100]), width=10)
        assert (last.tolist(), means.tolist()) == ([50, 100], [1, 2])

    def test_gradient_noise_is_that_of_the_gradients_that_autograd_gives(self):
        digits, net = Digits.load(mnist(), CPU, torch.float64, 20), initial(0).double()
        net.layer3[2].p = 0.0
        found = noise.gradient_noise(net, digits, batch=2, draws=6, generator=torch.Generator().manual_seed(4))
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
            noise.gradient_noise(
                initial(0), Digits.load(mnist(), CPU, torch.float32, 20), batch=1, draws=1, generator=torch.Generator()
            )

    def test_the_variance_falls_as_one_over_the_batch_size(self):
        found = run_part(exercise, "a.noise")
        metric = {m.name: m.value for m in found.metrics}["slope of log gradient variance over log B"]
        assert metric == pytest.approx(-1, abs=0.1)
        assert failed(found) == {}

    def test_the_claim_fails_under_another_law(self, monkeypatch):
        def halved(net, digits, batch, draws, generator):
            return noise.Noise(batch=batch, draws=draws, variance=batch**-0.5, signal=1.0, deviation=batch**-0.25)

        monkeypatch.setattr(variance, "gradient_noise", halved)
        found = run_part(exercise, "a.noise", lab(profile="quick"))
        assert [claim.passed for claim in found.claims] == [False, False]


class TestStudy:
    @pytest.fixture(scope="class")
    @staticmethod
    def here():
        here = lab()
        run_part(exercise, "a", here, batch=(8, 32))
        return here

    def test_claims_hold_and_the_data_is_named(self, here):
        assert failed(here.findings) == {}
        assert [source.name for source in here.findings.data] == ["MNIST (embedded)"]

    def test_every_chart_has_a_series_for_every_batch_size(self, here):
        series = {}
        for curve in here.findings.curves:
            series.setdefault(curve.name, []).append(curve.series)
        for kind in ("cost", "error"):
            found = series.pop(f"{kind} of each batch")
            assert found == [f"{split}, batch {size}" for split in ("train", "test") for size in (8, 32)]
            for split in ("train", "test"):
                names = [name for name in series if split in name and name.startswith(kind)]
                assert len(names) == 2, "by images seen, by epoch"
        assert set(map(tuple, series.values())) == {("batch 8", "batch 32")}

    def test_curves_by_iteration_are_whole(self, here):
        lengths = {c.series: len(c.x) for c in here.findings.curves if c.name == "cost of each batch"}
        assert lengths == {"train, batch 8": 20, "train, batch 32": 5, "test, batch 8": 20, "test, batch 32": 5}

    def test_the_table_has_a_row_for_every_batch_size(self, here):
        (table,) = here.findings.tables
        assert [row[:2] for row in table.rows] == [(8, 20), (32, 5)]

    def test_the_picture_is_drawn(self, here):
        (figure,) = here.findings.figures
        assert (here.folder / figure.path).stat().st_size > 10_000

    def test_is_the_same_for_the_same_seed(self, here):
        again, part = lab(), exercise.parts["a"]
        values = part.described.at("smoke").parameters | {"batch": (8, 32)}
        part.run(again, **values)  # whatever the global streams hold
        assert again.findings == here.findings

    def test_one_batch_size_alone_and_adam(self):
        assert len(run_part(exercise, "a", batch=32, optimizer="adam").tables[0].rows) == 1


def test_the_loss_part_holds_and_its_trap_is_real():
    found = run_part(exercise, "a.loss")
    assert failed(found) == {}
    assert claims(found)["the network has so many parameters"].value == 1_621_706
    assert claims(found)["trap: NLL of the plain softmax is negative"].value < -0.05


def test_rounding_keeps_five_digits():
    assert charts.rounded(torch.tensor([0.123456789, 12345.678])) == [0.12346, 12346.0]


class TestSpeed:
    @pytest.mark.parametrize("batch", [1, 50])
    def test_every_variant_gives_what_the_reference_gives_in_float64(self, batch):
        truth = {name: call() for name, call in speed.variants(lab(), batch, "sgd").items()}
        found = {name: call() for name, call in speed.variants(lab(dtype=torch.float32), batch, "sgd").items()}
        for name, outputs in found.items():
            for key, value in outputs.items():
                torch.testing.assert_close(truth[name][key], truth["idiomatic loop"][key], rtol=0, atol=1e-9)
                torch.testing.assert_close(value.double(), truth["idiomatic loop"][key], rtol=0, atol=1e-4)

    def test_a_second_call_starts_from_the_initial_weights_again(self):
        for call in speed.variants(lab(dtype=torch.float32), 8, "adam").values():
            first = {name: tensor.clone() for name, tensor in call().items()}
            assert all(torch.equal(tensor, first[name]) for name, tensor in call().items())

    @pytest.mark.parametrize("batch", [1, 8, 32, 50, 500])
    def test_a_call_sees_at_least_two_whole_batches(self, batch):
        assert speed.images(batch) % batch == 0
        assert speed.images(batch) >= 2 * batch
