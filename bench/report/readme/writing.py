"""The README and the pages in ``docs/`` beside it, with what their marks ask for, from the runs that are kept.

``python -m bench.report.readme results/reference README.md`` writes texts and charts from the ``run.json`` files alone,
asks ``bench try`` of example files, draws the pages of each run that is shown beside its ``run.json``, and has Chromium
take pictures of their tops.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError, Missing
from bench.report import summary
from bench.report.charts.model import Chart
from bench.report.page import html
from bench.report.readme import excerpt, measured, pictures, screenshots, sentences, tries
from bench.report.readme.kept import Kept, newest, runs_in
from bench.report.readme.marks import Mark, fill, marks
from bench.results import store

USAGE = "usage: python -m bench.report.readme results/reference README.md"
PICTURES, EXAMPLES = "docs/pictures", "docs/examples"


@dataclass(frozen=True, slots=True)
class Setting:
    """The runs that are kept, and the folder of the README."""

    kept: tuple[Kept, ...]
    root: Path

    def files(self, name: str, ending: str) -> tuple[Path, ...]:
        return pictures.files(self.root / PICTURES, name, ending)


def text(page: Path, setting: Setting) -> str:
    """A page as it should be. Raises ``BenchError`` for a mark that cannot be filled."""
    return fill(page.read_text(encoding="utf-8"), lambda mark: _words(mark, page, setting))


def _words(mark: Mark, page: Path, setting: Setting) -> str:
    kinds: dict[str, Callable[[], str]] = {
        "live": lambda: sentences.filled(mark.body, _newest(mark, setting).run, mark.words[0]),
        "machine": lambda: f"*Measured in {measured.machine(_newest(mark, setting).run)}.*",
        "measured": lambda: measured.markdown([each.run for each in setting.kept]),
        "page": lambda: pictures.element(page, setting.files(mark.words[0], "png"), _of_page(mark, setting)),
        "chart": lambda: _chart(mark, page, setting),
        "speeds": lambda: _speeds(mark, setting),
        "summary": lambda: excerpt.summary(_newest(mark, setting).run, mark.words[0], mark.words[1:]),
        "try": lambda: tries.block(setting.root / EXAMPLES, mark.words),
    }
    if mark.kind not in kinds:
        raise BenchError(f"{page.name}: no mark is called {mark.kind!r}; there are {', '.join(kinds)}")
    return kinds[mark.kind]()


def _newest(mark: Mark, setting: Setting) -> Kept:
    if not mark.words:
        raise BenchError(f"the mark {mark.kind!r} names no exercise")
    return newest(setting.kept, mark.words[0].partition(".")[0])


def _of_page(mark: Mark, setting: Setting) -> str:
    run = _newest(mark, setting).run
    title = next(each.title for each in summary.exercises(run) if each.id == mark.words[0])
    return f"The page of {mark.words[0]}, {title}: its verdict, a card a question, and the first answer with its charts"


def _speeds(mark: Mark, setting: Setting) -> str:
    run = _newest(mark, setting).run
    return measured.compared((run, each) for each in summary.exercises(run) if each.id == mark.words[0])


def _chart(mark: Mark, page: Path, setting: Setting) -> str:
    chart = chart_of(mark, setting)
    return pictures.element(page, setting.files(chart.slug, "svg"), f"{chart.title}. {chart.subtitle}")


def chart_of(mark: Mark, setting: Setting) -> Chart:
    """The chart that a mark asks for. Raises ``BenchError`` where it names none."""
    if len(mark.words) < 2:
        raise BenchError("the mark 'chart' names a part and a chart, such as ex10.a.speed ratio")
    exercise, _, part = mark.words[0].partition(".")
    return pictures.chart(_newest(mark, setting).run, exercise, part, " ".join(mark.words[1:]))


def pages_of(readme: Path) -> tuple[Path, ...]:
    """The README, and the pages in ``docs/`` that have marks. Raises ``BenchError`` for a README without."""
    if not marks(readme.read_text(encoding="utf-8")):
        raise BenchError(f"{readme} has no marks <!-- bench … -->")
    docs = sorted(readme.parent.glob("docs/*.md"))
    return (readme, *(page for page in docs if marks(page.read_text(encoding="utf-8"))))


def write(folder: Path, readme: Path) -> None:
    """Fill every page and draw what it shows; screenshots come last, so that without Chromium all else is written.

    Raises ``BenchError`` for a mark that cannot be filled, before a page is written; ``Missing`` without Chromium.
    """
    setting = Setting(runs_in(folder), readme.parent)
    pages = pages_of(readme)
    asked = [mark for page in pages for mark in marks(page.read_text(encoding="utf-8"))]
    for mark in asked:
        if mark.kind == "try":
            tries.keep(setting.root / EXAMPLES, mark.words)
    texts = {page: text(page, setting) for page in pages}
    for page, whole in texts.items():
        store.replace_file(page, whole.encode())
    for mark in asked:
        if mark.kind == "chart":
            chart = chart_of(mark, setting)
            pictures.draw(chart, setting.files(chart.slug, "svg"))
    _take([mark for mark in asked if mark.kind == "page"], setting)


def _take(asked: Sequence[Mark], setting: Setting) -> None:
    shown = {_newest(mark, setting).folder: _newest(mark, setting) for mark in asked}
    for kept in shown.values():
        html.bench_report(kept.run, kept.folder)
    for mark in asked:
        screenshots.take(_newest(mark, setting).folder / f"{mark.words[0]}.html", setting.files(mark.words[0], "png"))


def main() -> None:
    """The command: what cannot be done is one line, and an exit code like those of ``bench``."""
    try:
        folder, readme = map(Path, sys.argv[1:])
    except ValueError:
        _end(USAGE, 2)
    try:
        write(folder, readme)
    except Missing as error:
        _end(f"{error}; all but the screenshots is written", error.exit_code)
    except BenchError as error:
        _end(f"{error}. {USAGE}", error.exit_code)
    except OSError as error:
        _end(f"{error.filename}: {error.strerror}. {USAGE}", 2)


def _end(line: str, code: int) -> None:
    sys.stderr.write(f"{line}\n")
    sys.exit(code)
