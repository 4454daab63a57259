"""The plugin that writes the pages of a run: ``index.html`` and one an exercise, which ask the network for nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from bench.analysis import families
from bench.analysis.families import Family
from bench.hookspecs import hookimpl
from bench.model import ExerciseInfo, Run
from bench.report import changes, facts, places, summary
from bench.report.charts import figures
from bench.report.charts.broken import reason
from bench.report.charts.model import slug
from bench.report.charts.of_run import charts
from bench.report.page import beside, bundle, cards, drawings, images, setting, view
from bench.report.page.beside import NOTHING, Beside
from bench.report.page.cards import Leaf
from bench.report.page.drawings import Drawings, Pen
from bench.report.page.sheets import Sheet, sheets
from bench.report.page.view import ExerciseView
from bench.report.side_by_side import map_processes
from bench.report.undrawn import Undrawn
from bench.results import store

if TYPE_CHECKING:
    from markupsafe import Markup

INDEX = "index.html"
MOST_BYTES = 2_000_000
"""Of one page."""
UNSHOWN = re.compile(r"((?<!\\)(?:\\\\)*)\\u(?:00[0189][0-9a-f]|007f|200[ef]|202[89a-e]|206[6-9])")
"""Control characters and what turns the direction of a text, as JSON has them."""
WIDTHS = (1000, 800, 640, 480, 360)
"""Pixels that a picture may be wide, the finest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One page to make, and what it must know of the run around it: its ``neighbours`` are pairs of file and title."""

    run: Run
    exercise: ExerciseInfo
    family: Family
    charts: view.Drawings
    folder: Path
    file: str
    neighbours: tuple[tuple[str, str] | None, tuple[str, str] | None]
    which: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of one order: its pages, the files of their charts, and why the others are boxes."""

    leaves: tuple[Leaf, ...]
    figures: tuple[Path, ...]
    undrawn: tuple[str, ...]


@hookimpl
def bench_report(run: Run, folder: Path) -> Sequence[Path]:
    """Write ``index.html`` and a page an exercise, each below 2 MB: many charts and pictures are shown in less
    detail. Every chart is drawn once, and also written into ``figures/``.

    Raises ``Undrawn``, when all is written, if a box stands in the place of a chart or of a page."""
    orders = ordered(run, folder)
    bundle.vega()  # once, before several processes want it
    written = map_processes(write, orders, weight=lambda order: sum(map(len, order.charts.values())))
    leaves = [leaf for each in written for leaf in each.leaves]
    drawn = [path for each in written for path in each.figures]
    path = folder / INDEX
    names = [file.relative_to(folder).as_posix() for file in drawn]
    store.replace_file(path, index(run, leaves, names, beside.of(folder, run)).encode(errors="replace"), sync=False)
    paths = [path, *(folder / leaf.file for leaf in leaves), *drawn]
    if boxes := [reason for each in written for reason in each.undrawn]:
        raise Undrawn(boxes, paths)
    return paths


def ordered(run: Run, folder: Path) -> list[Order]:
    """The pages of all exercises, each with the records of its own."""
    family, listed = families.of_run(run), summary.exercises(run)
    drawn = charts(run, family)
    files = file_names([exercise.id for exercise in listed])
    names = [(file, exercise.title) for file, exercise in zip(files, listed, strict=True)]
    return [
        Order(
            run=view.of_exercise(run, exercise),
            exercise=exercise,
            family={case: standing for case, standing in family.items() if case.exercise == exercise.id},
            charts=view.charts_of(drawn, exercise),
            folder=folder,
            file=files[at],
            neighbours=(names[at - 1] if at else None, names[at + 1] if at + 1 < len(names) else None),
        )
        for at, exercise in enumerate(listed)
    ]


def file_names(ids: Sequence[str]) -> list[str]:
    """ "ex10.html" for each exercise, no two alike, and none the index."""
    used, files = {INDEX.removesuffix(".html")}, []
    for id in ids:
        name, number = slug(id), 1
        while name in used:
            name, number = f"{slug(id)}-{number + 1}", number + 1
        used.add(name)
        files.append(f"{name}.html")
    return files


def write(order: Order) -> Written:
    """Write the pages of one exercise, and its charts as files: those that stand open as PNG too."""
    page, texts, pen, why = _made(order)
    for sheet, text in texts:
        store.replace_file(order.folder / sheet.file, text, sync=False)
    shown = {chart.slug for chart in page.open_charts}
    files = [
        figures.write(chart, pen.still(chart), order.folder / figures.FOLDER, png=chart.slug in shown)
        for chart in page.charts
        if not pen.failed(chart)
    ]
    boxes = (why, *(pen.failed(chart) for chart in page.charts))
    return Written(
        leaves=tuple(cards.leaf(sheet.page, sheet.file, sheet.which) for sheet, _ in texts),
        figures=tuple(path for paths in files for path in paths),
        undrawn=tuple(filter(None, boxes)),
    )


def _made(order: Order) -> tuple[ExerciseView, list[tuple[Sheet, bytes]], Pen, str]:
    """An exercise as values, its pages as HTML, and why it is a box, if it is one. Whatever goes wrong in it is said on
    it: the pages of the others are made."""
    pen = Pen()
    try:
        page = view.exercise_view(order.run, order.exercise, order.family, order.charts)
        return page, _set_sheets(page, order, pen), pen, ""
    except OSError:
        raise  # the machine's fault, which no other page escapes
    except Exception as error:
        why = reason(error)
        page = view.failed_view(order.run, order.exercise, why)
        return page, _set_sheets(page, order, pen), pen, why


def _set_sheets(page: ExerciseView, order: Order, pen: Pen) -> list[tuple[Sheet, bytes]]:
    """Every page of an exercise, each with links to the one before it and the one after it."""
    listed = sheets(page, order.file)
    own = [(sheet.file, f"{page.info.title}, {sheet.which}") for sheet in listed]
    before, after = (order.neighbours[0], *own), (*own, order.neighbours[1])
    return [
        (sheet, html(sheet.page, replace(order, which=sheet.which, neighbours=around), pen).encode(errors="replace"))
        for sheet, around in zip(listed, zip(before[:-1], after[1:], strict=True), strict=True)
    ]


def html(page: ExerciseView, order: Order, pen: Pen | None = None) -> str:
    """The page of one exercise; pictures that studies made are read from the run's folder.

    What does not fit is given up in this order: points of lines, pixels of pictures, pictures, living charts.
    """
    pen = pen or Pen()
    drawn = Drawings()
    for points in drawings.POINTS if page.charts else drawings.POINTS[:1]:
        pen.points = points
        drawn = drawings.draw(page, pen)
        # Marks hold the places of pictures: how much room these have is known when all else is set. Nobody can foretell
        # a mark, and write one into a text.
        marks = {figure.path: f"picture-{token_hex(8)}" for figure in page.pictures}
        text = _render(page, order, drawn, marks)
        if _size(text) <= MOST_BYTES:
            pictures = _pictures(page, order.folder, MOST_BYTES - _size(text))
            if all(pictures.get(path) for path in marks):
                return _filled(text, {mark: pictures[path] for path, mark in marks.items()})
            return _render(page, order, drawn, pictures)
    return _render(page, order, replace(drawn, specs={}, data={}), {})


def _filled(text: str, pictures: Mapping[str, str]) -> str:
    return re.sub("|".join(pictures), lambda found: pictures[found[0]], text) if pictures else text


def _size(text: str) -> int:
    return len(text.encode())


def _pictures(page: ExerciseView, folder: Path, room: int) -> dict[str, str]:
    """Data URIs by path, as fine as there is room for; none where even the smallest do not fit."""
    paths = [figure.path for figure in page.pictures]
    for widest in WIDTHS:
        uris = {path: images.data_uri(folder, widest, path) for path in dict.fromkeys(paths)}
        # By every place where it stands: a data URI is written out at each.
        if sum(len(uris[path]) for path in paths) <= room:
            return uris
    return {}


def _render(page: ExerciseView, order: Order, drawn: Drawings, pictures: dict[str, str]) -> str:
    code = bundle.vega() if drawn.specs else ""
    return _set(
        "exercise.html.j2",
        order.run,
        code,
        page=page,
        cards=cards.cards(page),
        columns=cards.columns(len(page.questions)),
        drawn=drawn,
        pictures=pictures,
        which=order.which,
        noise=page.noise,
        before=order.neighbours[0],
        after=order.neighbours[1],
        vega=bundle.packed_vega() if code else "",
        specs=_packed(drawn.specs) if code else "",
        data=_packed(drawn.data) if code else "",
        title=page.info.title,
        changes=changes.words(order.run, page.info.id),
        sweep=beside.of(order.folder, order.run).sweep,
    )


def _packed(value: object) -> str:
    # In JSON of ASCII such a letter is written by its number.
    return bundle.pack(UNSHOWN.sub(_replaced, json.dumps(value, separators=(",", ":"), allow_nan=False)))


def _replaced(found: re.Match[str]) -> str:
    return f"{found[1]}\\ufffd"


def index(run: Run, leaves: Sequence[Leaf], drawn: Sequence[str], by: Beside = NOTHING) -> str:
    """The page of the whole run: what went wrong, and a card a question. ``drawn`` are the files of its charts, ``by``
    is what else lies beside it."""
    return _set(
        "index.html.j2",
        run,
        "",
        leaves=leaves,
        tally=summary.tally(run.records),
        files=facts.files(run, [*by.files, *drawn]),
        compared=by.compared,
        sweep=by.sweep,
        title=_title(leaves),
        noise=facts.noise_words(run),
        changes=changes.words(run),
    )


def _title(leaves: Sequence[Leaf]) -> str:
    """An exercise may take several pages."""
    ids = {leaf.id for leaf in leaves}
    return f"{len(ids)} exercises" if len(ids) > 1 else leaves[0].title if leaves else "Nothing ran"


def _set(template: str, run: Run, code: str, **more: Any) -> str:
    script = setting.source(*setting.SCRIPTS)
    return (
        setting.environment()
        .get_template(template)
        .render(
            run=run,
            smoke=run.profile == "smoke",
            command=" ".join(map(_quoted, run.command)),
            when=facts.moment(run.created),
            machine=facts.machine(run),
            scope=summary.scope(run),
            facts=facts.facts(run),
            places=places.table(run),
            timed=facts.is_timed(run),
            style=setting.safe(setting.source(*setting.STYLES)),
            script=setting.safe(script),
            policy=_policy(script, code),
            **more,
        )
    )


def _policy(*scripts: str) -> Markup:
    return setting.safe(" ".join(bundle.source_hash(text) for text in scripts if text))


def _quoted(word: str) -> str:
    from shlex import quote

    return quote(word)
