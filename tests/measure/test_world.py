"""The global state of a process: every change is named, and random streams are put back."""

import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from bench.measure import world

CPU = torch.device("cpu")


@pytest.fixture
def as_before() -> Iterator[None]:
    """Puts back what the disturbances change, but for random states, which mean nothing to other tests."""
    cudnn, handler, folder = torch.backends.cudnn, signal.getsignal(signal.SIGUSR1), Path.cwd()
    flags = cudnn.benchmark, cudnn.deterministic, torch.backends.cuda.matmul.allow_tf32, cudnn.allow_tf32
    precision, dtype, threads = torch.get_float32_matmul_precision(), torch.get_default_dtype(), torch.get_num_threads()
    enabled = torch.are_deterministic_algorithms_enabled
    with torch.set_grad_enabled(True):
        yield
    cudnn.benchmark, cudnn.deterministic, torch.backends.cuda.matmul.allow_tf32, cudnn.allow_tf32 = flags
    torch.set_float32_matmul_precision(precision)
    torch.set_default_dtype(dtype)
    torch.set_default_device(None)
    torch.set_num_threads(threads)
    torch.are_deterministic_algorithms_enabled = enabled
    torch.set_flush_denormal(False)
    signal.signal(signal.SIGUSR1, handler)
    os.chdir(folder)


def use(module: object, name: str, value: object) -> Callable[[], None]:
    return lambda: setattr(module, name, value)


@pytest.mark.parametrize(
    ("disturb", "says"),
    [
        (lambda: None, ""),
        (lambda: torch.rand(()), "leaves torch's random state changed"),
        (lambda: np.random.random(), "leaves numpy's random state changed"),  # noqa: NPY002
        (lambda: random.random(), "leaves Python's random state changed"),
        (use(torch.backends.cudnn, "benchmark", True), "changes cudnn.benchmark from False to True"),
        (use(torch.backends.cudnn, "deterministic", True), "changes cudnn.deterministic from False to True"),
        (lambda: torch.set_num_threads(3), "changes the number of threads from 1 to 3"),
        (lambda: torch.set_grad_enabled(False), "changes the grad mode from True to False"),
        (
            lambda: torch.set_default_dtype(torch.float64),
            "changes the default dtype from torch.float32 to torch.float64",
        ),
        (lambda: torch.set_default_device("meta"), "changes the default device from cpu to meta"),
        (
            use(torch, "are_deterministic_algorithms_enabled", lambda: True),
            "changes deterministic algorithms from False to True",
        ),
        (lambda: signal.signal(signal.SIGUSR1, lambda *_: None), "leaves the handlers of signals changed"),
        (lambda: os.chdir("/"), "changes the working directory from "),
    ],
)
def test_what_is_changed_is_named(as_before: None, disturb: Callable[[], object], says: str) -> None:
    torch.set_num_threads(1)
    before = world.world()
    disturb()
    seen = world.changes(before, world.world())
    assert seen.startswith(says)
    assert "; " not in seen
    assert bool(seen) == bool(says)


def test_several_changes_are_named_together(as_before: None) -> None:
    before = world.world()
    torch.set_float32_matmul_precision("medium")
    torch.backends.cudnn.benchmark = True
    seen = world.changes(before, world.world()).split("; ")
    assert "changes the precision of float32 products from highest to medium" in seen
    assert "changes cudnn.benchmark from False to True" in seen


def test_denormal_numbers_are_told_to_be_flushed(as_before: None) -> None:
    assert not world.flushes_denormals()
    if torch.set_flush_denormal(True):
        assert world.flushes_denormals()


def test_inference_mode_is_seen() -> None:
    before = world.world()
    with torch.inference_mode():
        after = world.world()
    assert "changes inference mode from False to True" in world.changes(before, after)


def test_a_thread_that_lives_is_seen() -> None:
    before, done = world.world(), threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    after = world.world()
    done.set()
    thread.join()
    assert world.changes(before, after).startswith("changes the number of Python's threads from ")
    assert world.changes(before, world.world()) == ""


def test_a_folder_that_is_gone_is_no_error(tmp_path: Path, as_before: None) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    assert world.where() == ""


def test_looking_changes_nothing() -> None:
    assert world.changes(world.world(), world.world()) == ""
    assert world.world().keys() == world.computing().keys() | world.surroundings().keys()


def draws() -> tuple[float, float, float]:
    return random.random(), float(np.random.random()), float(torch.rand(()))  # noqa: NPY002


def test_every_stream_starts_from_the_seed_and_is_put_back() -> None:
    before = world.world()
    seen = []
    for seed in (1, 1, 2**40):
        with world.seeded(seed, CPU):
            seen.append(draws())
    assert seen[0] == seen[1]
    assert all(a != b for a, b in zip(seen[0], seen[2], strict=True))
    assert world.changes(before, world.world()) == ""


def test_streams_are_put_back_after_an_error() -> None:
    before = world.world()
    with pytest.raises(ZeroDivisionError), world.seeded(0, CPU):
        _ = draws()[0] / 0
    assert world.changes(before, world.world()) == ""
