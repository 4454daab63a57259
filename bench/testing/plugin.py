"""The pytest plugin: labs in the folder of a test."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bench.lab import Lab


@pytest.fixture
def bench_lab(tmp_path: Path) -> Callable[..., Lab]:
    """``bench_lab(seed=3)`` is ``bench.testing.lab(seed=3)`` with its files in the test's own folder."""
    from bench.testing import lab

    return partial(lab, folder=tmp_path)
