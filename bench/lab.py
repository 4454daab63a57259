"""What a part is handed: where and how to compute, and where to write down what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, get_args

from bench.masking import without
from bench.model import (
    Band,
    Claim,
    Curve,
    CurveKind,
    DataSource,
    Figure,
    Findings,
    Metric,
    Profile,
    Relation,
    Scale,
    Table,
)
from bench.recordable import cell, finite, in_order, numbers, save_drawing, save_image, stem, whole
from bench.texts import CAPTION, brief, choice, kind_of, text
from bench.thinning import minmax_indices, stretches

if TYPE_CHECKING:
    import torch

    from bench.shared import Made

T = TypeVar("T")
MOST_POINTS = 600
MOST_ROWS = 2_000
"""Rows of a table that are kept."""
MOST_COLUMNS = 100
MOST_FINDINGS = 2_000
"""Of each kind in one study: a page of more says nothing."""
SECONDS = "s"
"""The unit of a metric that the clock gave: it differs from run to run, and no other metric may."""
CHECKPOINTS = "checkpoints"


class Dataset(Protocol):
    """What ``Lab.uses`` needs to know of a data set; the loaders of ``bench.kit.data`` give it."""

    @property
    def name(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def sizes(self) -> Mapping[str, int]: ...
    @property
    def stand_in(self) -> bool: ...


D = TypeVar("D", bound=Dataset)


class Tracker(Protocol):
    """Shows how far a loop has come."""

    def __call__(self, label: str, done: int, total: int | None) -> None: ...


def _silent(label: str, done: int, total: int | None) -> None:
    pass


@dataclass(slots=True, kw_only=True)
class Lab:
    """Handed to every study and to every set-up of a comparison.

    Fields: ``device`` and ``dtype`` to compute with, ``seed``, ``profile`` (smoke, quick, full), ``folder`` for files
    (a study's own, inside the run), ``data`` (embedded or full: what a loader should give), ``changed`` names the
    parameters that have another value than the exercise declares. ``sharing`` is where the parts of an exercise keep
    what ``shared`` computes once a run; without it, each computes for itself. ``secrets`` stay out of
    the names of files.
    """

    device: torch.device
    dtype: torch.dtype
    seed: int
    profile: Profile
    folder: Path
    data: str = "embedded"
    changed: tuple[str, ...] = ()
    sharing: Path | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    tracker: Tracker = _silent
    findings: Findings = field(default_factory=Findings)

    def generator(self) -> torch.Generator:
        """A fresh CPU generator seeded with ``seed``: two calls give the same stream.

        Draw on the CPU, in float32, and then move: the same numbers then reach every device and dtype.
        """
        import torch

        return torch.Generator().manual_seed(self.seed)

    def pick(self, *, smoke: T, quick: T, full: T) -> T:
        """The value for the profile at hand."""
        return {"smoke": smoke, "quick": quick, "full": full}[self.profile]

    @property
    def as_declared(self) -> bool:
        """Whether every parameter has the value that the exercise declares, or one of several."""
        return not self.changed

    def track(self, iterable: Iterable[T], label: str = "") -> Iterator[T]:
        """Iterate, and show progress."""
        label = text(label, "the label of lab.track")
        items = in_order(iterable, "what lab.track goes through", "an iterable")
        total = len(iterable) if isinstance(iterable, Sized) else None
        for done, item in enumerate(items):
            self.tracker(label, done, total)
            yield item
        if total is not None:
            self.tracker(label, total, total)

    def uses(self, dataset: D) -> D:
        """Note in the record where a data set came from, and give it back."""
        note = DataSource(
            name=text(dataset.name, "the name of a data set"),
            source=text(dataset.source, "the source of a data set"),
            sha256=text(dataset.sha256, "the hash of a data set"),
            sizes={
                text(split, "a split of a data set"): whole(size, f"the size of {brief(split)} of a data set")
                for split, size in dataset.sizes.items()
            },
            stand_in=bool(dataset.stand_in),
        )
        if note not in self.findings.data:
            self._add(data=note)
        return dataset

    def claim(
        self,
        name: str,
        value: Any,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        equals: float | None = None,
        as_declared: bool = False,
    ) -> bool:
        """Check a statement and record it; a claim that fails fails the run, and the study goes on.

        One ``as_declared`` rests on the values of the parameters, as a bound on an accuracy does: where ``--param`` has
        changed one, it is not made, its name is recorded as such, and it counts as holding.

        Raises ``ValueError`` for a value that is not finite, and unless exactly one bound is given, and ``TypeError``
        for a name that is no text or a value that is no number.
        """
        name = text(name, "the name of a claim")
        if as_declared and self.changed:
            self._add(unmade=name)
            return True
        bounds: dict[Relation, float | None] = {"at_most": at_most, "at_least": at_least, "equals": equals}
        given = [(relation, bound) for relation, bound in bounds.items() if bound is not None]
        if len(given) != 1:
            raise ValueError(f"claim {name!r} needs exactly one of at_most, at_least, equals")
        relation, bound = given[0]
        claim = Claim(name, finite(value, f"claim {name!r}"), relation, finite(bound, f"the bound of claim {name!r}"))
        self._add(claims=claim)
        return claim.passed

    def metric(self, name: str, value: Any, unit: str = "") -> None:
        """Record a number."""
        name = text(name, "the name of a metric")
        self._add(metrics=Metric(name, finite(value, f"metric {name!r}"), text(unit, f"the unit of metric {name!r}")))

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Record the wall time of what is done inside, as a metric in seconds: the only time that a study may record.

        It is one sample. To hold times against each other is what a comparison is for.
        """
        from bench.measure import clock

        clock.synchronise(self.device)
        start = clock.now()
        yield
        clock.synchronise(self.device)
        # Not in a finally: what failed took no time that means anything.
        self.metric(name, clock.now() - start, SECONDS)

    def checkpoint(self, name: str) -> Path:
        """A file for the state of a long computation; it is still there when an interrupted run is resumed.

        Once the study is complete, all its checkpoints are removed; ``--keep-checkpoints`` keeps them, and a run with
        ``--continue`` finds them here and goes on.
        """
        return self.folder / CHECKPOINTS / f"{self._stem(text(name, 'the name of a checkpoint'))}.pt"

    def _stem(self, name: str) -> str:
        # The record has the name of the file as it has all else, with a mask; under another one it would not be found.
        return stem(without(name, self.secrets))

    def shared(self, name: str, make: Callable[[], Mapping[str, Any]], *, timed: str = "", **content: Any) -> Any:
        """What ``make()`` gives, computed once a run by whichever part of the exercise needs it first.

        ``make`` gives a mapping of tensors, numbers, strings, and lists and mappings of them (a tuple comes back as a
        list), its tensors on the CPU. ``content`` is all that it depends on besides the lab's seed, device, dtype,
        profile and data, as values of JSON: parts whose ``name`` and ``content`` are equal share it. ``timed`` names a
        metric that records, in every part, the seconds that it took the one that computed it.

        ``make`` records nothing, or only one of the parts would have it: raises ``ValueError`` where it does, and
        ``TypeError`` for another kind of value.
        """
        from bench.shared import once

        here = {"seed": self.seed, "device": str(self.device), "dtype": str(self.dtype)}
        here |= {"profile": self.profile, "data": self.data}
        identity = {"name": name, "content": content, "lab": here}
        made = once(self.sharing, identity, lambda: self._made(name, make)) if self.sharing else self._made(name, make)
        if timed:
            self.metric(timed, made.seconds, SECONDS)
        return made.state

    def _made(self, name: str, make: Callable[[], Mapping[str, Any]]) -> Made:
        from bench.measure import clock
        from bench.shared import Made, plain

        before = self.findings
        clock.synchronise(self.device)
        start = clock.now()
        state = make()
        clock.synchronise(self.device)
        seconds = clock.now() - start
        if self.findings is not before:
            raise ValueError(f"what is shared as {name!r} records findings: record them from what it gives")
        return Made(plain(state, f"shared {name!r}"), seconds)

    def curve(
        self,
        name: str,
        x: Iterable[Any],
        y: Iterable[Any],
        *,
        series: str = "",
        x_label: str = "",
        y_label: str = "",
        scale: Scale = "linear",
        kind: CurveKind = "",
    ) -> None:
        """Record one line of the chart ``name``; lines of one name share a chart, told apart by ``series``.

        ``kind`` says what it is a picture of, and so how it is drawn: "course" (of a training), "noise" (a mean with
        the band of 10 to 90 %, a small chart a series) or "law" (points, and the law they should lie on).

        A line of more than 600 points keeps the lowest and the highest point of each stretch, so that it shows the
        same noise; how many there were is recorded. The band of noise is taken from all points, before any is left out.
        """
        name = text(name, "the name of a curve")
        xs, ys = numbers(x, f"curve {name!r}, x"), numbers(y, f"curve {name!r}, y")
        if len(xs) != len(ys) or not xs:
            raise ValueError(f"curve {name!r}: {len(xs)} x values and {len(ys)} y values")
        indices = minmax_indices(ys, MOST_POINTS)
        banded = kind == "noise" or len(indices) < len(xs)
        self._add(
            curves=Curve(
                name=name,
                x=tuple(xs[i] for i in indices),
                y=tuple(ys[i] for i in indices),
                series=text(series, f"the series of curve {name!r}"),
                x_label=text(x_label, f"x_label of curve {name!r}"),
                y_label=text(y_label, f"y_label of curve {name!r}"),
                scale=choice(scale, get_args(Scale), f"scale of curve {name!r}"),
                thinned_from=len(xs) if len(indices) < len(xs) else None,
                kind=choice(kind, get_args(CurveKind), f"kind of curve {name!r}"),
                band=_band(xs, ys) if banded else None,
            )
        )

    def table(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Record a table; the keys of the first row are the columns. Of more than 2,000 rows the first are kept, and
        a last one says how many there were; of more than 100 columns the first.

        Raises ``TypeError`` for a row that is no mapping, and for a column without a name."""
        name = text(name, "the name of a table")
        listed = list(in_order(rows, f"table {name!r}", "mappings, one a row"))
        kept = listed[:MOST_ROWS]
        for i, row in enumerate(kept):
            if not isinstance(row, Mapping):
                raise TypeError(f"table {name!r}, row {i} is {kind_of(row)} ({brief(row)}): give a mapping")
        columns = tuple(kept[0])[:MOST_COLUMNS] if kept else ()
        cells = tuple(
            tuple(cell(row.get(column), f"table {name!r}, row {i}, {brief(column)}") for column in columns)
            for i, row in enumerate(kept)
        )
        heads = tuple(text(column, f"a column of table {name!r}") for column in columns)
        if len(listed) > len(kept):
            cells += ((f"… and {len(listed) - len(kept):,} more rows", *[None] * (len(columns) - 1)),)
        self._add(tables=Table(name, heads, cells))

    def figure(self, name: str, picture: Any, caption: str = "") -> None:
        """Record a picture: a matplotlib ``Figure``, or an array of shape (H, W) or (H, W, 3), uint8 or in [0, 1].

        Raises ``ValueError`` for a second picture of one name, which would take the first one's file, and for one that
        is too large or cannot be drawn, and ``TypeError`` for what is no picture.
        """
        name = without(text(name, "the name of a figure"), self.secrets)
        if any(figure.name == name for figure in self.findings.figures):
            raise ValueError(f"figure {name!r} is recorded twice: give the second one another name")
        caption = text(caption, f"the caption of figure {name!r}", CAPTION)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{stem(name)}.png"
        if hasattr(picture, "savefig") and hasattr(picture, "get_size_inches"):
            save_drawing(picture, path, f"figure {name!r}")
        else:
            save_image(picture, path, f"figure {name!r}")
        self._add(figures=Figure(name, path.name, caption))

    def _add(self, **finding: Any) -> None:
        from dataclasses import replace

        for kind in finding:
            if len(getattr(self.findings, kind)) >= MOST_FINDINGS:
                raise ValueError(f"a study records at most {MOST_FINDINGS:,} {kind}: give a table, or fewer")
        self.findings = replace(
            self.findings, **{kind: (*getattr(self.findings, kind), value) for kind, value in finding.items()}
        )


def _band(x: list[float], y: list[float]) -> Band | None:
    parts = stretches(x, y)
    return Band(x=parts[0], mean=parts[1], low=parts[2], high=parts[3]) if parts else None
