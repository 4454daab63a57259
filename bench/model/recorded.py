"""What a run keeps: its cases, what each task saw, and the records that are put together from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from bench.model.case import Case, Task
from bench.model.declared import ExerciseInfo, Profile, Work
from bench.model.found import NOTHING, Agreement, Claim, Curve, Disturbance, Findings, Memory, Sample, Trial

SCHEMA = 2

Outcome = Literal["ok", "disagrees", "skipped", "failed", "timeout", "oom"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantResult:
    """What a task saw of one variant. ``notes`` are what is worth knowing of it though nothing failed.

    Of a method in a race there are ``trials``, one for each way in which its runs went, and ``curves`` of its course.
    """

    outcome: Outcome = "ok"
    reason: str = ""
    detail: str = ""
    agreement: Agreement | None = None
    samples: tuple[Sample, ...] = ()
    memory: Memory | None = None
    notes: tuple[str, ...] = ()
    trials: tuple[Trial, ...] = ()
    curves: tuple[Curve, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one task gave: the line that the journal keeps. Records are put together from these.

    ``checkpoints`` are files that were kept, relative to the run's folder.
    """

    task: Task
    outcome: Outcome
    reason: str = ""
    detail: str = ""
    missing: bool = False
    seconds: float = 0.0
    findings: Findings = NOTHING
    variants: dict[str, VariantResult] = field(default_factory=dict)
    work: Work | None = None
    disturbance: Disturbance | None = None
    checkpoints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one case gave, whatever happened. ``missing`` marks a device, data set or package that is not here;
    ``checkpoints`` are as in ``Observation``; ``place`` is where it was done, one of ``Run.places``:
    the first where it is empty, as in runs of schema 1.

    A method in a race has ``trials``; it has ``samples`` only where every one of its runs reached the target.
    """

    case: Case
    outcome: Outcome
    reason: str = ""
    detail: str = ""
    missing: bool = False
    seconds: float = 0.0
    findings: Findings = NOTHING
    agreement: Agreement | None = None
    samples: tuple[Sample, ...] = ()
    memory: Memory | None = None
    work: Work | None = None
    notes: tuple[str, ...] = ()
    disturbance: Disturbance | None = None
    trials: tuple[Trial, ...] = ()
    checkpoints: tuple[str, ...] = ()
    place: str = ""

    @property
    def failed_claims(self) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.findings.claims if not claim.passed)

    @property
    def passed(self) -> bool:
        """Nothing went wrong. A skipped case counts as passed, whatever it misses: ``missing`` says so by itself."""
        return self.outcome in ("ok", "skipped") and not self.failed_claims


@dataclass(frozen=True, slots=True)
class Broken:
    """A plugin that could not be loaded, and why. ``exercise`` is its id; a file of the user's, or a plugin of another
    distribution, stands there by its name."""

    exercise: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where a run took place. Runs that differ in these are not comparable, except for ``host``, the machine's name:
    two machines may be alike. ``gpu_id`` is the UUID of the device, for a node may have several of one kind."""

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
    host: str = ""
    gpu_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseFloor:
    """What ``bench doctor --noise`` found: how well a ratio of identical work is known here in profile quick.

    ``widths`` holds the half-width of its interval (of the logarithm: 0.018 is ± 1.8 %) for each kind of work;
    ``waited`` is the share of the time in which the thread was ready and had no core, ``stolen`` and ``throttled`` are
    those of a ``Disturbance``; ``wander`` is the slowest half second of one fixed loop over its fastest. It holds for a
    processor, a number of cores and of threads, and until the next ``boot``.
    """

    created: str
    widths: dict[str, float]
    waited: float
    wander: float
    cpu: str
    cores: int
    threads: int
    boot: str
    stolen: float = 0.0
    throttled: float = 0.0

    @property
    def widest(self) -> float:
        return max(self.widths.values(), default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The most that a device was seen to reach, with as many threads as the variants have: ``flops`` per second by a
    matrix product in ``dtype``, ``bandwidth`` in bytes per second by a triad over three arrays of ``array`` bytes each.
    ``place`` is as in ``Record``.
    """

    device: str
    flops: float
    bandwidth: float
    threads: int
    array: int
    dtype: str = "float32"
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One machine, or one share of it, of a run that was done on several; ``floor`` is what was known of its noise."""

    environment: Environment
    floor: NoiseFloor | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the user's own (``--with``) as it was when the run was planned: it travels as text, and is loaded from
    it. ``path`` is its name in error messages."""

    path: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A variant from outside: what ``source`` offers to one part as ``offered``, and is shown as ``name``.

    ``source`` is the path of a file of the user's, or the name under which another distribution registers a plugin.
    """

    source: str
    exercise: str
    part: str
    offered: str
    name: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run was asked for, as far as nothing else of its plan tells: enough to plan an exercise that was broken.

    ``names`` are exercises and their questions, ``only`` is a kind of parts or empty, ``given`` has the texts of the
    parameters, and an import may take ``import_seconds``.
    """

    names: tuple[str, ...]
    only: str
    given: dict[str, tuple[str, ...]]
    import_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is known before the first task: the first line of the journal, and enough to go on from it.

    ``tasks`` holds the first task of every case; ``modules`` says where each exercise is imported from; ``timeout`` is
    in seconds for one task; ``files`` are those of ``--with``, and ``guests`` the variants that come from outside;
    ``floor`` is what was known of this machine's noise; ``code`` and ``continued`` are as in ``Run``. ``memory`` is the
    most bytes that one task may take, where that is bounded. ``data_digests`` has the SHA-256 of each data set that the
    machine has for which this was planned, where others are to have the same. ``scope`` is ``None`` in older journals,
    and where the run goes on from the checkpoints of another one.
    """

    schema: int
    id: str
    created: str
    command: tuple[str, ...]
    profile: Profile
    devices: tuple[str, ...]
    seeds: tuple[int, ...]
    data: str
    threads: int
    timeout: float | None
    environment: Environment
    exercises: tuple[ExerciseInfo, ...]
    broken: tuple[Broken, ...]
    tasks: tuple[Task, ...]
    files: tuple[SourceFile, ...] = ()
    guests: tuple[Guest, ...] = ()
    modules: dict[str, str] = field(default_factory=dict)
    code: dict[str, str] = field(default_factory=dict)
    stop_first: bool = False
    floor: NoiseFloor | None = None
    keep_checkpoints: bool = False
    continued: str = ""
    memory: int | None = None
    data_digests: dict[str, str] = field(default_factory=dict)
    scope: Scope | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All records of one command: the content of ``run.json``.

    Of ``timing_seconds``, which the processes that timed took in all, blocks took ``clock_seconds``.
    ``code`` has the SHA-256 of the files that it ran: those of an exercise by the name that they are imported from,
    such as ``bench_exercises/ex07_iris_by_hand/speed.py``, and what came with ``--with`` by its path. ``floor`` is what
    was known of this machine's noise. ``continued`` is the id of the run whose checkpoints this one has gone on from.
    ``peaks`` are those of the devices on which work with flops and bytes was timed.

    ``environment`` and ``floor`` are those of its first place: the only one, unless it was done on several machines.
    ``elsewhere`` has the others, each by the name that its records have as their ``place``.
    """

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
    code: dict[str, str] = field(default_factory=dict)
    finished: bool = True
    floor: NoiseFloor | None = None
    timing_seconds: float = 0.0
    clock_seconds: float = 0.0
    continued: str = ""
    peaks: tuple[Peak, ...] = ()
    elsewhere: dict[str, Place] = field(default_factory=dict)

    @property
    def places(self) -> dict[str, Place]:
        """Every place by its name, the first one first."""
        return {self.environment.host: Place(environment=self.environment, floor=self.floor)} | self.elsewhere

    def at(self, place: str) -> Place:
        """A place by its name, as records have it."""
        return self.elsewhere.get(place) or Place(environment=self.environment, floor=self.floor)

    @property
    def is_spread(self) -> bool:
        """Whether it has several places."""
        return bool(self.elsewhere)

    def where(self, item: Record | Peak) -> str:
        """The name of the place of a record or a peak."""
        return item.place or self.environment.host

    def peaks_at(self, place: str) -> tuple[Peak, ...]:
        """What the devices of a place were seen to reach."""
        return tuple(peak for peak in self.peaks if self.where(peak) == (place or self.environment.host))

    def by_part(self) -> dict[tuple[str, str], tuple[Record, ...]]:
        """The records of each exercise and part, in their order: for whoever goes through all parts."""
        parts: dict[tuple[str, str], list[Record]] = {}
        for record in self.records:
            parts.setdefault((record.case.exercise, record.case.part), []).append(record)
        return {part: tuple(records) for part, records in parts.items()}

    def only(self, place: str) -> Run:
        """What was done on one place, as a run of that place alone."""
        here = self.at(place)
        return replace(
            self,
            environment=here.environment,
            floor=here.floor,
            records=tuple(record for record in self.records if self.where(record) == place),
            peaks=self.peaks_at(place),
            elsewhere={},
        )
