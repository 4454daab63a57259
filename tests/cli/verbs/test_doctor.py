"""``bench doctor``: what works here, and how to mend what does not."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import catalogue
from bench.cli.verbs import doctor
from bench.errors import BenchError, PluginError
from bench.execute import floor, inquiries
from bench.execute.messages import Probe
from bench.measure import machine, memory
from bench.model import NoiseFloor


def test_it_looks_at_everything(bench: Callable) -> None:
    done = bench("doctor", "--json")
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
    assert finding.mend == "ex98: SyntaxError: invalid syntax (line 1)"


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


FLOOR = NoiseFloor(
    created=datetime.now(UTC).isoformat(timespec="seconds"),
    widths={"convolution": 0.018},
    waited=0.0,
    wander=1.6,
    cpu="",
    cores=0,
    threads=1,
    boot="",
)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The measuring takes no time; what is kept is kept here."""
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(floor, "measure", lambda executor, threads: replace(FLOOR, threads=threads))
    monkeypatch.setattr(machine, "facts", lambda: iter([machine.Fact("swap", "1 GiB in use", "close what is open")]))


def test_noise_is_measured_said_and_kept(bench: Callable, quick: None, wrong: None) -> None:
    done = bench("doctor", "--noise")
    assert done.returncode == 0
    assert done.stderr.startswith("measuring what this machine does to numbers")
    lines = done.stdout.splitlines()
    assert lines[0] == "! swap         1 GiB in use → close what is open"
    assert "a change below about 1.8 % cannot be seen here in profile quick (convolution ± 1.8 %)" in lines[1]
    assert "1.6 times as slow" in lines[3]
    (kept,) = [line for line in bench("doctor").stdout.splitlines() if "noise floor" in line]
    assert kept.startswith("✓ noise floor")
    assert "(convolution ± 1.8 %), " in kept


def test_a_floor_is_of_so_many_threads(bench: Callable, quick: None, wrong: None) -> None:
    document = json.loads(bench("doctor", "--noise", "--threads", "2", "--json").stdout)
    assert document["floor"]["widths"] == {"convolution": 0.018}
    assert [row["what"] for row in document["findings"]] == ["swap", "noise floor", "waiting", "speed"]
    assert "noise floor" not in bench("doctor").stdout
    assert "noise floor" in bench("doctor", "--threads", "2").stdout
