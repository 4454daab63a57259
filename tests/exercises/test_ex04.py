"""ex04: the network, its trainings, both dropouts, and the written answer."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from bench.model import Findings
from bench.report.answers import theory
from bench.testing import failed, lab, run_part
from bench_exercises import ex04_cifar10 as ex04
from bench_exercises.ex04_cifar10 import depth, early, exercise, maps, speed
from bench_exercises.ex04_cifar10.network import PARAMETERS, Net, initial, weighted
from bench_exercises.ex04_cifar10.setting import SIZES, Setting, load

TINY = {"width": 1 / 16, "images": 64, "epochs": 1, "learning_rate": 0.02} | {
    "momentum": 0.9,
    "batch": 32,
    "numerics": "fp32",
}
KILLING = {"epochs": 24, "learning_rate": 0.1}
"""L1 moves a weight by the learning rate times λ an update: at this rate 24 epochs are long enough to kill."""


def metrics(findings: Findings) -> dict[str, float]:
    return {metric.name: metric.value for metric in findings.metrics}


@pytest.fixture(autouse=True, scope="module")
def no_photographs(tmp_path_factory):
    """The stand-in, whatever lies on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        nothing = tmp_path_factory.mktemp("nothing")
        patch.setenv("BENCH_DATA", str(nothing))
        patch.setattr("platformdirs.user_data_path", lambda *_, **__: nothing)
        yield


@pytest.fixture(scope="module")
def found():
    """What all studies record at seed 0."""
    changed = {"a.1": KILLING}
    studies = [id for id, part in exercise.parts.items() if part.kind == "study"]
    return {id: run_part(exercise, id, **changed.get(id, {})) for id in studies}


class TestNetwork:
    def test_is_the_sheets(self):
        net = Net()
        assert sum(p.numel() for p in net.parameters()) == PARAMETERS
        kinds = [type(layer).__name__ for layer in net.features[0]]
        assert kinds == ["Conv2d", "ReLU", "Conv2d", "ReLU", "MaxPool2d", "BatchNorm2d"]
        assert list(weighted(net))[6:] == ["7 linear 4096 → 1024", "8 linear 1024 → 512", "9 linear 512 → 10"]
        assert net(torch.zeros(2, 3, 32, 32)).shape == (2, 10)

    def test_extra_layers_come_before_the_output(self):
        names = list(weighted(Net(width=0.25, extra=2)))
        assert names[-3:] == ["9 linear 128 → 128", "10 linear 128 → 128", "11 linear 128 → 10"]

    def test_dropout_is_behind_the_norm_and_the_hidden_layers_only(self):
        net = Net(width=1 / 16, extra=1, dropout=(0.5, 0.15))
        for block in net.features:
            assert [type(layer) for layer in block][-2:] == [nn.BatchNorm2d, nn.Dropout2d]
            assert block[-1].p == 0.15
        after = [type(after) for before, after in zip(net.head, net.head[1:], strict=False) if type(before) is nn.ReLU]
        assert after == [nn.Dropout] * 3
        assert type(net.head[-1]) is nn.Linear

    def test_one_seed_is_one_network_and_the_stream_outside_is_left_alone(self):
        before = torch.get_rng_state()
        first, second, other = initial(1, width=0.1), initial(1, width=0.1), initial(2, width=0.1)
        assert torch.equal(torch.get_rng_state(), before)
        assert torch.equal(first.head[0].weight, second.head[0].weight)
        assert not torch.equal(first.head[0].weight, other.head[0].weight)

    @pytest.mark.parametrize("shape", [{"width": 0}, {"width": -1}, {"width": 5}, {"extra": -1}])
    def test_impossible_ones_are_refused(self, shape):
        with pytest.raises(ValueError, match="a network has a width"):
            Net(**shape)


class TestSetting:
    def test_full_is_the_sheet(self):
        declared = exercise.parts["a"].described.at("full").parameters
        assert declared.keys() == SIZES.keys()
        setting = Setting.of(lab(profile="full"), **declared)
        assert (setting.width, setting.images, setting.tests) == (1, 50_000, 10_000)
        assert (setting.epochs, setting.rate) == (20, 0.001)

    def test_what_is_given_is_taken(self):
        setting = Setting.of(lab(), **TINY | {"epochs": 7})
        assert (setting.epochs, setting.images) == (7, 64)

    def test_pictures_come_standardised_and_channels_last(self):
        here = lab()
        photos = load(here, Setting.of(here, **TINY))
        x = photos.train.ready(photos.train.x)
        assert x.mean().abs() < 1e-5
        assert abs(x.std() - 1) < 1e-3
        assert x.is_contiguous(memory_format=torch.channels_last)
        assert here.findings.data[0].stand_in


class TestMaps:
    @pytest.mark.parametrize("seed", [0, 1, 2])
    def test_claims_hold_at_every_seed(self, seed):
        here = lab(seed)
        maps.compare(here)
        assert failed(here.findings) == {}

    def test_the_two_layers_exchanged_fail(self, monkeypatch):
        monkeypatch.setattr(maps, "LAYERS", {"Dropout": nn.Dropout2d, "Dropout2d": nn.Dropout})
        here = lab()
        maps.compare(here)
        assert len(failed(here.findings)) >= 6

    def test_mixed_channels_are_counted(self):
        y = torch.full((1, 3, 2, 2), 2.0, dtype=torch.float64)
        y[0, 1] = 0
        assert maps.mixed(y, 0.5) == 0
        y[0, 2, 0, 0] = 0
        assert maps.mixed(y, 0.5) == 1


class TestEarlyStopping:
    def test_the_split_shares_nothing_and_one_that_does_is_seen(self, monkeypatch):
        assert early.shared(50, 5, 0) == 0
        monkeypatch.setattr(early, "held_out", lambda examples, count, seed: (examples, examples))
        assert early.shared(50, 5, 0) == 50

    def test_stops_and_puts_the_best_back(self):
        stopped = run_part(exercise, "a.5", **TINY | {"epochs": 40, "learning_rate": 0.05}, patience=2)
        assert failed(stopped) == {}
        found = metrics(stopped)
        assert found["epochs run until stopped"] < 40
        assert found["epoch whose weights are kept"] == found["epochs run until stopped"] - 2


class TestDepth:
    def epoch(self, gap):
        return depth.Epoch(
            number=1, rate=0.1, train_loss=1.0, train_accuracy=0.5, test_loss=1.0 + gap, test_accuracy=0.4
        )

    def test_two_standard_errors_decide(self):
        plain = depth.Sample(0, tuple(map(self.epoch, (1.0, 1.1, 0.9))))
        more = depth.Sample(2, tuple(map(self.epoch, (2.0, 2.1, 1.9))))
        assert plain.error == pytest.approx(0.1 / 3**0.5)
        assert depth.rise(more, plain) == pytest.approx((1, 0.1 * (2 / 3) ** 0.5))
        assert depth.verdict(*depth.rise(more, plain)) == "overfits more"
        assert depth.verdict(*depth.rise(plain, more)) == "overfits less"
        assert depth.verdict(0.1, 0.06) == "no difference shown"

    def test_one_seed_has_no_standard_error(self):
        with pytest.raises(ValueError, match="seeds is at least 2, not 1"):
            run_part(exercise, "b", seeds=1)

    def test_gradient_norms_are_those_of_autograd(self):
        here = lab()
        photos = load(here, Setting.of(here, **TINY))
        net = initial(0, width=1 / 16, extra=1)
        norms = depth.gradient_norms(net, photos, 8)
        net.train()
        nn.functional.cross_entropy(net(photos.train.ready(photos.train.x[:8])), photos.train.y[:8]).backward()
        assert next(iter(norms.values())) == pytest.approx(float(net.features[0][0].weight.grad.norm()), rel=1e-5)
        assert len(norms) == 10


class TestSpeed:
    def test_every_variant_gives_what_the_reference_gives(self):
        truth = {name: call() for name, call in speed.variants(lab(), 1 / 16).items()}
        found = {name: call() for name, call in speed.variants(lab(dtype=torch.float32), 1 / 16).items()}
        for name, outputs in found.items():
            for key, value in outputs.items():
                expected = truth["idiomatic loop"][key]
                torch.testing.assert_close(truth[name][key], expected, rtol=0, atol=1e-9)
                torch.testing.assert_close(value.double(), expected, rtol=0, atol=1e-4)

    def test_a_second_call_starts_from_the_initial_weights_again(self):
        for call in speed.variants(lab(dtype=torch.float32), 1 / 16).values():
            first = {name: tensor.clone() for name, tensor in call().items()}
            assert all(torch.equal(tensor, first[name]) for name, tensor in call().items())


@pytest.mark.slow
class TestStudies:
    def test_every_claim_holds_and_has_a_name_of_its_own(self, found):
        claims = [claim for findings in found.values() for claim in findings.claims]
        assert [claim.name for claim in claims if not claim.passed] == []
        assert len({claim.name for claim in claims}) == len(claims) >= 40

    def test_l1_kills_the_layer_that_arithmetic_says_it_kills(self, found):
        values = metrics(found["a.1"])
        assert values["dead weights of the 4096-layer in the end, L1 1e-2"] > 0.9
        assert values["dead weights, largest difference from the arithmetic until then, L1 1e-2"] < 0.25

    def test_too_few_updates_claim_no_death(self):
        assert not any("killed" in claim.name for claim in run_part(exercise, "a.1", **TINY).claims)

    @pytest.mark.parametrize("part", ["a", "a.1", "a.2", "a.3", "a.4", "a.5", "b"])
    def test_every_training_has_both_plots_its_values_and_its_time(self, found, part):
        findings = found[part]
        labels = {
            name.removeprefix("test accuracy, ") for name in metrics(findings) if name.startswith("test accuracy, ")
        }
        assert labels
        for label in labels:
            assert f"training time, {label}" in metrics(findings)
            assert any(table.name.startswith(f"every epoch, {label}:") for table in findings.tables)
            for kind in ("accuracy", "loss"):
                series = {c.series for c in findings.curves if c.name.startswith(f"{kind}, {label}:")}
                assert {"train", "test"} <= series

    def test_the_stand_in_is_named_in_every_title(self, found):
        for part, findings in found.items():
            titles = [item.name for kind in ("curves", "tables", "figures") for item in getattr(findings, kind)]
            bare = {title for title in titles if "stand-in" not in title}
            assert bare <= {"Multipliers on maps of ones"}, part

    def test_what_goes_on_from_a_checkpoint_finds_the_same_and_records_no_time(self, bench_lab):
        first, second = (run_part(exercise, "a", bench_lab(), **TINY) for _ in range(2))
        assert second.curves == first.curves
        assert "training time, baseline" in metrics(first)
        assert "training time, baseline" not in metrics(second)

    def test_a_training_is_the_same_for_the_same_seed(self, found):
        again, part = lab(), exercise.parts["a.4"]
        part.run(again, **part.described.at("smoke").parameters)  # whatever the global streams hold
        assert again.findings.curves == found["a.4"].curves


class TestAnswer:
    answer = (Path(ex04.__file__).parent / "answer.md").read_text(encoding="utf-8")

    def test_everything_in_it_can_be_shown(self):
        assert theory.problems(self.answer) == ()

    def test_every_question_has_its_heading(self):
        for part in exercise.parts:
            assert f"## 4{part} — " in self.answer

    def test_every_live_number_exists_and_every_claim_is_told(self, found):
        recorded = {
            kind: {item.name for findings in found.values() for item in getattr(findings, f"{kind}s")}
            for kind in ("claim", "metric")
        }
        variants = speed.variants(lab(dtype=torch.float32), 1 / 16)
        for reference in theory.references(self.answer):
            if reference.function in recorded:
                assert reference.names[0] in recorded[reference.function]
            else:
                assert reference.names[0] == "a.speed"
                assert reference.names[1] in variants
        told = {r.names[0] for r in theory.references(self.answer) if r.function == "claim"}
        assert recorded["claim"] - told <= {"share of pictures that are turned, off one half by"}
