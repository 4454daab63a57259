"""What a run keeps: its cases, what each task saw, and the records that are put together from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bench.model.declared import ExerciseInfo, Parameter, Profile, Work
from bench.model.found import NOTHING, Agreement, Claim, Findings, Memory, Sample

SCHEMA = 1

Outcome = Literal["ok", "disagrees", "skipped", "failed", "timeout", "oom"]


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a task saw of one variant."""

    outcome: Outcome = "ok"
    reason: str = ""
    detail: str = ""
    agreement: Agreement | None = None
    samples: tuple[Sample, ...] = ()
    memory: Memory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one task gave: the line that the journal keeps. Records are put together from these."""

    task: Task
    outcome: Outcome
    reason: str = ""
    detail: str = ""
    missing: bool = False
    seconds: float = 0.0
    findings: Findings = NOTHING
    variants: dict[str, Seen] = field(default_factory=dict)
    work: Work | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one case gave, whatever happened. ``missing`` marks a device, data set or package that is not here."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
