"""What the tests of ex04 share: a setting in which a training takes a moment, and no photographs."""

from __future__ import annotations

from typing import Any

import pytest

from bench.lab import Lab
from bench.model import Findings
from bench.testing import lab
from bench_exercises.ex04_cifar10.problem import Photos, Setting, load

TINY: dict[str, Any] = {"width": 1 / 16, "images": 64, "epochs": 1, "learning_rate": 0.02} | {
    "momentum": 0.9,
    "batch": 32,
    "numerics": "fp32",
}


@pytest.fixture(autouse=True, scope="module")
def no_photographs(tmp_path_factory):
    """The stand-in, whatever lies on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        nothing = tmp_path_factory.mktemp("nothing")
        patch.setenv("BENCH_DATA", str(nothing))
        patch.setattr("platformdirs.user_data_path", lambda *_, **__: nothing)
        yield


def metrics(findings: Findings) -> dict[str, float]:
    return {metric.name: metric.value for metric in findings.metrics}


def posed(seed: int = 0, **changed: Any) -> tuple[Lab, Setting, Photos]:
    """A lab, the tiny setting, and its pictures."""
    here = lab(seed)
    setting = Setting.of(here, **TINY | changed)
    return here, setting, load(here, setting)
