"""Bad input of every kind: taken, or refused in one line; no traceback, no file elsewhere, no hang."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from bench.errors import BenchError
from tests.bad_input import crashes, files, laid, watching
from tests.bad_input.kinds import KINDS, share

FEW, MANY = 0.05, float(os.environ.get("BENCH_TEST_INPUTS", "5"))
"""Times four thousand inputs: in every run of the tests, and under ``-m slow``."""
OF_FILES = list(files.FILES)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return watching.quiet(tmp_path, monkeypatch)


@pytest.mark.parametrize("name", OF_FILES)
def test_an_honest_file_is_taken(name: str, here: Path) -> None:
    """Or the bad ones would be refused for another reason."""
    files.surround(name, here)
    files.lay(files.FILES[name], files.FILES[name].honest(random.Random(0)), here)
    if name in files.REFUSED:
        with pytest.raises(BenchError):
            files.FILES[name].read(here)
    else:
        files.FILES[name].read(here)


@pytest.mark.parametrize("name", OF_FILES)
def test_a_little_of_a_bad_file_is_taken_or_refused_in_one_line(name: str, here: Path) -> None:
    assert not watching.faults(name, share(name, FEW), here)


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_FILES)
def test_much_of_a_bad_file_is_taken_or_refused_in_one_line(name: str, here: Path) -> None:
    wrong = watching.faults(name, share(name, MANY), here)
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize(("name", "data"), crashes.CRASHES)
def test_what_was_not_borne_once_is_borne(name: str, data: bytes, here: Path) -> None:
    files.surround(name, here)
    files.lay(files.FILES[name], data, here)
    assert not borne(name, here)


def borne(name: str, folder: Path) -> str:
    """What a reader raises beside a ``BenchError``; empty for nothing."""
    try:
        with watching.in_time():
            files.FILES[name].read(folder)
    except BenchError as error:
        return "" if "\n" not in str(error).strip() else str(error)
    except (Exception, watching.Hangs) as error:
        return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize("name", OF_FILES)
@pytest.mark.parametrize("what", laid.KINDS)
def test_what_lies_in_the_place_of_a_file_is_nobodys_end(what: str, name: str, here: Path) -> None:
    if (name, what) in files.MEANT:
        pytest.skip("whoever names a pipe means it")
    files.surround(name, here)
    path = files.lay(files.FILES[name], b"", here)
    laid.take_away(path)
    laid.KINDS[what](path, files.FILES[name].honest(random.Random(1)))
    assert not borne(name, here)


@pytest.mark.parametrize("name", OF_FILES)
@pytest.mark.parametrize("what", laid.CHANGES)
def test_a_file_that_becomes_another_while_it_is_read_is_nobodys_end(what: str, name: str, here: Path) -> None:
    if (name, what) in files.MEANT:
        pytest.skip("whoever names a pipe means it")
    files.surround(name, here)
    data = files.FILES[name].honest(random.Random(1))
    path = files.lay(files.FILES[name], data, here)
    with laid.changing(path, laid.CHANGES[what], data):
        assert not borne(name, here)


def test_there_are_twenty_thousand() -> None:
    assert sum(share(name, 5) for name in KINDS) >= 20_000
