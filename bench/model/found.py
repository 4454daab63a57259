"""What was found: by a study, and of a variant. Lengths of time are in seconds, sizes of memory in bytes."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Literal

from bench.model.limits import Scalar

Cell = Scalar | None
Relation = Literal["at_most", "at_least", "equals"]
Scale = Literal["linear", "log-x", "log-y", "log-log"]
CurveKind = Literal["", "course", "noise", "law"]
"""What a curve is a picture of: the course of a training, a noisy sequence, or a law with its points."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A noisy curve in stretches, taken from all of its points.

    Of each stretch the means of x and of y, and the values of y that a tenth of its points lie below (``low``) and
    above (``high``).
    """

    x: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One line of a chart. Curves of one ``name`` are drawn together, one per ``series``; ``kind`` says how."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    series: str = ""
    x_label: str = ""
    y_label: str = ""
    scale: Scale = "linear"
    thinned_from: int | None = None
    """How many points there were, where only some are kept."""
    kind: CurveKind = ""
    band: Band | None = None
    """Of noise and of every thinned curve; ``None`` where the points are too few for tenths of them."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSource:
    """Where the numbers came from. ``sizes`` counts the items of each split."""

    name: str
    source: str
    sha256: str
    sizes: dict[str, int]
    stand_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that a study has recorded. ``unmade`` names claims that hold for the declared values of the parameters
    only, and were not made of others."""

    claims: tuple[Claim, ...] = ()
    metrics: tuple[Metric, ...] = ()
    curves: tuple[Curve, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    data: tuple[DataSource, ...] = ()
    unmade: tuple[str, ...] = ()


NOTHING = Findings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far a variant is from the float64 reference: ``max|variant - truth| / max|truth|``, of the tensor that takes
    most of what it is allowed.

    ``reference_error`` is the same number of the same tensor for the reference in the variant's dtype, ``allowed`` the
    bound, ``where`` the worst element, with what was found and expected there.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What one process measured of one variant: blocks of ``calls`` calls.

    ``seconds`` is the wall time of a block, ``gpu_seconds`` its time between two events. A process that took many
    blocks keeps them all in ``laps``, in the order of the laps: on CUDA the GPU's times; ``seconds`` is then their
    median. ``waited`` is the share of their time in which the thread was ready and had no core; ``retaken`` counts
    blocks that were taken again for that. ``asking`` is the share of a block that went into asking another process for
    it: 0 for one that was timed in this process.

    In a race a block is one run of a method to the target, its steps alone, and a call is that run.
    """

    round: int
    calls: int
    seconds: float
    gpu_seconds: float | None = None
    laps: tuple[float, ...] = ()
    waited: float = 0.0
    retaken: int = 0
    asking: float = 0.0


End = Literal["reached", "limit", "diverged", "over"]
"""How a run of a method ended: at the target, at the limit of steps, at a value that is not finite, by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a method went towards the target of a race, in ``runs`` runs that took as many steps and ended alike.

    ``best`` is the best value on the way, ``None`` where none was finite; ``seconds`` is the time of all steps of the
    first of these runs.
    """

    end: End
    steps: int
    evaluations: int
    best: float | None
    seconds: float
    runs: int = 1

    @property
    def is_reached(self) -> bool:
        return self.end == "reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuState:
    """What NVIDIA's driver says of a GPU: the clock of its processors in MHz, what holds that clock down, and how many
    other processes compute there."""

    clock: int = 0
    limits: tuple[str, ...] = ()
    others: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """What the machine did while one process measured for ``seconds``; 0 where the kernel does not say.

    ``load`` is the load average of the minute before. ``stolen`` is the share of the cores' busy time that a hypervisor
    took, ``throttled`` the share of the time for which a quota stopped the process. ``switches`` counts how often the
    thread lost its core against its will.
    """

    seconds: float
    load: float = 0.0
    stolen: float = 0.0
    throttled: float = 0.0
    switches: int = 0
    gpu: GpuState | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """Peaks above the baseline after set-up, one per fresh process, and the meter that gave them.

    ``tensors`` is the peak of what torch's allocator handed out for tensors in one call, and the same in every process;
    ``None`` where it was not counted. ``children`` is the peak of the private memory of child processes, sampled; 0 for
    children that were seen and are not weighed, ``None`` where none was seen.
    """

    peaks: tuple[int, ...]
    baseline: int
    source: str
    reserved: int | None = None
    _: KW_ONLY
    tensors: int | None = None
    children: int | None = None
