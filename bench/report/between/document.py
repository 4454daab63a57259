"""A comparison as one JSON document, for programs: everything that is said, and the numbers behind it."""

from __future__ import annotations

import math
from typing import Any

from bench.analysis import compared
from bench.analysis.between import Change
from bench.analysis.compared import Against, Comparison, Timed
from bench.model import Case, Environment, Run
from bench.report.between import words

SCHEMA = 1


def document(comparison: Comparison) -> dict[str, Any]:
    """Times are in seconds, sizes in bytes, ratios are time of the new run / time of the base."""
    told = {
        "schema": SCHEMA,
        "exit_code": compared.exit_code(comparison),
        "headline": words.headline(comparison),
        "by": list(comparison.by),
        "margin": comparison.margin,
        "family": comparison.count,
        "base": _run(comparison.base),
        "against": [_against(each) for each in comparison.against],
    }
    return {name: _plain(value) for name, value in told.items()}


NAMED = ("torch", "python", "cpu", "cores", "threads", "gpu", "driver", "cuda", "commit", "dirty", "platform")


def _run(run: Run) -> dict[str, Any]:
    told = place(run.environment)
    return {
        "id": run.id,
        "created": run.created,
        "profile": run.profile,
        "devices": list(run.devices),
        **told,
        **({"places": {name: place(at.environment) for name, at in run.places.items()}} if run.is_spread else {}),
    }


def place(where: Environment) -> dict[str, Any]:
    """What is told of a place."""
    return {name: getattr(where, name) for name in NAMED}


def _against(against: Against) -> dict[str, Any]:
    floors = [{"width": floor.width, "source": floor.source} if floor else None for floor in against.floors]
    return {
        "new": _run(against.new),
        "worse": against.is_worse,
        "noise_floors": {"base": floors[0], "new": floors[1]},
        "remarks": list(words.remarks(against)),
        "times": [_timed(each) for each in words.ordered(against)],
        "claims": [
            {"case": _case(each.case), "name": each.name, "side": each.side, "words": words.claim(each)}
            for each in against.claims
        ],
        "cases": [{"case": _case(each.case), "fate": each.fate, "why": each.why} for each in against.cases],
        "memory": [
            {
                "case": _case(each.case),
                "of": each.of,
                "weight": each.weight,
                "base": each.base_bytes,
                "new": each.new_bytes,
            }
            for each in against.memory
        ],
        "metrics": [
            {"case": _case(each.case), "name": each.name, "unit": each.unit, "base": each.base, "new": each.new}
            for each in against.metrics
        ],
    }


def _timed(timed: Timed) -> dict[str, Any]:
    return {
        "case": _case(timed.pair.case),
        "verdict": timed.verdict,
        "cause": timed.cause,
        "base": timed.base.centre if timed.base else None,
        "new": timed.new.centre if timed.new else None,
        **_change(timed.change),
    }


def _change(change: Change | None) -> dict[str, Any]:
    if change is None:
        return {"ratio": None, "low": None, "high": None, "p": None, "rounds": None}
    return {
        "ratio": change.centre,
        "low": change.low,
        "high": change.high,
        "p": change.p,
        "rounds": list(change.rounds),
    }


def _case(case: Case) -> dict[str, Any]:
    named = {"exercise": case.exercise, "part": case.part, "device": case.device, "seed": case.seed}
    return {"label": case.label, **named, "parameters": dict(case.parameters), "variant": case.variant}


def _plain(value: Any) -> Any:
    """Without numbers that are none, for which JSON has no word."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
