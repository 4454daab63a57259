"""A history as one JSON document: every series with its points and changes."""

from __future__ import annotations

from typing import Any

from bench.analysis.trend import Change, Confirmation, Series, Trend
from bench.report import summary
from bench.report.trend.words import Telling

SCHEMA = 1


def document(telling: Telling) -> dict[str, Any]:
    """Seconds a call, or bytes. ``points`` count from the first of ``runs``."""
    trend = telling.trend
    return {
        "schema": SCHEMA,
        "asked": trend.asked,
        "quantity": trend.quantity,
        "by": trend.by,
        "runs": [_visit(trend, at) for at in range(len(trend.visits))],
        "marks": [{"at": mark.at, "words": mark.words} for mark in trend.marks],
        "series": [_series(each) for each in trend.series],
        "confirmations": [_confirmation(each) for each in telling.confirmations],
        "notes": list(telling.notes),
        "unread": [{"folder": each.folder, "reason": each.reason} for each in telling.unread],
    }


def _visit(trend: Trend, at: int) -> dict[str, Any]:
    visit = trend.visits[at]
    run = visit.run
    return {
        "run": run.id,
        **({"place": run.place} if run.place else {}),
        "created": run.created,
        "profile": run.profile,
        "commit": run.environment.commit,
        "dirty": run.environment.dirty,
        "subject": trend.subjects.get(run.environment.commit, ""),
        "torch": run.environment.torch,
        "device": visit.where,
    }


def _series(series: Series) -> dict[str, Any]:
    return {
        "case": summary.case_fields(series.case),
        "setting": dict(series.setting),
        "points": list(series.at),
        "values": list(series.values),
        "lowest": list(series.lows),
        "highest": list(series.highs),
        "noise": series.noise,
        "changes": [_change(each) for each in series.changes],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "before": change.before,
        "after": change.after,
        "old": change.old,
        "new": change.new,
        "ratio": change.ratio,
        "low": change.low,
        "high": change.high,
        "points": change.points,
    }


def _confirmation(each: Confirmation) -> dict[str, Any]:
    return {"before": each.before.id, "after": each.after.id, "worse": each.worse, "words": each.words}
