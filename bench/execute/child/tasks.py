"""The four tasks of a child process: run a study; hold variants against the reference; time them; weigh one."""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import plugins
from bench.errors import PluginError
from bench.execute import names
from bench.execute.messages import Channel, Order, Progress
from bench.execute.outcomes import blame
from bench.lab import CHECKPOINTS, Lab
from bench.measure import agreement, memory, sampling
from bench.model import Agreement, Case, Findings, Observation, Part, Sample, Seen, Task, Work

if TYPE_CHECKING:
    import torch

Call = Callable[[], Any]
INPUTS = 2
"""Timed calls rotate over this many inputs, unless a call is long: then nothing that the last one left is of use."""
NEXT = 7919
"""How far apart the seeds of rotating inputs lie: far from the seeds that users give."""


def run(order: Order, task: Task, channel: Channel) -> Observation:
    """Load the exercise and do the task. What it raises is the caller's to judge."""
    part = find_part(plugins.load(order.module).parts, task.case)
    bench = Bench(order=order, task=task, part=part, channel=channel)
    doing = {"study": study, "agree": agree, "time": time, "weigh": weigh}
    return doing[task.kind](bench)


def find_part(parts: Mapping[str, Part], case: Case) -> Part:
    if case.part not in parts:
        raise PluginError(f"{case.exercise} has no part {case.part!r}; it has {', '.join(parts)}")
    return parts[case.part]


@dataclass(slots=True, kw_only=True)
class Bench:
    """Where one task is done: makes labs, and the calls of every variant."""

    order: Order
    task: Task
    part: Part
    channel: Channel
    findings: Findings = field(default_factory=Findings)

    @property
    def case(self) -> Case:
        return self.task.case

    @property
    def device(self) -> torch.device:
        import torch

        return torch.device(self.case.device)

    @property
    def reference(self) -> str:
        if self.part.reference is None:
            raise PluginError(f"part {self.part.id} is a {self.part.kind}: it has no reference to compare with")
        return self.part.reference

    def lab(self, dtype: torch.dtype, seed: int) -> Lab:
        folder = Path(self.order.folder) / names.folder(self.case)
        lab = Lab(
            device=self.device, dtype=dtype, seed=seed, profile=self.order.profile, folder=folder, data=self.order.data
        )
        lab.tracker = lambda label, done, total: self.channel.send(Progress(label, done, total))
        return lab

    def calls(self, dtype: torch.dtype, seed: int) -> dict[str, Call]:
        """One call a variant, from a fresh set-up. An outside variant that cannot be set up raises when called."""
        lab = self.lab(dtype, seed)
        with seeded(seed, self.device):
            calls = dict(self.part.run(lab, **self.case.parameters))
            for name, setup in self.outside().items():
                if name in calls:
                    raise PluginError(f"a variant from outside is called {name!r}, as one of our own: rename it")
                calls[name] = set_up(setup, lab, self.case.parameters)
        if self.reference not in calls:
            raise PluginError(f"the reference {self.reference!r} is not among the variants {', '.join(calls)}")
        self.findings = lab.findings
        return calls

    def outside(self) -> dict[str, Callable[..., Call]]:
        manager = plugins.outside(map(Path, self.order.files))
        added: dict[str, Callable[..., Call]] = {}
        for variants in manager.hook.bench_variants(exercise=self.case.exercise, part=self.case.part):
            added |= variants
        return added

    def working_on(self, variant: str) -> None:
        """Say whose fault it is if this process dies now."""
        self.channel.send(Progress(variant, variant=variant))

    def work(self) -> Work | None:
        return self.part.work(**self.case.parameters) if self.part.work else None

    def observed(self, variants: dict[str, Seen]) -> Observation:
        return Observation(task=self.task, outcome="ok", findings=self.findings, variants=variants, work=self.work())


def set_up(setup: Callable[..., Call], lab: Lab, parameters: Mapping[str, Any]) -> Call:
    try:
        return setup(lab, **parameters)
    except Exception as error:
        broken = error  # `error` is unbound after this clause

        def fail() -> None:
            raise broken

        return fail


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Every global stream starts from the seed, and is put back afterwards."""
    import numpy as np
    import torch

    python, numpys = random.getstate(), np.random.get_state()  # noqa: NPY002 - an exercise may use the global stream
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002
    try:
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            torch.manual_seed(seed)
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpys)  # noqa: NPY002


def study(bench: Bench) -> Observation:
    import torch

    lab = bench.lab(torch.float64, bench.case.seed)
    with seeded(bench.case.seed, bench.device):
        bench.part.run(lab, **bench.case.parameters)
    shutil.rmtree(lab.folder / CHECKPOINTS, ignore_errors=True)
    inside = lab.folder.relative_to(bench.order.folder)
    figures = tuple(replace(figure, path=str(inside / figure.path)) for figure in lab.findings.figures)
    return Observation(task=bench.task, outcome="ok", findings=replace(lab.findings, figures=figures))


def agree(bench: Bench) -> Observation:
    """Hold every variant in float32 against the reference in float64."""
    import torch

    truth = agreement.named(bench.calls(torch.float64, bench.case.seed)[bench.reference]())
    calls = bench.calls(torch.float32, bench.case.seed)
    reference = agreement.named(calls[bench.reference]())

    def hold(call: Call) -> Seen:
        return judged(agreement.agree(agreement.named(call()), reference, truth, bench.part.tolerance))

    return bench.observed({name: attempt(bench, name, hold, call) for name, call in wanted(bench, calls).items()})


def judged(found: Agreement) -> Seen:
    if found.passed:
        return Seen(agreement=found)
    reason = (
        f"{found.where} is {found.found:.9g} where the reference in float64 gives {found.expected:.9g}: "
        f"off by {found.error:.2g} of the largest value, {found.allowed:.2g} is allowed"
    )
    return Seen(outcome="disagrees", reason=reason, agreement=found)


def wanted(bench: Bench, calls: Mapping[str, Call]) -> dict[str, Call]:
    return {name: call for name, call in calls.items() if name not in bench.task.without}


def attempt(bench: Bench, name: str, action: Callable[..., Seen], *arguments: Any) -> Seen:
    """What one variant gave, or how it failed: the others go on."""
    bench.working_on(name)
    try:
        return action(*arguments)
    except Exception as error:
        outcome, reason, detail = blame(error)
        return Seen(outcome=outcome, reason=reason, detail=detail)


def time(bench: Bench) -> Observation:
    """One round: every variant in this process, blocks interleaved, inputs rotating."""
    effort = sampling.EFFORTS[bench.order.profile]
    inputs, begun = rotating(bench, effort)
    ready: list[sampling.Timed] = []

    def prepare(name: str) -> Seen:
        known = begun if name == bench.reference else ()
        ready.append(sampling.Timed.prepare(name, [calls[name] for calls in inputs], bench.device, effort, known))
        return Seen()

    seen = {name: attempt(bench, name, prepare, name) for name in wanted(bench, inputs[0])}
    return bench.observed(seen | sample(bench, ready))


def rotating(bench: Bench, effort: sampling.Effort) -> tuple[list[dict[str, Call]], list[sampling.Begun]]:
    """The calls of every input, and how the reference began on the first: several inputs, or one where its call is
    long."""
    import torch

    inputs, begun = [bench.calls(torch.float32, bench.case.seed)], []
    bench.working_on(bench.reference)
    with suppress(Exception):  # it is said when the reference is prepared
        begun = [sampling.Begun.by(inputs[0][bench.reference], bench.device)]
        if begun[0].long(effort):
            return inputs, begun
    return inputs + [bench.calls(torch.float32, bench.case.seed + NEXT * k) for k in range(1, INPUTS)], begun


def sample(bench: Bench, ready: list[sampling.Timed]) -> dict[str, Seen]:
    samples: dict[str, list[Sample]] = defaultdict(list)
    failed: dict[str, Seen] = {}
    rng = random.Random(f"{bench.case.seed} {bench.task.round}")

    def one(timed: sampling.Timed, turn: int) -> Seen:
        samples[timed.name].append(timed.sample(turn, bench.task.round, bench.device))
        return Seen()

    with sampling.quiet():
        for timed, turn in sampling.interleave(ready, rng):
            if timed.name not in failed:
                seen = attempt(bench, timed.name, one, timed, turn)
                if seen.outcome != "ok":
                    failed[timed.name] = seen
    return {name: Seen(samples=tuple(taken)) for name, taken in samples.items()} | failed


def weigh(bench: Bench) -> Observation:
    """The peak of one variant's first call on a fresh set-up, after another set-up has warmed the libraries."""
    import torch

    memory.return_memory_at_once()
    variant = bench.case.variant or bench.reference
    bench.working_on(variant)
    bench.calls(torch.float32, bench.case.seed + NEXT)[variant]()
    call = bench.calls(torch.float32, bench.case.seed)[variant]
    return bench.observed({variant: Seen(memory=memory.weigh(call, bench.device))})
