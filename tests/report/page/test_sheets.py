"""Very many questions, findings and failures: pages that are small, and lead to one another."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bench.model import Broken, Case, Claim, Curve, ExerciseInfo, Findings, Metric, PartInfo, Record, Run
from bench.report.page import html, sheets, view
from bench.report.page.alarms import Alarm
from tests import drawing_once, histories
from tests.counting import calls_of


def run_of(count: int, *, bound: float = 1.0, findings: Findings | None = None) -> Run:
    """A run of so many studies with a claim each."""
    given = findings or Findings(claims=(Claim("it holds", 1.0, "at_most", bound),))
    parts = [PartInfo(id=f"p{number:04}", title=f"study {number}", kind="study") for number in range(count)]
    cases = [Case(exercise="ex01", part=part.id, device="cpu", seed=0) for part in parts]
    return histories.run(
        0,
        *(Record(case=case, outcome="ok", findings=given) for case in cases),
        exercises=(ExerciseInfo(id="ex01", title="Many", parts=tuple(parts)),),
    )


def pages_of(run: Run, folder: Path) -> dict[str, str]:
    html.bench_report(run, folder)
    return {path.name: path.read_text() for path in sorted(folder.glob("*.html"))}


def test_a_hundred_questions_are_one_page_and_one_more_are_two(tmp_path: Path) -> None:
    assert list(pages_of(run_of(sheets.QUESTIONS), tmp_path)) == ["ex01.html", "index.html"]
    pages = pages_of(run_of(sheets.QUESTIONS + 1), tmp_path)
    assert list(pages) == ["ex01.2.html", "ex01.html", "index.html"]
    assert "1 to 100 of 101" in pages["ex01.html"]
    assert "101 of 101" in pages["ex01.2.html"]
    assert "101 to 101" not in pages["ex01.2.html"]
    assert "2 exercises" not in pages["index.html"]
    assert 'rel="next" href="ex01.2.html"' in pages["ex01.html"]
    assert 'rel="prev" href="ex01.html"' in pages["ex01.2.html"]


def test_every_link_from_the_index_and_from_the_top_leads_to_its_place(tmp_path: Path) -> None:
    pages = pages_of(run_of(120, bound=0.0), tmp_path)
    links = re.findall(r'href="([\w.]*)#([\w-]+)"', pages["index.html"])
    assert len(links) == 120 + sheets.ALARMS
    assert all(f'id="{place}"' in pages[file] for file, place in links)
    for page in pages.values():
        assert all(f'id="{place}"' in page for place in re.findall(r'href="#([\w-]+)"', page))
    assert "and 20 more" in pages["index.html"]


def test_what_stands_before_all_questions_and_after_them_is_there_once(tmp_path: Path) -> None:
    run = run_of(sheets.QUESTIONS + 1)
    answer = "# Many\n\nThe first words.\n\n## References\n\nThe last words.\n"
    pages = pages_of(replace(run, exercises=(replace(run.exercises[0], answer=answer),)), tmp_path)
    assert [page for page in pages if "The first words." in pages[page]] == ["ex01.html"]
    assert [page for page in pages if "The last words." in pages[page]] == ["ex01.2.html"]


def test_a_page_has_so_many_rows_at_most(tmp_path: Path) -> None:
    claims = tuple(Claim(f"claim {number}", 1.0, "at_most", 1.0) for number in range(250))
    metrics = tuple(Metric(f"number {number}", 1.0, "") for number in range(250))
    pages = pages_of(run_of(9, findings=Findings(claims=claims, metrics=metrics)), tmp_path)
    assert list(pages) == ["ex01.2.html", "ex01.html", "index.html"]
    assert "1 to 8 of 9" in pages["ex01.html"]
    assert max(map(len, pages.values())) < html.MOST_BYTES


def test_of_very_many_findings_the_claims_that_fail_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    claims = tuple(Claim(f"claim {number}", 1.0, "at_most", float(number != 1_999)) for number in range(2_000))
    metrics = tuple(Metric(f"number {number}", 1.0, "") for number in range(2_000))
    page = pages_of(run_of(1, findings=Findings(claims=claims, metrics=metrics)), tmp_path)["ex01.html"]
    assert "claim 1999" in page
    assert "claim 298" in page
    assert "claim 299" not in page
    assert "Not shown, but in run.json: 1,700 claims, 1,700 numbers." in page
    assert "1999 of 2000 claims hold" in page


def test_of_very_many_curves_few_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(html.Pen, "still", lambda pen, chart, *width: drawn.append(chart.slug) or "<svg></svg>")
    monkeypatch.setattr(html.figures, "write", lambda *given, **more: [])
    curves = tuple(Curve(name=f"curve {number}", x=(1.0, 2.0), y=(1.0, 2.0)) for number in range(70))
    page = "".join(pages_of(run_of(6, findings=Findings(curves=curves)), tmp_path).values())
    assert len(set(drawn)) == 150
    counts = {left: page.count(f"Not shown, but in run.json: {left} charts.") for left in (10, 40, 70)}
    assert counts == {10: 2, 40: 1, 70: 3}


def test_the_first_failures_are_listed_and_the_others_counted() -> None:
    alarms = [Alarm(part=f"ex01.{name}", what="failed", reason="r", places=(("x", "x"),) * 3) for name in "abc"]
    broken = [Broken("ex02", "r"), Broken("ex03", "r")]
    top = sheets.foremost(alarms, broken, most=6)
    assert (len(top.broken), [len(alarm.places) for alarm in top.alarms], top.count, top.left) == (2, [3, 1], 11, 5)
    top = sheets.foremost(alarms, broken, most=1)
    assert (top.broken, top.alarms, top.count, top.left) == ((broken[0],), (), 11, 10)


def test_a_part_costs_the_same_calls_among_twice_as_many(tmp_path: Path) -> None:
    html.bench_report(run_of(10), tmp_path)  # imports, and compiles the templates
    few, many = (calls_of(partial(html.bench_report, run_of(count), tmp_path)) for count in (50, 100))
    assert many < 2.05 * few


def compared(count: int) -> Run:
    """So many comparisons of two variants."""
    parts = [PartInfo(id=f"p{number:04}", title="T", kind="comparison", reference="theirs") for number in range(count)]
    records = [
        replace(
            histories.record(1e-3),
            case=Case(exercise="ex01", part=part.id, device="cpu", seed=0, variant=variant),
        )
        for part in parts
        for variant in ("theirs", "ours")
    ]
    return histories.run(0, *records, exercises=(ExerciseInfo(id="ex01", title="Many", parts=tuple(parts)),))


def test_a_comparison_costs_the_same_calls_on_twice_as_many_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing_once.sketch(monkeypatch)
    monkeypatch.setattr(sheets, "QUESTIONS", 5)
    monkeypatch.setattr(view, "MOST_CHARTS", 5)
    html.bench_report(compared(10), tmp_path)  # imports, and compiles the templates
    few, many = (calls_of(partial(html.bench_report, compared(count), tmp_path)) for count in (50, 100))
    assert many < 2.05 * few
