"""Whether a machine may do a shard: what it computes with must be what the plan was made with, before it measures."""

from __future__ import annotations

from collections.abc import Sequence

from bench.catalogue import Listing
from bench.cluster import sameness
from bench.execute.inquiries import Seen
from bench.execute.provenance import changed
from bench.model import Plan

SHOWN = 3
"""Files that are named; more do not fit into a line."""


def unfit(plan: Plan, device: str, seen: Seen, listings: Sequence[Listing]) -> str:
    """Why this machine must not do any part of the plan on a device, with its name; empty where it may."""
    here = seen.environment
    reasons = [] if device in seen.devices else [f"no {device} device"]
    reasons += sameness.missed(plan, seen)
    here_too = {listing.id for listing in listings}
    gone = [
        exercise for exercise in dict.fromkeys(task.case.exercise for task in plan.tasks) if exercise not in here_too
    ]
    reasons += [f"no exercise {', '.join(gone[:SHOWN])}"] if gone else []
    if not gone and (names := changed(plan, listings)):
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        reasons.append(f"another content of {', '.join(names[:SHOWN])}{more}")
    return f"{here.host or 'the machine'} has {'; '.join(reasons)}" if reasons else ""
