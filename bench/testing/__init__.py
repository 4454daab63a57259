"""What the author of an exercise tests it with: a lab, what a part finds, which claims fail, how variants agree, and
how the methods of a race fare.

In pytest the fixture ``bench_lab`` gives labs in the test's own folder; it is there wherever bench is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING, Any, Literal

from bench.lab import Lab
from bench.model import (
    Agreement,
    Case,
    Claim,
    Exercise,
    Findings,
    Kind,
    Parameter,
    Part,
    Profile,
    Task,
    Trial,
    VariantResult,
    changes,
    value_at,
)

if TYPE_CHECKING:
    import torch

    from bench.execute.child.context import TaskContext

ASK: dict[Kind, str] = {
    "study": "run_part() gives what it finds",
    "comparison": "agreements() holds its variants against the reference",
    "race": "race() lets its methods run",
}
_SCRATCH: list[TemporaryDirectory[str]] = []
"""Made when it is needed; it goes when the process ends."""


def lab(
    seed: int = 0,
    *,
    folder: Path | None = None,
    profile: Profile = "smoke",
    device: str = "cpu",
    dtype: torch.dtype | None = None,
    data: str = "embedded",
) -> Lab:
    """A lab as a study is handed one: float64 unless ``dtype`` says otherwise, files in a folder that goes when the
    process ends unless ``folder`` is given."""
    import torch

    return Lab(
        device=torch.device(device),
        dtype=dtype or torch.float64,
        seed=seed,
        profile=profile,
        folder=folder or _scratch(),
        data=data,
    )


def run_part(exercise: Exercise, part: str, here: Lab | None = None, **parameters: Parameter) -> Findings:
    """Run a study in this process, in the lab ``here`` or a new one, and give what it has found.

    ``parameters`` replace declared ones. Raises whatever the study raises, ``KeyError`` for a part that the exercise
    has not, and ``TypeError`` for a parameter that the part has not, or for a part that is no study.
    """
    from bench.measure.world import seeded

    declared, here = _part(exercise, part), here or lab()
    if declared.kind != "study":
        raise TypeError(f"part {part} is a {declared.kind}: {ASK[declared.kind]}")
    values = _values(declared, here.profile, parameters)
    here.changed = tuple(changes(values, declared.described.at(here.profile).parameters))
    with seeded(here.seed, here.device):
        declared.run(here, **values)
    return here.findings


def claims(findings: Findings) -> dict[str, Claim]:
    """Claims by name, in the order they were made; of several with one name, the one that fails."""
    found: dict[str, Claim] = {}
    for claim in findings.claims:
        if claim.name not in found or not claim.passed:
            found[claim.name] = claim
    return found


def failed(findings: Findings) -> dict[str, Claim]:
    """The claims that do not hold, by name."""
    return {name: claim for name, claim in claims(findings).items() if not claim.passed}


def variants(
    exercise: Exercise, part: str, here: Lab | None = None, **parameters: Parameter
) -> dict[str, Callable[[], Any]]:
    """Set a comparison up in this process, in the lab ``here`` or a new one, and give its calls by name.

    A swept parameter takes its first value unless it is given. Raises ``TypeError`` for a part of another kind.
    """
    from bench.measure.world import seeded

    declared, here = _part(exercise, part), here or lab()
    if declared.kind != "comparison":
        raise TypeError(f"part {part} is a {declared.kind}: {ASK[declared.kind]}")
    values = _firsts(_values(declared, here.profile, parameters))
    with seeded(here.seed, here.device):
        return dict(declared.run(here, **values))


def agreements(
    exercise: Exercise, part: str, here: Lab | None = None, **parameters: Parameter
) -> Mapping[str, Agreement]:
    """Hold every variant of a comparison in float32 against its reference in float64, as a run does.

    A swept parameter takes its first value unless it is given. Raises ``AssertionError`` for a variant that could not
    be compared, with its reason; one that is too far away is in what is returned, ``passed`` says so.
    """
    from bench.execute.child.agreeing import agree

    context = _context("agree", _part(exercise, part), here or lab(), parameters)
    return {name: _agreement(name, result) for name, result in agree(context).variants.items()}


def race(
    exercise: Exercise, part: str, here: Lab | None = None, **parameters: Parameter
) -> Mapping[str, tuple[Trial, ...]]:
    """Let every method of a race run as one process of a run does, and give how they fared: one ``Trial`` a method, or
    several of one whose runs from one seed do not go alike.

    A swept parameter takes its first value unless it is given. Raises ``AssertionError`` for a method that fails, with
    its reason, and ``TypeError`` for a part that is no race.
    """
    from bench.execute.child.racing import race

    declared = _part(exercise, part)
    if declared.kind != "race":
        raise TypeError(f"part {part} is a {declared.kind}: {ASK[declared.kind]}")
    return {
        name: _trials(name, result)
        for name, result in race(_context("race", declared, here or lab(), parameters)).variants.items()
    }


def _context(kind: Literal["agree", "race"], part: Part, here: Lab, parameters: Mapping[str, Parameter]) -> TaskContext:
    from bench.execute.child.context import TaskContext
    from bench.execute.messages import Order

    values = _firsts(_values(part, here.profile, parameters))
    case = Case(exercise="test", part=part.id, device=here.device.type, seed=here.seed, parameters=values)
    order = Order(kind="task", exercise="test", profile=here.profile, data=here.data, folder=str(here.folder))
    return TaskContext(order=order, task=Task(kind, case), part=part, channel=_Silence())


def _trials(name: str, result: VariantResult) -> tuple[Trial, ...]:
    assert result.trials, f"{name!r}: {result.outcome}: {result.reason}"
    return result.trials


class _Silence:
    """Nobody listens to the progress of a test."""

    def send(self, message: object) -> None:
        pass

    def mark(self, variant: str) -> None:
        pass


def broken_promises(exercise: Exercise) -> dict[str, str]:
    """What ``bench check`` tries of every part, tried in this process: each promise that does not hold, with what was
    found instead; empty for an exercise that is sound.

    The promises are: a part finds the same from the same seed, variants agree, no global state changes. A part that
    the CPU does not run is left out.
    """
    from bench.execute.child import checks
    from bench.execute.messages import Order

    order = Order(kind="check", exercise="test", profile="smoke")
    every = list(checks.of_parts(order, exercise, _Silence(), checks.Seen()))
    return {checked.promise: checked.problem for checked in every if checked.problem}


def _agreement(name: str, result: VariantResult) -> Agreement:
    assert result.agreement is not None, f"{name!r}: {result.outcome}: {result.reason}"
    return result.agreement


def _part(exercise: Exercise, part: str) -> Part:
    if part not in exercise.parts:
        raise KeyError(f"no part {part!r}; there are {', '.join(exercise.parts)}")
    return exercise.parts[part]


def _values(part: Part, profile: Profile, changed: Mapping[str, Parameter]) -> dict[str, Parameter]:
    unknown = sorted(changed.keys() - part.parameters.keys())
    if unknown:
        raise TypeError(
            f"part {part.id} has no parameter {unknown[0]!r}; it has {', '.join(part.parameters) or 'none'}"
        )
    for name, value in changed.items():
        for item in value if isinstance(value, tuple) else (value,):
            if name in part.limits and not part.limits[name].allow(item):
                raise ValueError(f"{name} is {part.limits[name].words}, not {item!r}")
    values = {name: changed.get(name, value_at(profile, declared)) for name, declared in part.parameters.items()}
    return values | {name: rule.at(values) for name, rule in part.follows.items() if name not in changed}


def _firsts(values: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """One case of those that a sweep has."""
    return {name: value[0] if isinstance(value, tuple) else value for name, value in values.items()}


def _scratch() -> Path:
    if not _SCRATCH:
        _SCRATCH.append(TemporaryDirectory(prefix="bench-testing-"))
    return Path(mkdtemp(dir=_SCRATCH[0].name))
