"""Two commits measured again by another process, and what its end means."""

from pathlib import Path

import pytest

from bench.analysis.trend import Suspect
from bench.cli import confirming
from bench.model.history import PastRun
from tests import histories


def standing_in(folder: Path, program: str) -> Path:
    """A bench that does what ``program`` says: it lies in the folder where it is started."""
    (folder / "bench").mkdir()
    (folder / "bench" / "__init__.py").write_text("")
    (folder / "bench" / "__main__.py").write_text(f"import sys\n{program}")
    return folder


def suspect(parts: tuple[str, ...] = ("b",)) -> Suspect:
    return Suspect(histories.past(1), histories.past(2), parts)


@pytest.mark.parametrize(
    ("program", "worse", "words"),
    [
        ('print(\'{"verdict": "undecided"}\')', None, "side by side: undecided"),
        ('print(\'{"verdict": "slower"}\'); sys.exit(1)', True, "side by side: slower"),
        ("print('{}')", False, ""),
        ("sys.exit('bench: no repository is here')", None, "`bench ab` ended with exit code 1: no repository is here"),
        ("raise ValueError('x')", None, "`bench ab` ended with exit code 1: ValueError: x"),
        ("print('{}'); sys.exit(2)", None, "`bench ab` ended with exit code 2"),
        ("print('[1]')", None, "`bench ab` ended with exit code 0"),
        ("print('[' * 99999)", None, "`bench ab` ended with exit code 0"),
    ],
)
def test_what_its_end_means(program: str, worse: bool | None, words: str, tmp_path: Path) -> None:
    again = confirming.confirm(suspect(), "ex07", standing_in(tmp_path, program))
    assert (again.worse, again.words) == (worse, words)


def test_it_is_asked_for_both_commits_and_the_parts(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = standing_in(tmp_path, "print(*sys.argv[1:], file=sys.stderr); print('{}')")
    confirming.confirm(suspect(parts=("a", "b.speed")), "ex07", folder)
    assert capfd.readouterr().err == f"ab {histories.commit(1)} {histories.commit(2)} ex07.a ex07.b.speed --json\n"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (histories.past(1), histories.past(2, commit=""), "no commit is known of one of them"),
        (histories.past(1, dirty=True), histories.past(2), "one was measured with changes that no commit has"),
        (histories.past(1), histories.past(2, commit=histories.commit(1)), "both are of one commit, so the code"),
    ],
)
def test_what_has_no_two_commits_is_not_tried(before: PastRun, after: PastRun, words: str, tmp_path: Path) -> None:
    again = confirming.confirm(Suspect(before, after, ("b",)), "ex07", tmp_path)
    assert again.worse is None
    assert again.words.startswith(words)
