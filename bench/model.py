"""The nouns: what an exercise declares, and what a run has seen. All values are frozen.

Lengths of time are in seconds, sizes of memory in bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

SCHEMA = 1

Scalar = bool | int | float | str
Parameter = Scalar | tuple[Scalar, ...]
Cell = Scalar | None
Outcome = Literal["ok", "disagrees", "skipped", "failed", "timeout", "oom"]
Relation = Literal["at_most", "at_least", "equals"]
Scale = Literal["linear", "log-x", "log-y", "log-log"]
Kind = Literal["study", "comparison"]
Profile = Literal["smoke", "quick", "full"]


@dataclass(frozen=True, slots=True)
class Work:
    """What one call of a variant gets done: ``Work(400, "images")`` turns seconds into images per second."""

    count: int
    unit: str


@dataclass(frozen=True, slots=True)
class Part:
    """One lettered question: a study, or a comparison of variants against a reference."""

    id: str
    title: str
    kind: Kind
    run: Callable[..., Any]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    reference: str | None = None
    work: Callable[..., Work] | None = None
    devices: tuple[str, ...] = ("cpu", "cuda")
    tolerance: float | None = None


@dataclass(slots=True)
class Exercise:
    """One exercise: its tags, and the parts that its decorators collect in order."""

    tags: tuple[str, ...] = ()
    parts: dict[str, Part] = field(default_factory=dict)

    def study(
        self, id: str, title: str, *, devices: tuple[str, ...] = ("cpu", "cuda"), **parameters: Parameter
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Register ``run(lab, **parameters) -> None``, called once per device and seed.

        A study receives its parameters as they are declared: a tuple arrives whole.
        ``--param name=value`` replaces one. ``lab.dtype`` is float64.
        """
        return self._register(lambda run: Part(id, title, "study", run, parameters, devices=devices))

    def comparison(
        self,
        id: str,
        title: str,
        *,
        reference: str,
        work: Callable[..., Work] | None = None,
        devices: tuple[str, ...] = ("cpu", "cuda"),
        tolerance: float | None = None,
        **parameters: Parameter,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register ``setup(lab, **parameters) -> {variant: call}``, the untimed set-up of a comparison.

        A tuple parameter is swept: the set-up is called with one value at a time. Every call takes no
        arguments and gives a tensor or a mapping of named tensors, freshly computed each time. ``work(**parameters)``
        says what one call gets done. ``tolerance`` replaces the error that is allowed against the float64 reference;
        by default it is a small factor of the reference's own error in the same dtype.
        """
        return self._register(
            lambda run: Part(id, title, "comparison", run, parameters, reference, work, devices, tolerance)
        )

    def _register(self, make: Callable[[Callable[..., Any]], Part]) -> Callable[[Callable[..., Any]], Any]:
        def decorate(run: Callable[..., Any]) -> Callable[..., Any]:
            part = make(run)
            if part.id in self.parts:
                raise ValueError(f"part {part.id!r} is declared twice")
            self.parts[part.id] = part
            return run

        return decorate


@dataclass(frozen=True, slots=True)
class PartInfo:
    """A part without its code: what a report needs to know."""

    id: str
    title: str
    kind: Kind
    parameters: dict[str, Parameter] = field(default_factory=dict)
    reference: str | None = None
    devices: tuple[str, ...] = ("cpu", "cuda")


@dataclass(frozen=True, slots=True)
class ExerciseInfo:
    """An exercise without its code, with its written answer (Markdown)."""

    id: str
    title: str
    tags: tuple[str, ...] = ()
    parts: tuple[PartInfo, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement that was checked: its value, held against a bound."""

    name: str
    value: float
    relation: Relation
    bound: float

    @property
    def passed(self) -> bool:
        if self.relation == "at_most":
            return self.value <= self.bound
        if self.relation == "at_least":
            return self.value >= self.bound
        return self.value == self.bound


@dataclass(frozen=True, slots=True)
class Metric:
    """A number worth reporting that nothing is claimed of."""

    name: str
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a chart. Curves of one ``name`` are drawn together, one per ``series``."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    series: str = ""
    x_label: str = ""
    y_label: str = ""
    scale: Scale = "linear"
    thinned_from: int | None = None
    """How many points there were, where only some are kept."""


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture in the run's folder; ``path`` is relative to it."""

    name: str
    path: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class DataSource:
    """Where the numbers came from. ``sizes`` counts the items of each split."""

    name: str
    source: str
    sha256: str
    sizes: dict[str, int]
    stand_in: bool = False


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a study has recorded."""

    claims: tuple[Claim, ...] = ()
    metrics: tuple[Metric, ...] = ()
    curves: tuple[Curve, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    data: tuple[DataSource, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a variant is from the float64 reference: ``max|variant - truth| / max|truth|``, the worst tensor.

    ``reference_error`` is the same number for the reference in the variant's dtype, ``allowed`` the bound,
    ``where`` the worst element, with what was found and expected there.
    """

    error: float
    allowed: float
    reference_error: float
    dtype: str
    where: str = ""
    found: float | None = None
    expected: float | None = None

    @property
    def passed(self) -> bool:
        return self.error <= self.allowed


@dataclass(frozen=True, slots=True)
class Sample:
    """One timed block: ``calls`` calls took ``seconds`` of wall time, in process number ``round``."""

    round: int
    calls: int
    seconds: float
    gpu_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """Peaks above the baseline after set-up, one per fresh process, and the meter that gave them."""

    peaks: tuple[int, ...]
    baseline: int
    source: str
    reserved: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What one record is about. A study has no variant."""

    exercise: str
    part: str
    device: str
    seed: int
    parameters: dict[str, Parameter] = field(default_factory=dict)
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What one child process does.

    ``study`` runs a study; ``agree`` holds every variant against the reference; ``time`` takes the samples of one
    round, variants interleaved; ``weigh`` takes one peak of one variant. ``case.variant`` is set for ``weigh`` alone.
    ``without`` names variants that already failed.
    """

    kind: Literal["study", "agree", "time", "weigh"]
    case: Case
    round: int = 0
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a task saw of one variant."""

    outcome: Outcome = "ok"
    reason: str = ""
    detail: str = ""
    agreement: Agreement | None = None
    samples: tuple[Sample, ...] = ()
    memory: Memory | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What one task gave: the line that the journal keeps. Records are put together from these."""

    task: Task
    outcome: Outcome
    reason: str = ""
    detail: str = ""
    missing: bool = False
    seconds: float = 0.0
    findings: Findings = Findings()
    variants: dict[str, Seen] = field(default_factory=dict)
    work: Work | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What one case gave, whatever happened. ``missing`` marks a device, data set or package that is not here."""

    case: Case
    outcome: Outcome
    reason: str = ""
    detail: str = ""
    missing: bool = False
    seconds: float = 0.0
    findings: Findings = Findings()
    agreement: Agreement | None = None
    samples: tuple[Sample, ...] = ()
    memory: Memory | None = None
    work: Work | None = None

    @property
    def failed_claims(self) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.findings.claims if not claim.passed)

    @property
    def passed(self) -> bool:
        """Nothing went wrong: a skipped case that misses nothing counts as passed."""
        return self.outcome in ("ok", "skipped") and not self.failed_claims


@dataclass(frozen=True, slots=True)
class Broken:
    """A plugin that could not be loaded, and why."""

    exercise: str
    reason: str


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a run took place. Runs that differ in these are not comparable."""

    python: str
    torch: str
    platform: str
    cpu: str
    cores: int
    memory: int
    threads: int
    gpu: str = ""
    driver: str = ""
    cuda: str = ""
    commit: str = ""
    dirty: bool = False
    packages: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """All records of one command: the content of ``run.json``."""

    schema: int
    id: str
    created: str
    command: tuple[str, ...]
    profile: Profile
    devices: tuple[str, ...]
    seeds: tuple[int, ...]
    data: str
    environment: Environment
    exercises: tuple[ExerciseInfo, ...] = ()
    records: tuple[Record, ...] = ()
    broken: tuple[Broken, ...] = ()
    finished: bool = True
