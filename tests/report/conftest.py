"""The sample run for every test of a report, and what its study has drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.model import Run
from tests.report.sample import build, give_pictures


@pytest.fixture(scope="session")
def samples() -> SimpleNamespace:
    """The makers of sample runs, for fixtures of a wider scope."""
    return SimpleNamespace(build=build, give_pictures=give_pictures)


@pytest.fixture(name="build")
def _build() -> Callable[..., Run]:
    return build


@pytest.fixture
def run() -> Run:
    return build(hostile=False)


@pytest.fixture
def hostile_run() -> Run:
    return build(hostile=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return give_pictures(tmp_path)
