"""What came of a task, and what a run makes of it: replies become observations, those records, and those a run.

Everything here is a pure function, so that a run that was interrupted, continued, or done in another order is the same.
"""

from __future__ import annotations

import math
import signal
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from bench.analysis import races
from bench.execute.messages import Reply
from bench.execute.outcomes import OUT_OF_MEMORY, SEVERITY, ends, sized
from bench.execute.refusing import refusal
from bench.model import (
    SCHEMA,
    Case,
    Disturbance,
    GpuState,
    Memory,
    Observation,
    Outcome,
    Plan,
    Record,
    Run,
    Sample,
    Task,
    VariantResult,
)

ORDER = {"study": 0, "agree": 1, "time": 2, "race": 2, "weigh": 3}
"""In which the tasks of a case come, and their observations."""
ABORTED = "Fatal Python error"
"""How faulthandler begins."""


def observation_of(task: Task, reply: Reply, timeout: float | None) -> Observation:
    """The child's own observation, or one that says how it died; ``timeout`` in seconds is what it had."""
    if isinstance(reply.answer, Observation) and not reply.timed_out:
        # What no reader of the run would take must not get into it: it would be refused with all that is beside it.
        if wrong := refusal(reply.answer):
            return Observation(task=task, outcome="failed", reason=sized(f"what it gave is no measurement: {wrong}"))
        return placed(bounded(reply.answer), task.case.folder)
    outcome, reason = death(reply, timeout)
    detail = ends(reply.ended.output)
    culprit = VariantResult(outcome=outcome, reason=reason, detail=detail)
    return Observation(
        task=task,
        outcome=outcome,
        reason=reason,
        detail=detail,
        variants={reply.variant: culprit} if reply.variant else {},
    )


def bounded(observation: Observation) -> Observation:
    """With reasons and details of the length that a run keeps, whoever has written them."""
    variants = {
        name: replace(each, reason=sized(each.reason), detail=ends(each.detail)) if each.reason or each.detail else each
        for name, each in observation.variants.items()
    }
    return replace(observation, reason=sized(observation.reason), detail=ends(observation.detail), variants=variants)


def placed(observation: Observation, folder: PurePosixPath) -> Observation:
    """With the paths of its files as the run has them: the child knows its own folder only."""
    figures = tuple(replace(figure, path=str(folder / figure.path)) for figure in observation.findings.figures)
    checkpoints = tuple(str(folder / path) for path in observation.checkpoints)
    return replace(observation, findings=replace(observation.findings, figures=figures), checkpoints=checkpoints)


def death(reply: Reply, timeout: float | None) -> tuple[Outcome, str]:
    """How a child ended that gave no answer."""
    status = reply.ended.status
    if reply.timed_out:
        return "timeout", f"took longer than {timeout:g} s and was killed; --timeout allows more"
    if status == -signal.SIGKILL and reply.starved:
        return "oom", "the kernel killed it, for the machine had no memory left"
    if reply.cause:
        return "failed", reply.cause
    if status == -signal.SIGABRT and (words := starving(reply.ended.output)):
        return "oom", sized(f"aborted: {words}")
    if status < 0:
        return "failed", f"died of {signal_name(-status)}"
    why = f": {reply.ended.words}" if reply.ended.words else ""
    return "failed", sized(f"ended with exit status {status} before it gave an answer{why}")


def starving(output: str) -> str:
    """The line in which a library says that it aborts for want of memory, as LLVM does where Numba compiles; empty
    where there is none."""
    # What follows is Python's own account of it, and names files.
    said, _, _ = output.partition(ABORTED)
    return next((line.strip() for line in said.splitlines() if any(words in line for words in OUT_OF_MEMORY)), "")


def signal_name(number: int) -> str:
    try:
        return f"{signal.Signals(number).name} ({signal.strsignal(number)})"
    except ValueError:
        return f"signal {number}"


def run_of(plan: Plan, observations: Iterable[Observation], *, finished: bool) -> Run:
    """The run that a plan and its observations make, whatever order they came in; all of it is of the plan's place."""
    observations = tuple(observations)
    timing_seconds, clock_seconds = seconds_of(observations)
    return Run(
        schema=SCHEMA,
        id=plan.id,
        created=plan.created,
        command=plan.command,
        profile=plan.profile,
        devices=plan.devices,
        seeds=plan.seeds,
        data=plan.data,
        environment=plan.environment,
        exercises=plan.exercises,
        records=tuple(replace(record, place=plan.environment.host) for record in records(plan.tasks, observations)),
        broken=plan.broken,
        code=plan.code,
        finished=finished,
        timing_seconds=timing_seconds,
        clock_seconds=clock_seconds,
        floor=plan.floor,
        continued=plan.continued,
    )


def seconds_of(observations: Iterable[Observation]) -> tuple[float, float]:
    """What the processes that timed took in all, and their blocks."""
    timed = [each for each in observations if each.task.is_timed]
    samples = [sample for each in timed for result in each.variants.values() for sample in result.samples]
    # fsum rounds once: whatever order observations came in, a run has the same bits.
    return math.fsum(each.seconds for each in timed), math.fsum(lap for sample in samples for lap in sample.laps)


def records(planned: Iterable[Task], observations: Iterable[Observation]) -> tuple[Record, ...]:
    """Every record that the observations give, in the order of the plan."""
    # A run that was interrupted has cases that nothing was observed of.
    by_case: dict[Case, list[Observation]] = {task.case.whole: [] for task in planned}
    for observation in observations:
        by_case[observation.task.case.whole].append(observation)
    return tuple(record for of_one in by_case.values() if of_one for record in records_of_case(of_one))


def records_of_case(observations: Iterable[Observation]) -> tuple[Record, ...]:
    """The record of a study, or one record a variant of a comparison or a method of a race."""
    ordered = sorted(observations, key=lambda each: place_of(each.task))
    case = ordered[0].task.case.whole
    variants = list(dict.fromkeys(name for observation in ordered for name in observation.variants))
    if not variants:
        return (whole(case, ordered[0]),)
    return races.judged(tuple(of_variant(replace(case, variant=name), ordered) for name in variants))


def place_of(task: Task) -> tuple[int, int, int]:
    """When a task is done in its case; a second attempt leaves out more than the first."""
    return ORDER[task.kind], task.round, len(task.without)


def whole(case: Case, observation: Observation) -> Record:
    """The record of a case that was not told apart by variants."""
    return Record(
        case=case,
        outcome=observation.outcome,
        reason=observation.reason,
        detail=observation.detail,
        missing=observation.missing,
        seconds=observation.seconds,
        findings=observation.findings,
        checkpoints=observation.checkpoints,
    )


def of_variant(case: Case, observations: Sequence[Observation]) -> Record:
    """The record of one variant from what all tasks of its case observed."""
    name = str(case.variant)
    concern = concerning(name, observations)
    results = [result_of(name, observation) for observation in concern]
    # Of equally bad ones the first: what came after it may have followed from it.
    worst = max(results, key=lambda result: SEVERITY[result.outcome])
    trials = races.merged(trial for result in results for trial in result.trials)
    curves = next((result.curves for result in results if result.curves), ())
    return Record(
        case=case,
        outcome=worst.outcome,
        reason=worst.reason,
        detail=worst.detail,
        missing=any(observation.missing for observation in concern),
        seconds=sum(observation.seconds for observation in concern),
        findings=replace(concern[0].findings, curves=concern[0].findings.curves + curves),
        agreement=next((result.agreement for result in results if result.agreement), None),
        # Of the runs that happened to arrive alone, a time would flatter.
        samples=samples_of(results) if races.arrives(trials) or not trials else (),
        memory=together([result.memory for result in results if result.memory]),
        work=next((observation.work for observation in concern if observation.work), None),
        notes=tuple(dict.fromkeys(note for result in results for note in result.notes)),
        disturbance=endured([observation.disturbance for observation in concern if observation.disturbance]),
        trials=trials,
    )


def samples_of(results: Iterable[VariantResult]) -> tuple[Sample, ...]:
    return tuple(sample for result in results for sample in result.samples)


def concerning(name: str, observations: Sequence[Observation]) -> list[Observation]:
    """The observations that say something of a variant."""
    shared = [observation for observation in observations if observation.task.case.variant is None]
    weighed = [observation for observation in observations if observation.task.case.variant == name]
    # A variant may have been weighed before the clock found it out: a record of what failed has no memory.
    sound = all(result_of(name, observation).outcome == "ok" for observation in shared)
    return shared + weighed if sound else shared


def result_of(name: str, observation: Observation) -> VariantResult:
    """What an observation says of one variant. A child that died of another variant says nothing of this one."""
    if name in observation.variants:
        return observation.variants[name]
    if observation.outcome == "ok" or observation.variants:
        return VariantResult()
    return VariantResult(outcome=observation.outcome, reason=observation.reason, detail=observation.detail)


def together(memories: Sequence[Memory]) -> Memory | None:
    """The peaks of several fresh processes as one value; the largest of whatever else there is."""
    if not memories:
        return None
    reserved = [memory.reserved for memory in memories if memory.reserved is not None]
    tensors = [memory.tensors for memory in memories if memory.tensors is not None]
    children = [memory.children for memory in memories if memory.children is not None]
    return Memory(
        tuple(peak for memory in memories for peak in memory.peaks),
        max(memory.baseline for memory in memories),
        memories[0].source,
        max(reserved, default=None),
        # Only counted in some processes: a call about as long as is counted. They would be the same in the others.
        tensors=max(tensors, default=None),
        children=max(children, default=None),
    )


def endured(disturbances: Sequence[Disturbance]) -> Disturbance | None:
    """What the machine did over several rounds: shares of all their seconds, the highest load, the worst of the GPU."""
    total = sum(each.seconds for each in disturbances)
    if not total:
        return None
    gpus = [each.gpu for each in disturbances if each.gpu]
    return Disturbance(
        seconds=total,
        load=max(each.load for each in disturbances),
        stolen=sum(each.stolen * each.seconds for each in disturbances) / total,
        throttled=sum(each.throttled * each.seconds for each in disturbances) / total,
        switches=sum(each.switches for each in disturbances),
        gpu=worst_of(gpus) if gpus else None,
    )


def worst_of(gpus: Sequence[GpuState]) -> GpuState:
    return GpuState(
        clock=min(gpu.clock for gpu in gpus),
        limits=tuple(dict.fromkeys(limit for gpu in gpus for limit in gpu.limits)),
        others=max(gpu.others for gpu in gpus),
    )
