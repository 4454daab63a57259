"""Where one task is done: labs for it, and the calls of an exercise's own variants."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bench import masking
from bench.errors import PluginError
from bench.execute.messages import Order, Progress
from bench.execute.outcomes import one_line, outcome_of
from bench.lab import Lab
from bench.measure.world import seeded
from bench.model import Case, Disturbance, Findings, Observation, Parameter, Part, Task, VariantResult, Work, changes
from bench.texts import NAME, brief, kind_of, text

if TYPE_CHECKING:
    import torch

Call = Callable[[], Any]
NEXT = 7919
"""How far apart the seeds of several inputs lie: far from the seeds that users give."""


class Teller(Protocol):
    """Whoever is told how far a task has come."""

    def send(self, message: Progress) -> None: ...

    def mark(self, variant: str) -> None: ...


@dataclass(slots=True, kw_only=True)
class TaskContext:
    """Where one task is done: makes labs, and the calls of every variant."""

    order: Order
    task: Task
    part: Part
    channel: Teller
    findings: Findings = field(default_factory=Findings)
    disturbance: Disturbance | None = None

    @property
    def case(self) -> Case:
        return self.task.case

    @property
    def values(self) -> dict[str, Parameter]:
        """The parameters as a call gets them: a secret is masked in the case."""
        return masking.revealed(self.case.parameters, self.order.secrets)

    @property
    def device(self) -> torch.device:
        import torch

        return torch.device(self.case.device)

    @property
    def reference(self) -> str:
        if self.part.reference is None:
            raise PluginError(f"part {self.part.id} is a {self.part.kind}: it has no reference to compare with")
        return text(self.part.reference, "the reference", NAME)

    @property
    def rng(self) -> random.Random:
        """What is drawn by lot in a round: not the same in every one, or it would be a bias that nothing averages."""
        return random.Random(f"{self.case.seed} {self.task.round}")

    def lab(self, dtype: torch.dtype, seed: int) -> Lab:
        lab = lab_of(self.order, self.case, dtype, seed)
        lab.changed = tuple(changes(self.case.parameters, self.part.described.at(self.order.profile).parameters))
        lab.sharing = self.sharing
        lab.tracker = lambda label, done, total: self.channel.send(Progress(label, done, total))
        return lab

    @property
    def sharing(self) -> Path | None:
        """None where trainings are to leave checkpoints, each part its own, and where a guest could write there."""
        if not self.order.scratch or self.order.keep_checkpoints or self.order.guests:
            return None
        return Path(self.order.scratch, "shared", self.case.exercise)

    def calls(self, dtype: torch.dtype, seed: int) -> dict[str, Call]:
        """One call for each of the exercise's own variants, from a fresh set-up."""
        lab = self.lab(dtype, seed)
        with seeded(seed, self.device):
            calls = by_name(self.part.run(lab, **self.values), self.part)
        if self.reference not in calls:
            raise PluginError(f"the reference {self.reference!r} is not among the variants {', '.join(calls)}")
        self.findings = lab.findings
        return calls

    def wanted(self, names: Mapping[str, Any]) -> list[str]:
        """Those that no earlier task has found unsound."""
        return [name for name in names if name not in self.task.without]

    def working_on(self, variant: str) -> None:
        """Say whose fault it is if this process dies now."""
        self.channel.send(Progress(variant, variant=variant))
        self.channel.mark(variant)

    def attempt(self, name: str, action: Callable[[], VariantResult]) -> VariantResult:
        """What one variant gave, or how it failed: the others go on."""
        self.working_on(name)
        return attempted(action)

    def observed(self, variants: dict[str, VariantResult]) -> Observation:
        work = self.work()
        return Observation(task=self.task, outcome="ok", findings=self.findings, variants=variants, work=work)

    def work(self) -> Work | None:
        """What one call gets done, where the part says it. Raises ``PluginError`` where that is no ``Work``."""
        if self.part.work is None:
            return None
        try:
            work = self.part.work(**self.values)
        except Exception as error:
            raise PluginError(f"work of part {self.part.id!r} raises {one_line(error)}") from error
        if not isinstance(work, Work):
            raise PluginError(f"work of part {self.part.id!r} gives {kind_of(work)} ({brief(work)}): give a Work")
        return work


def by_name(given: Any, part: Part) -> dict[str, Any]:
    """What a set-up gave, by names that can be shown. Raises ``PluginError`` for anything but a mapping with texts for
    names, each once."""
    if not isinstance(given, Mapping):
        raise PluginError(
            f"the set-up of part {part.id!r} gives {kind_of(given)} ({brief(given)}): give a dict of calls"
        )
    named: dict[str, Any] = {}
    for name, call in given.items():
        if not isinstance(name, str) or not name.strip():
            raise PluginError(f"part {part.id!r} has a variant called {brief(name)}: give it a name, a text")
        shown = text(name, "the name of a variant", NAME)
        if shown in named:
            raise PluginError(f"part {part.id!r} has two variants called {shown!r}: rename one of them")
        named[shown] = call
    return named


def attempted(action: Callable[[], VariantResult]) -> VariantResult:
    try:
        return action()
    except BaseException as error:  # an author may derive from that, and the other variants go on all the same
        outcome, reason, detail = outcome_of(error)
        return VariantResult(outcome=outcome, reason=reason, detail=detail)


def lab_of(order: Order, case: Case, dtype: torch.dtype, seed: int) -> Lab:
    import torch

    return Lab(
        device=torch.device(case.device),
        dtype=dtype,
        seed=seed,
        profile=order.profile,
        folder=Path(order.folder),
        data=order.data,
        secrets=order.secrets,
    )
