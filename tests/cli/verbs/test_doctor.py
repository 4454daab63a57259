"""``bench doctor``: what works here, and how to mend what does not."""

import json
from collections.abc import Callable

import pytest

from bench import catalogue
from bench.cli.verbs import doctor
from bench.errors import BenchError, PluginError
from bench.execute import inquiries
from bench.execute.messages import Probe
from bench.measure import memory


def test_it_looks_at_everything(process: Callable) -> None:
    done = process("doctor", "--json")
    assert done.returncode == 0, done.stderr
    rows = {row["what"]: row for row in json.loads(done.stdout)}
    assert {"python", "processor", "memory", "packages", "torch", "cuda", "clock", "memory meter"} <= rows.keys()
    assert "numpy " in rows["packages"]["state"]
    assert not rows["torch"]["mend"]


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing works."""

    def fail(*_: object) -> None:
        raise BenchError("it is broken")

    monkeypatch.setattr(inquiries, "probe", fail)
    monkeypatch.setattr(catalogue, "listings", fail)
    monkeypatch.setattr(memory, "can_reset", lambda: False)


def test_what_does_not_work_is_said_with_how_to_mend_it(bench: Callable, wrong: None) -> None:
    done = bench("doctor")
    assert (done.returncode, done.stderr) == (3, "")
    lines = {line[2:].partition("  ")[0]: line for line in done.stdout.splitlines()}
    assert lines["torch"].startswith("! torch")
    assert lines["torch"].endswith("it is broken → pip install torch torchvision, into this environment")
    assert "cuda" not in lines
    assert lines["exercises"].endswith("none can be listed → it is broken")
    assert "psutil, sampled every ms → short peaks can be missed" in lines["memory meter"]
    assert lines["python"].startswith("✓")


def test_an_exercise_that_is_not_python_is_mended_by_its_author(bench: Callable, install: Callable) -> None:
    install("more", ex98_new="def\n")
    (finding,) = doctor.exercises()
    assert finding.state.endswith(" found")
    assert finding.mend == "ex98: SyntaxError: invalid syntax (<unknown>, line 1)"


def test_a_gpu_is_named_with_its_driver(bench: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    probe = Probe(("cpu", "cuda"), {"torch": "2", "gpu": "H100", "driver": ""})
    monkeypatch.setattr(inquiries, "probe", lambda executor: probe)
    assert list(doctor.devices()) == [
        doctor.Finding("torch", "2"),
        doctor.Finding("cuda", "H100, driver unknown"),
    ]


def test_a_plugin_that_is_broken_is_no_reason_to_stop(bench: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise PluginError("two exercises are called ex10")

    monkeypatch.setattr(catalogue, "listings", fail)
    assert bench("doctor").returncode == 0
