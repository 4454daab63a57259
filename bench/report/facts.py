"""When, where and how a run was measured, and what lies in its folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from bench.analysis import quantities
from bench.model import Environment, Run
from bench.report import noise, places, summary

NAMED = 4
"""Places that are named in a line; of more it says how many there are."""
IN_TABLE = ("processor", "memory", "GPU", "PyTorch")
"""What the table of places says of each."""


def moment(created: str) -> str:
    """ "24 November 2026, 18:05 UTC"; the text itself where it is no ISO time."""
    try:
        when = datetime.fromisoformat(created)
    except ValueError:
        return created
    return f"{when.day} {when:%B %Y, %H:%M} {when.tzname() or ''}".strip()


def machine(run: Run) -> str:
    """ "AMD EPYC 7B13, PyTorch 2.11.0"; "3 places: n1, n2 and n3, PyTorch 2.11.0"."""
    if run.is_spread:
        versions = dict.fromkeys(place.environment.torch for place in run.places.values())
        named = f": {places.listed(run.places)}" if len(run.places) <= NAMED else ""
        return f"{summary.plural(len(run.places), 'place')}{named}, PyTorch {places.listed(versions)}"
    place = run.environment
    return ", ".join(word for word in (place.cpu, place.gpu, f"PyTorch {place.torch}") if word)


def noise_words(run: Run) -> str:
    """How well ratios are known here and where the seconds went; empty where nothing was timed."""
    return "; ".join(filter(None, (noise.of_run(run), noise.clocked(run))))


def is_timed(run: Run) -> bool:
    """Whether a page of the run shows times that are more than a trial: what is said of intervals is said of them."""
    return run.profile != "smoke" and any(record.samples for record in run.records)


def facts(run: Run) -> list[tuple[str, str]]:
    """The environment, name by name, empty ones left out. Of several places, what their table does not say."""
    machines = {name: _environment(place.environment) for name, place in run.places.items()}
    asked = {
        "profile": run.profile,
        "devices": ", ".join(run.devices),
        "seeds": ", ".join(map(str, run.seeds)),
        "data": run.data,
    }
    told = next(iter(machines.values())) if not run.is_spread else _together(machines)
    packages = {"packages": told.pop("packages"), "run": f"{run.id} (schema {run.schema})"}
    return [(name, value) for name, value in (told | asked | packages).items() if value]


def _environment(place: Environment) -> dict[str, str]:
    commit = f"{place.commit}{', with uncommitted changes' if place.dirty else ''}" if place.commit else ""
    return {
        "processor": f"{place.cpu}, {summary.plural(place.cores, 'core')}",
        "memory": quantities.size(place.memory),
        "GPU": place.gpu,
        "driver": place.driver,
        "CUDA": place.cuda,
        "threads per process": str(place.threads),
        "system": place.platform,
        "Python": place.python,
        "PyTorch": place.torch,
        "commit": commit,
        "packages": ", ".join(f"{name} {version}" for name, version in sorted(place.packages.items())),
    }


def _together(machines: Mapping[str, dict[str, str]]) -> dict[str, str]:
    """What all places share, once; what they differ in with the places that have it."""
    names = [name for name in next(iter(machines.values())) if name not in IN_TABLE]
    return {name: _shared({place: told[name] for place, told in machines.items()}) for name in names}


def _shared(values: Mapping[str, str]) -> str:
    by_value: dict[str, list[str]] = {}
    for place, value in values.items():
        by_value.setdefault(value, []).append(place)
    if len(by_value) == 1:
        return next(iter(by_value))
    return "; ".join(f"{value or 'none'} on {places.listed(names)}" for value, names in by_value.items())


def files(run: Run, drawn: Iterable[str]) -> tuple[str, ...]:
    """What lies in the run's folder besides its pages, by paths relative to it; ``drawn`` are its charts."""
    studies = [figure.path for record in run.records for figure in record.findings.figures]
    return ("run.json", "journal.jsonl", *drawn, *dict.fromkeys(studies))
