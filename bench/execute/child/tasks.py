"""The tasks of a child process: run a study; hold variants against the reference; time them; weigh one; run a race."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from inspect import isasyncgen, iscoroutine, isgenerator
from pathlib import Path

from bench import plugins
from bench.errors import Missing, PluginError
from bench.execute.child.agreeing import agree
from bench.execute.child.context import TaskContext, Teller
from bench.execute.child.fits import fit
from bench.execute.child.racing import race
from bench.execute.child.timing import time
from bench.execute.child.weighing import weigh
from bench.execute.messages import Order
from bench.execute.outcomes import is_a, outcome_of
from bench.lab import CHECKPOINTS, MOST_FINDINGS
from bench.measure import clock
from bench.measure.ceiling import ceiling
from bench.measure.world import seeded
from bench.model import Case, Figure, Findings, Observation, Part
from bench.texts import NAME, brief, escaped, kind_of


def perform(order: Order, channel: Teller) -> Observation:
    """Load the exercise and do the order's task. Nothing that the exercise raises gets past here."""
    task = order.task
    if task is None:
        raise PluginError("an order for a task without the task")
    start = clock.now()
    doing = fit if order.kind == "fit" else DOING[task.kind]
    beside = made_for(order.folder)
    try:
        part = find_part(plugins.load(order.module).parts, task.case)
        # The libraries that the exercise imports are there already, and take nothing of it.
        with ceiling(order.memory, task.case.device):
            observation = doing(TaskContext(order=order, task=task, part=part, channel=channel))
        require_own(observation.findings, Path(order.folder))
    # Its sys.exit() too: were this process to end with it, nobody would learn why.
    except BaseException as error:
        outcome, reason, detail = outcome_of(error)
        missing = is_a(error, Missing)
        observation = Observation(task=task, outcome=outcome, reason=reason, detail=detail, missing=missing)
    finally:
        if beside:
            with suppress(OSError):  # what is in it stays
                beside.rmdir()
    return replace(observation, seconds=clock.now() - start)


def made_for(folder: str) -> Path | None:
    """Make the folder in which a task makes its own, beside others', if it is not there: once the task has changed its
    umask, nobody else may be able to enter what it makes. ``None`` where nothing was made."""
    place = Path(folder).parent
    try:
        place.mkdir()
    except OSError:  # it is there; or there is no place for it, which is told where something is written
        return None
    return place


def find_part(parts: Mapping[str, Part], case: Case) -> Part:
    if case.part not in parts:
        raise PluginError(f"{case.exercise} has no part {case.part!r}; it has {', '.join(parts)}")
    return parts[case.part]


def study(context: TaskContext) -> Observation:
    import torch

    lab = context.lab(torch.float64, context.case.seed)
    with seeded(context.case.seed, context.device):
        given = context.part.run(lab, **context.values)
    if isgenerator(given) or iscoroutine(given) or isasyncgen(given):
        raise PluginError(f"part {context.case.part!r} has done nothing: it gives {kind_of(given)}")
    kept = checkpoints(lab.folder) if context.order.keep_checkpoints else ()
    if not kept:
        # Only a study that was cut short goes on from them; another attempt at this one begins anew.
        shutil.rmtree(lab.folder / CHECKPOINTS, ignore_errors=True)
    return Observation(task=context.task, outcome="ok", findings=lab.findings, checkpoints=kept)


def require_own(findings: Findings, folder: Path) -> None:
    """Raise ``PluginError`` for a figure that is no file of its task's own folder, where a link may lead anywhere, and
    for more findings than a lab takes: they can be put there by hand."""
    if not isinstance(findings, Findings):
        raise PluginError(f"lab.findings was replaced by {kind_of(findings)} ({brief(findings)}): use lab.claim, …")
    for field in fields(findings):
        given = getattr(findings, field.name)
        if not isinstance(given, tuple):
            seen = f"{kind_of(given)} ({brief(given)})"
            raise PluginError(f"lab.findings.{field.name} was replaced by {seen}: use lab.claim, …")
        if (count := len(given)) > MOST_FINDINGS:
            raise PluginError(f"a study records at most {MOST_FINDINGS:,} {field.name}: these are {count:,}")
    for figure in findings.figures:
        require_name(figure)
        file = folder / figure.path
        if not file.resolve().is_relative_to(folder.resolve()):
            raise PluginError(f"figure {figure.name!r} leads out of the folder of its study, to {file.resolve()}")
        if file.is_symlink() or not file.is_file():
            raise PluginError(f"figure {figure.name!r} is no file of its own in the folder of its study")


def require_name(figure: object) -> None:
    """Raise ``PluginError`` for what is no figure, and for one whose file no disk could have."""
    if not isinstance(figure, Figure):
        raise PluginError(f"lab.findings.figures holds {kind_of(figure)} ({brief(figure)}): use lab.figure")
    if not isinstance(figure.path, str) or escaped(figure.path) != figure.path or len(figure.path) > NAME:
        seen = f"a figure whose file is called {brief(figure.path)}"
        raise PluginError(f"lab.findings.figures holds {seen}: use lab.figure")


def checkpoints(folder: Path) -> tuple[str, ...]:
    """Those of a study, relative to its folder."""
    return tuple(sorted(f"{CHECKPOINTS}/{path.name}" for path in (folder / CHECKPOINTS).glob("*.pt")))


DOING: dict[str, Callable[[TaskContext], Observation]] = {
    "study": study,
    "agree": agree,
    "time": time,
    "weigh": weigh,
    "race": race,
}
