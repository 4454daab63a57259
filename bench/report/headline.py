"""The headline of runs worth keeping, as Markdown for a README: what was proved, and what was faster than what.

``python -m bench.report.headline results/reference README.md`` writes it between two marks, from the ``run.json`` files
in the folder alone. Every number carries its interval and n, and every run its machine, versions and profile.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bench.analysis import families, quantities, statistics
from bench.analysis.comparisons import Group, Row, groups
from bench.errors import BenchError
from bench.model import Run
from bench.report import summary
from bench.results import store

BEGIN, END = "<!-- headline: generated, do not edit -->", "<!-- end of headline -->"


def markdown(runs: Sequence[Run]) -> str:
    """Where the runs took place, what was proved in them, and the fastest variant of every comparison."""
    blocks = [*(_machine(run) for run in runs), _proved(runs), _compared(runs)]
    return "\n\n".join(block for block in blocks if block)


def _machine(run: Run) -> str:
    """One line of prose a run."""
    where, names = run.environment, ", ".join(exercise.id for exercise in summary.exercises(run))
    device = where.gpu if where.gpu and "cpu" not in run.devices else where.cpu
    versions = f"torch {where.torch}, Python {where.python}"
    threads = summary.plural(where.threads, "thread")
    return (
        f"{names}: profile `{run.profile}`, {run.created[:10]}, {_plain(device)} ({where.cores} cores), "
        f"{threads} a process, {versions}; `{_plain(' '.join(run.command))}`."
    )


def _proved(runs: Iterable[Run]) -> str:
    rows = []
    for run in runs:
        for exercise in summary.exercises(run):
            tally = summary.tally(summary.records_of(run, exercise.id))
            claims = f"{tally.claims_passed} of {tally.claims}"
            rows.append((exercise.id, exercise.title, run.profile, claims))
    return _table(("exercise", "", "profile", "claims that hold"), rows)


def _compared(runs: Iterable[Run]) -> str:
    rows = [_speed(place, group, best) for run in runs for place, group in _groups(run) if (best := _best(group))]
    header = ("part", "fastest", "against", "how many times faster", "memory of both", "n")
    return _table(header, rows)


def _groups(run: Run) -> Iterator[tuple[str, Group]]:
    family = families.of_run(run)
    for exercise in summary.exercises(run):
        for part in summary.parts(run, exercise):
            if part.kind == "race":
                continue
            records = summary.records_of(run, exercise.id, part.id)
            for group in groups(part, [record for record in records if record.case.variant is not None], family):
                yield ", ".join(word for word in (f"{exercise.id}.{part.id}", group.label) if word), group


def _best(group: Group) -> Row | None:
    """The fastest variant beside the reference that agrees with it."""
    # What disagrees is not timed; what was timed and then failed is not worth recommending.
    rows = [row for row in group.rows if row.ratio is not None and row.record.passed]
    return max(rows, key=lambda row: row.ratio.centre if row.ratio else 0.0, default=None)


def _speed(place: str, group: Group, row: Row) -> tuple[str, ...]:
    peaks = [statistics.peak_in_words(peak) for peak in (row.peak, *(other.peak for other in group.rows[:1]))]
    times = row.ratio.rounds if row.ratio else 0
    reference = group.rows[0].name
    return place, row.name, reference, _times(row.ratio), " / ".join(peak or "–" for peak in peaks), str(times)


def _times(ratio: statistics.Ratio | None) -> str:
    """ "9.3 ± 0.2", or in words where the interval spans 1."""
    if ratio is not None and ratio.verdict == "faster" and not ratio.doubt:
        return quantities.interval(ratio.centre, ratio.low, ratio.high)
    return statistics.in_words(ratio)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(_plain, line)) + " |" for line in lines)


def _plain(text: str) -> str:
    """On one line, and without what Markdown would take for a table's border, a tag or code."""
    return " ".join(text.split()).replace("|", "∣").replace("<", "‹").replace("`", "'")


def runs_in(folder: Path) -> tuple[Run, ...]:
    """Every run in a folder of runs, by name. Raises ``BenchError`` when there is none."""
    folders = sorted(path.parent for path in folder.glob(f"*/{store.RUN}"))
    if not folders:
        raise BenchError(f"{folder} holds no runs")
    return tuple(store.read(path) for path in folders)


def insert(text: str, headline: str) -> str:
    """``text`` with ``headline`` between the marks. Raises ``BenchError`` without both marks, in their order."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise BenchError(f"the text needs the lines {BEGIN} and {END}")
    return f"{before}{begin}\n\n{headline}\n\n{end}{after}"


def main(folder: str, page: str) -> None:
    path = Path(page)
    path.write_text(insert(path.read_text(encoding="utf-8"), markdown(runs_in(Path(folder)))), encoding="utf-8")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:3])
    except (BenchError, OSError, TypeError) as error:
        sys.exit(f"{error}. usage: python -m bench.report.headline results/reference README.md")
