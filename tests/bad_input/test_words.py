"""What is typed, set and said: taken, or refused in one line, by whatever reads it; and what tells of bad runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bad_input import files, watching
from tests.bad_input.kinds import KINDS, share
from tests.bad_input.test_files import FEW, MANY

OTHERS = [name for name in KINDS if name not in files.FILES]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return watching.quiet(tmp_path, monkeypatch)


@pytest.mark.parametrize("kind", OTHERS)
def test_a_little_bad_input_is_taken_or_refused_in_one_line(kind: str, here: Path) -> None:
    assert not watching.faults(kind, share(kind, FEW), here)


@pytest.mark.slow
@pytest.mark.parametrize("kind", OTHERS)
def test_much_bad_input_is_taken_or_refused_in_one_line(kind: str, here: Path) -> None:
    wrong = watching.faults(kind, share(kind, MANY), here)
    assert not wrong, "\n".join(wrong[:20])
