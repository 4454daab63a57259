"""What is opened for a guest is closed where it cannot be forked; test_process.py starts many that can."""

import os
from pathlib import Path

import pytest

from bench.execute.guests import forking
from tests.execute import hosting


def files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_nothing_stays_open_where_one_cannot_be_forked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no() -> int:
        raise BlockingIOError("no more processes")

    context, before = hosting.context("agree", {}, tmp_path), files()
    monkeypatch.setattr(os, "fork", no)
    with pytest.raises(BlockingIOError):
        forking.start(hosting.guest("mine"), context.order, context.task, None)
    assert files() == before
