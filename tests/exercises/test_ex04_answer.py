"""ex04: what its studies record, and the written answer."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from bench.report.answers import theory
from bench.testing import lab, run_part
from bench_exercises import ex04_cifar10 as ex04
from bench_exercises.ex04_cifar10 import a_speed, exercise
from tests.exercises import ex04_tiny

no_photographs = ex04_tiny.no_photographs
TINY, metrics = ex04_tiny.TINY, ex04_tiny.metrics
KILLING = {"epochs": 24, "learning_rate": 0.1}
"""L1 moves a weight by the learning rate times λ an update: at this rate 24 epochs are long enough to kill."""
LATER = {
    "share of the 4096-layer that L1 1e-2 has killed",
    "training accuracy of the baseline",
    "baseline: test accuracy above guessing, in standard errors",
    "gap of the baseline in standard errors",
    "test loss in the end above its lowest, in standard errors",
    "standard error of the test loss, baseline",
    "lowest test loss of any epoch, baseline",
}


def studied(sharing, **longer):
    """What all studies record at seed 0, each training done once."""
    recorded = {}
    for id, part in exercise.parts.items():
        if part.kind == "study":
            here = lab()
            here.sharing = sharing
            recorded[id] = run_part(exercise, id, here, **(longer if id == "a.1" else {}))
    return recorded


@pytest.mark.slow
class TestStudies:
    @pytest.fixture(scope="class")
    @staticmethod
    def found(tmp_path_factory):
        return studied(tmp_path_factory.mktemp("shared"), **KILLING)

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
            assert any(table.name == f"every epoch, {label}" for table in findings.tables)
            for kind in ("accuracy", "loss"):
                series = {c.series for c in findings.curves if c.name == f"{kind}, {label}"}
                assert {"train", "test"} <= series

    def test_the_stand_in_is_named_beside_every_picture(self, found):
        for part, findings in found.items():
            assert all("stand-in" in curve.x_label for curve in findings.curves), part
            assert all("stand-in" in figure.caption for figure in findings.figures), part

    def test_a_training_is_the_same_for_the_same_seed(self, found):
        again, part = lab(), exercise.parts["a.4"]
        part.run(again, **part.described.at("smoke").parameters)  # whatever the global streams hold
        assert again.findings.curves == found["a.4"].curves


class TestAnswer:
    answer = (Path(ex04.__file__).parent / "answer.md").read_text(encoding="utf-8")

    @pytest.fixture(scope="class")
    @staticmethod
    def found(tmp_path_factory):
        """Of short trainings all: a name is there at once, and for its killing L1 needs most of the epochs."""
        return studied(tmp_path_factory.mktemp("shared"))

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
        variants = a_speed.variants(lab(dtype=torch.float32), 1 / 16)
        for reference in theory.references(self.answer):
            if reference.function in recorded:
                # What only longer runs claim is not there in smoke.
                assert reference.names[0] in recorded[reference.function] | LATER
            elif reference.function == "ratio":
                assert reference.names[0] == "a.speed"
                assert reference.names[1] in variants
