"""When, where and how a run was measured, and what lies in its folder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bench.analysis import quantities
from bench.model import Run
from bench.report import noise, summary


def moment(created: str) -> str:
    """ "24 November 2026, 18:05 UTC"; the text itself where it is no ISO time."""
    try:
        when = datetime.fromisoformat(created)
    except ValueError:
        return created
    return f"{when.day} {when:%B %Y, %H:%M} {when.tzname() or ''}".strip()


def machine(run: Run) -> str:
    """ "AMD EPYC 7B13, PyTorch 2.11.0"."""
    place = run.environment
    return ", ".join(word for word in (place.cpu, place.gpu, f"PyTorch {place.torch}") if word)


def noise_words(run: Run) -> str:
    """How well ratios are known here and where the seconds went; empty where nothing was timed."""
    return "; ".join(filter(None, (noise.of_run(run), noise.clocked(run))))


def is_timed(run: Run) -> bool:
    """Whether a page of the run shows times that are more than a trial: what is said of intervals is said of them."""
    return run.profile != "smoke" and any(record.samples for record in run.records)


def facts(run: Run) -> list[tuple[str, str]]:
    """The environment, name by name, empty ones left out."""
    place = run.environment
    commit = f"{place.commit}{', with uncommitted changes' if place.dirty else ''}" if place.commit else ""
    named = {
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
        "profile": run.profile,
        "devices": ", ".join(run.devices),
        "seeds": ", ".join(map(str, run.seeds)),
        "data": run.data,
        "packages": ", ".join(f"{name} {version}" for name, version in sorted(place.packages.items())),
        "run": f"{run.id} (schema {run.schema})",
    }
    return [(name, value) for name, value in named.items() if value]


def files(run: Run, drawn: Iterable[str]) -> tuple[str, ...]:
    """What lies in the run's folder besides its pages, by paths relative to it; ``drawn`` are its charts."""
    studies = [figure.path for record in run.records for figure in record.findings.figures]
    return ("run.json", "journal.jsonl", *drawn, *dict.fromkeys(studies))
