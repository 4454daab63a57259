"""The README is written from the kept runs by one command, and is what that command writes."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.model import Run
from bench.report.charts.model import RowChart
from bench.report.readme import kept, writing
from bench.report.readme.marks import marks
from bench.results import store

ROOT = Path(__file__).parents[3]
README, MEASURED = ROOT / "README.md", ROOT / "docs" / "measured.md"
PAGE = """# A page
<!-- bench live ex10
Slope {{ metric("slope of log variance") }}.
-->
<!-- end -->
<!-- bench page ex10 -->
<!-- end -->
<!-- bench chart ex10.a.speed ratio -->
<!-- end -->
<!-- bench summary ex10 ex10.a.speed -->
<!-- end -->
<!-- bench speeds ex10 -->
<!-- end -->
<!-- bench machine ex10 -->
<!-- end -->
"""


@pytest.fixture
def site(run: Run, tmp_path: Path) -> Path:
    """A folder with a README, a page in ``docs/`` and one kept run."""
    (tmp_path / "runs" / "one").mkdir(parents=True)
    store.write(run, tmp_path / "runs" / "one")
    (tmp_path / "README.md").write_text(PAGE)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "measured.md").write_text("<!-- bench measured -->\n<!-- end -->\n")
    (tmp_path / "docs" / "other.md").write_text("by hand\n")
    return tmp_path


def test_without_chromium_the_command_writes_all_but_screenshots(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CHROMIUM", "/no/such")
    words = [sys.executable, "-m", "bench.report.readme", str(site / "runs"), str(site / "README.md")]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "a screenshot needs Chromium" in done.stderr
    assert "all but the screenshots is written" in done.stderr
    text = (site / "README.md").read_text()
    for piece in (
        "Slope -0.987",
        "docs/pictures/ex10-dark.png",
        "$ bench run ex10",
        "| ex10.a.speed, batch = 8",
        "EPYC",
    ):
        assert piece in text
    assert "| ex10.a.speed" in (site / "docs" / "measured.md").read_text()
    assert sorted(path.name for path in (site / "docs" / "pictures").iterdir()) == [
        "ex10-a-speed-ratio-dark.svg",
        "ex10-a-speed-ratio-light.svg",
    ]
    assert (site / "runs" / "one" / "ex10.html").is_file()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing", "has no marks"),
        ("<!-- bench dance ex10 -->\n<!-- end -->", "no mark is called 'dance'; there are live"),
        ("<!-- bench machine -->\n<!-- end -->", "names no exercise"),
        ("<!-- bench chart ex10.a.speed -->\n<!-- end -->", "names a part and a chart"),
        ("<!-- bench machine ex07 -->\n<!-- end -->", "is a finished quick run of ex07"),
    ],
)
def test_what_cannot_be_filled_is_one_line_and_nothing_is_written(site: Path, text: str, message: str) -> None:
    (site / "README.md").write_text(text)
    with pytest.raises(BenchError, match=message):
        writing.write(site / "runs", site / "README.md")
    assert (site / "README.md").read_text() == text
    assert not (site / "docs" / "pictures").exists()


@pytest.mark.parametrize("words", [[], ["one"], ["nowhere", "README.md"]])
def test_a_wrong_command_is_one_line(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["readme", *words])
    with pytest.raises(SystemExit) as end:
        writing.main()
    assert end.value.code in (1, 2)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(writing.USAGE)


def test_the_readme_is_what_the_command_writes() -> None:
    setting = writing.Setting(kept.runs_in(ROOT / "results" / "reference"), ROOT)
    assert writing.pages_of(README) == (README, MEASURED)
    for page in (README, MEASURED):
        assert writing.text(page, setting) == page.read_text(encoding="utf-8"), f"run {writing.USAGE[7:]}"


def test_the_readme_shows_the_pictures_that_are_there() -> None:
    named = re.findall(r'(?:src|srcset)="([^"]+)"', README.read_text(encoding="utf-8"))
    assert len(named) == 4
    assert {ROOT / name for name in named} == set((ROOT / writing.PICTURES).iterdir())


def test_the_numbers_of_the_drawn_chart_are_those_of_the_run() -> None:
    setting = writing.Setting(kept.runs_in(ROOT / "results" / "reference"), ROOT)
    (mark,) = [mark for mark in marks(README.read_text(encoding="utf-8")) if mark.kind == "chart"]
    chart = writing.chart_of(mark, setting)
    assert isinstance(chart, RowChart)
    texts = [each.text for column in chart.columns for each in column.marks if each.text]
    assert texts
    for path in setting.files(chart.slug, "svg"):
        letters = re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))
        assert all(f" {text} " in letters for text in texts)
