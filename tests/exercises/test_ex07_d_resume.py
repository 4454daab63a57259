"""ex07.d: a stopped training goes on in a new process as if nothing had been."""

import json
import subprocess
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from bench.errors import BenchError
from bench.kit.training import load
from bench.testing import failed, lab, run_part
from bench_exercises.ex07_iris_by_hand import d_resume, exercise
from bench_exercises.ex07_iris_by_hand.checks import unequal
from bench_exercises.ex07_iris_by_hand.d_setting import Setting
from bench_exercises.ex07_iris_by_hand.problem import Choices


def a_setting(epochs=6):
    return Setting(seed=0, epochs=epochs, batch=25, device="cpu", dtype="float64")


def test_going_on_is_not_stopping(tmp_path):
    straight, stopped, resumed = (a_setting().training() for _ in range(3))
    whole = d_resume.state(straight, straight.run())
    d_resume.stop_at(stopped, 3, tmp_path / "half.pt")
    in_two = d_resume.state(resumed, d_resume.go_on(resumed, 3, tmp_path / "half.pt"))
    assert all(torch.equal(in_two[name], whole[name]) for name in ("parameters", "losses", "scores", "moments"))


def test_the_checkpoint_is_of_the_epoch_asked_for(tmp_path):
    training = a_setting().training()
    history = d_resume.stop_at(training, 3, tmp_path / "half.pt")
    assert history.last.number == 3
    assert len(load(tmp_path / "half.pt")["losses"]) == 3


def test_a_process_that_fails_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(d_resume, "MODULE", "no_such_module")
    with pytest.raises(RuntimeError, match=r"exit code 1:[\s\S]*No module named no_such_module"):
        d_resume.in_new_process(a_setting(), 3, tmp_path / "half.pt", tmp_path / "out.pt")


def test_a_broken_checkpoint_ends_the_process(tmp_path):
    (tmp_path / "broken.pt").write_bytes(b"no")
    given = (tmp_path / "broken.pt", tmp_path / "out.pt", 3, torch.get_num_threads(), json.dumps(asdict(a_setting())))
    with pytest.raises(BenchError, match="no whole checkpoint"):
        d_resume.main([*map(str, given)])
    assert not (tmp_path / "out.pt").exists()


def test_unequal_counts_numbers():
    a = torch.tensor([1.0, 2.0, 3.0])
    assert unequal(a, a) == 0
    assert unequal(a, a + torch.tensor([0, 1e-6, 0])) == 1
    assert unequal(a, a[:2]) == 3
    assert unequal(a * float("nan"), a) == unequal(a, a * float("nan")) == 3


def test_the_study_passes():
    here = lab()
    d_resume.study(here, 12, 125)
    assert len(here.findings.claims) == 10
    assert failed(here.findings) == {}


def test_started_without_its_arguments_it_says_how(capsys):
    with pytest.raises(SystemExit) as ended:
        d_resume.main([])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(f"usage: python -m {d_resume.MODULE} CHECKPOINT RESULT STOP")


def test_plain_sgd_has_no_moments():
    training = replace(a_setting(), choices=Choices(optimizer="sgd")).training()
    training.run(until=1)
    assert d_resume.moments(training.optimizer).numel() == 0


def test_a_process_that_forgets_the_moments_is_seen(monkeypatch):
    def forgetful(command, **_):
        checkpoint, result = Path(command[3]), Path(command[4])
        training = a_setting(epochs=12).training()
        training.run(until=6, checkpoint=checkpoint)
        training.optimizer.state.clear()
        d_resume.save(result, d_resume.state(training, training.run()))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(d_resume.subprocess, "run", forgetful)
    here = lab()
    here.changed = ("epochs", "batch")  # so that the model solution is left out
    found = run_part(exercise, "d", here, epochs=12, batch=25)
    assert {"parameters that a new process changes", "it was another process"} <= failed(found).keys()
