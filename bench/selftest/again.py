"""The reference of an installed comparison against itself: what real work tells apart that is the same.

The set-up of the comparison is called as it stands, and its reference alone is kept: once for each variant, from the
same seed, so that each has memory of its own, and none finds its inputs warm from another. None may come out faster or
slower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from bench.execute import parameters
from bench.execute.child.tasks import find_part
from bench.hookspecs import hookimpl
from bench.lab import Lab
from bench.measure.world import seeded
from bench.model import Case, Exercise, Parameter, Profile

if TYPE_CHECKING:
    from bench.catalogue import Listing
    from bench.model import Description, PartDescription

EXERCISE, PART = "again", "again"
REFERENCE = "as it is"
AGAIN = ("again 1", "again 2")
PROFILE: Profile = "quick"
ANY = 1e6
"""The reference is held against itself: how far its float32 is from float64 is for its own exercise to judge."""
OF = "again_of"
"""The parameter that names the real part, as ``module:part``; the others are the part's own."""

exercise = Exercise(tags=("selftest",))


@hookimpl
def bench_exercise() -> Exercise:
    return exercise


@exercise.comparison(
    PART, "The reference of an installed comparison against itself", reference=REFERENCE, tolerance=ANY
)
def again(lab: Lab, again_of: str, **values: Parameter) -> dict[str, Callable[[], Any]]:
    import torch

    call = reference_call(lab, again_of, values)
    # In float64 the reference alone is called, for the truth.
    others = AGAIN if lab.dtype != torch.float64 else ()
    return dict.fromkeys((REFERENCE, *AGAIN), call) | {name: reference_call(lab, again_of, values) for name in others}


def reference_call(lab: Lab, name: str, values: dict[str, Parameter]) -> Callable[[], Any]:
    """What the set-up of a part gives for its reference, from a fresh seed each time."""
    from bench import plugins

    module, _, id = name.partition(":")
    part = find_part(plugins.load(module).parts, Case(exercise=module, part=id, device=lab.device.type, seed=lab.seed))
    with seeded(lab.seed, lab.device):
        calls: dict[str | None, Callable[[], Any]] = part.run(lab, **values)
    return calls[part.reference]


def cases(described: Iterable[tuple[Listing, Description]], device: str, seeds: Iterable[int]) -> Iterator[Case]:
    """One case for every case of every comparison in the profile quick; all of a seed before any of the next."""
    parts = [
        (listing, part)
        for listing, description in described
        for part in description.parts
        if part.kind == "comparison" and device in part.devices
    ]
    for seed in seeds:
        for listing, part in parts:
            yield from cases_of(listing, part, device, seed)


def cases_of(listing: Listing, part: PartDescription, device: str, seed: int) -> Iterator[Case]:
    for values in parameters.combinations(part, {}, PROFILE):
        named = {OF: f"{listing.module}:{part.id}"} | values
        yield Case(exercise=EXERCISE, part=PART, device=device, seed=seed, parameters=named)


def label(case: Case) -> str:
    """Such as ``ex10.a.speed batch=8``."""
    module, _, part = str(case.parameters[OF]).partition(":")
    values = "".join(f" {name}={value}" for name, value in case.parameters.items() if name != OF)
    return f"{module.rpartition('.')[2].partition('_')[0]}.{part}{values}"
