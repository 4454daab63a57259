"""ex07.d: a stopped training goes on in a new process as if nothing had been; ex07.b.speed: our exponential."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch

from bench import Lab
from bench.kit.training import load
from bench_exercises.ex07_iris_by_hand import d_resume, exercise
from bench_exercises.ex07_iris_by_hand.b_compiled import Compiled
from bench_exercises.ex07_iris_by_hand.b_exponentials import exponentials, format_of
from bench_exercises.ex07_iris_by_hand.d_interrupted import unequal
from bench_exercises.ex07_iris_by_hand.problem import pose

CPU = torch.device("cpu")


def fresh(epochs=6, batch=25):
    return d_resume.fresh(0, epochs, batch, CPU, torch.float64)


def test_going_on_is_not_stopping(tmp_path):
    straight, stopped, resumed = fresh(), fresh(), fresh()
    whole = d_resume.state(straight, straight.run())
    d_resume.stop_at(stopped, 3, tmp_path / "half.pt")
    found = d_resume.state(resumed, d_resume.go_on(resumed, tmp_path / "half.pt", 3))
    assert all(torch.equal(found[name], whole[name]) for name in ("parameters", "losses", "scores", "moments"))


def test_the_checkpoint_is_of_the_epoch_asked_for(tmp_path):
    training = fresh()
    history = d_resume.stop_at(training, 3, tmp_path / "half.pt")
    assert history.last.number == 3
    assert len(load(tmp_path / "half.pt")["losses"]) == 3


def test_a_process_that_fails_says_why(tmp_path):
    (tmp_path / "broken.pt").write_bytes(b"no")
    with pytest.raises(RuntimeError, match=r"exit code 1[\s\S]*no whole checkpoint"):
        d_resume.in_new_process(tmp_path / "broken.pt", tmp_path / "out.pt", 3, 0, 6, fresh())


def test_unequal_counts_numbers():
    a = torch.tensor([1.0, 2.0, 3.0])
    assert unequal(a, a) == 0
    assert unequal(a, a + torch.tensor([0, 1e-6, 0])) == 1
    assert unequal(a, a[:2]) == 3


def test_the_study_passes(tmp_path):
    lab = Lab(device=CPU, dtype=torch.float64, seed=0, profile="smoke", folder=tmp_path)
    exercise.parts["d"].run(lab, epochs=12, batch=25)
    assert len(lab.findings.claims) == 9
    assert [claim for claim in lab.findings.claims if not claim.passed] == []


def test_a_process_that_forgets_the_moments_is_seen(tmp_path, monkeypatch):
    def forgetful(command, **_):
        checkpoint, result = Path(command[3]), Path(command[4])
        training = d_resume.fresh(0, 12, 25, CPU, torch.float64)
        training.run(until=6, checkpoint=checkpoint)
        training.optimizer.state.clear()
        d_resume.save(result, d_resume.state(training, training.run()))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(d_resume.subprocess, "run", forgetful)
    lab = Lab(device=CPU, dtype=torch.float64, seed=0, profile="smoke", folder=tmp_path)
    exercise.parts["d"].run(lab, epochs=12, batch=25)
    failed = {claim.name for claim in lab.findings.claims if not claim.passed}
    assert {"parameters that a new process changes", "it was another process"} <= failed


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_exponential_is_exact_to_the_last_bits(dtype):
    x = -np.concatenate([np.linspace(0, 1, 5000), np.linspace(1, 85, 5000)]).astype(dtype)
    found, power = np.empty_like(x), np.empty_like(x)
    exponentials(x, found, power.view(f"i{x.itemsize}"), power, format_of(x.dtype))
    assert np.abs(found / np.exp(x.astype(np.longdouble)) - 1).max() < 1.01 * np.finfo(dtype).eps


def test_the_exponential_of_what_is_far_below_is_nearly_nothing():
    x = np.array([-1e3, -1e30, -np.inf], np.float32)
    found, power = np.empty_like(x), np.empty_like(x)
    exponentials(x, found, power.view("i4"), power, format_of(x.dtype))
    assert (found >= 0).all()
    assert found.max() < 1e-37


def test_compiled_gives_copies():
    run = Compiled(pose(0, CPU, torch.float32), 3)
    first = {name: value.clone() for name, value in run.train().items()}
    for value in run.train().values():
        value.fill_(float("nan"))
    assert all(torch.equal(value, first[name]) for name, value in run.train().items())
