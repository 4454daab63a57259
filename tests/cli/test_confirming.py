"""Two commits measured again by another process, and what its end means."""

import json
import re
from pathlib import Path

import pytest

from bench.ab import telling
from bench.ab.pairs import Comparison
from bench.ab.readings import Findings, Pair, Rule, judge, lost
from bench.analysis.trend import Suspect
from bench.cli import confirming
from bench.model.history import PastRun
from tests import histories
from tests.ab.planting import pairs, reading


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
        ('print(\'{"verdict": "equivalent"}\')', False, "side by side: equivalent"),
        ('print(\'{"verdict": "mended"}\')', None, "side by side: mended"),
        ('print(\'{"verdict": "broken"}\'); sys.exit(1)', None, "side by side: broken"),
        ("print('{}')", None, "`bench ab` ended with exit code 0"),
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


def program(findings: Findings) -> str:
    """Prints what `bench ab --json` does for these findings, and ends as it does."""
    comparison = Comparison(a="", b="", findings=findings, rule=Rule(), seconds=1.0, ended="decided")
    return f"print({json.dumps(telling.document(comparison))!r}); sys.exit({int(findings.is_red)})"


@pytest.mark.parametrize(
    ("findings", "worse", "words"),
    [
        (judge(pairs(1.2), Rule()), True, r"slower, ex60\.a\.speed on cpu: plain \+\d+\.\d % \(\+.* %\)"),
        (judge(pairs(1.0), Rule()), False, "equivalent"),
        (judge(pairs(1.0, 2), Rule()), None, "undecided"),
        (
            judge([Pair(lost("no module", 1), lost("no module", 1))], Rule()),
            None,
            "the run is broken on both sides: no module",
        ),
        (judge([Pair(reading(), lost("no module", 1))], Rule()), None, "the run is broken on side B alone: no module"),
    ],
)
def test_only_what_is_timed_and_slower_there_is_confirmed(
    findings: Findings, worse: bool | None, words: str, tmp_path: Path
) -> None:
    again = confirming.confirm(suspect(), "ex07", standing_in(tmp_path, program(findings)))
    assert again.worse is worse
    assert re.fullmatch(f"side by side: {words}", again.words), again.words


def test_the_case_that_was_slowed_most_is_told_first(tmp_path: Path) -> None:
    many = [Pair(reading({"x": 1.0, "y": 1.0}), reading({"x": 1.3, "y": 4.0})) for _ in range(8)]
    again = confirming.confirm(suspect(), "ex07", standing_in(tmp_path, program(judge(many, Rule()))))
    assert again.words.startswith("side by side: slower, ex60.a.speed on cpu: y 4 times")
    assert again.words.endswith(", and 1 more")


def test_it_is_asked_for_both_commits_and_the_parts(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = standing_in(tmp_path, "print(*sys.argv[1:], file=sys.stderr)")
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
