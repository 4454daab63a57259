"""From when on runs count: a date, so long ago, or a commit."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.errors import UsageError
from bench.model.history import PastRun
from bench.results.since import Since, since
from tests import histories

NOW = datetime(2026, 10, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-01", "2026-10-01T00:00:00+00:00"),
        ("2026-10-01T12:30:00+02:00", "2026-10-01T10:30:00+00:00"),
        ("3d", "2026-10-08T12:00:00+00:00"),
        ("1w", "2026-10-04T12:00:00+00:00"),
    ],
)
def test_a_date_or_so_long_ago(text: str, moment: str) -> None:
    assert since(text, NOW, ()) == Since(moment)


@pytest.mark.parametrize("text", ["yesterday", "-3d", "999999d", "0001-01-01T00:00:00+14:00", "HEAD", "--all", ""])
def test_anything_else_is_one_line(text: str, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"is no date \(2026-10-01\), no time \(30d, 8w\), and no commit that is known"
    ):
        since(text, NOW, [tmp_path])


def test_the_day_itself_counts() -> None:
    ours = Since("2026-10-03T00:00:00+00:00")
    assert [ours.keeps(histories.past(number)) for number in (1, 2, 3)] == [False, True, True]


def test_of_a_commit_what_the_repository_has_after_it_counts_whenever_it_was_measured(tmp_path: Path) -> None:
    names = histories.repository(tmp_path, 4)
    ours = since("HEAD~2", NOW, [tmp_path / "nowhere", tmp_path])

    def at(number: int, commit: str) -> PastRun:
        return histories.past(number, commit=commit)

    assert [ours.keeps(at(0, name)) for name in names] == [False, True, True, True]
    assert [ours.keeps(at(900, name)) for name in names] == [False, True, True, True]
    assert ours.moment.startswith("2026-09-22")
    assert not ours.keeps(at(-90, histories.commit(1))), "a commit that is not there counts by the time of its run"
    assert ours.keeps(at(1, histories.commit(1)))
