"""What is said of noise: a machine's floor, and how well the ratios of a run are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from bench.analysis import floor, quantities
from bench.model import NoiseFloor, Run

FINE, LITTLE, STEADY_WITHIN = 0.015, 0.02, 1.1
"""A floor, a share of the time and a spread of speeds that call for nothing: the first is what profile quick wants."""
FINER = "close what else runs, or take --profile full, which measures longer in more processes"
ALONE = "others compute here: close them (`top` names them), or pin the run to a core that they leave alone"
OWN = "other guests compute on this host: repeat at another time, or take a machine of your own"
CORES = "give its container whole cores (a cpuset) in place of a quota"
STEADY = (
    "ratios are paired and bear it, times alone do not: close what else runs, set the governor to performance, turn "
    "turbo off, or take a machine of your own"
)
SEVERAL = 4
"""Places that are told one by one."""
AGES = ((86400, "day"), (3600, "hour"), (60, "minute"))


def of_run(run: Run) -> str:
    """One line beside the verdicts of a run; empty where nothing was held against a reference."""
    if run.is_spread:
        return _of_places(run)
    ratios = floor.known(run)
    if ratios is None:
        return ""
    if run.floor is not None:
        profile = "" if run.profile == "quick" else " in profile quick"
        before = f"bench doctor --noise, {age(run.floor.created, run.created)} before"
        return f"noise floor of this machine{profile}: {within(run.floor.widest)} ({before})"
    spread = f" (median of {ratios.count}; widest {within(ratios.widest)})" if ratios.count > 1 else ""
    return f"ratios here are known to {within(ratios.median)}{spread}"


def _of_places(run: Run) -> str:
    """Each by itself; of many how far their floors reach, for a line has no room for more."""
    if len(run.places) <= SEVERAL:
        each = {name: of_run(run.only(name)) for name in run.places}
        return "; ".join(f"on {name}: {words}" for name, words in each.items() if words)
    widths = [place.floor.widest for place in run.places.values() if place.floor is not None]
    if not widths or floor.known(run) is None:
        return ""
    reach = f"{within(min(widths))} to {within(max(widths))}" if min(widths) < max(widths) else within(widths[0])
    return f"noise floors of {len(widths)} of {len(run.places)} places: {reach}"


def clocked(run: Run) -> str:
    """Where the seconds of timing went; empty where nothing was timed, and for runs that did not note it."""
    if not run.timing_seconds:
        return ""
    share = percent(run.clock_seconds / run.timing_seconds)
    return f"timing took {run.timing_seconds:.0f} s, {share} of it inside the clock"


def hint(run: Run) -> str:
    """How the floor would be known, for whoever may still measure it."""
    unknown = any(place.floor is None for place in run.places.values()) and "cpu" in run.devices
    return "; `bench doctor --noise` measures this machine's floor" if unknown else ""


class Line(NamedTuple):
    """What was found, in which state it is, and what to do about it; nothing where all is well."""

    what: str
    state: str
    mend: str = ""


def of_floor(kept: NoiseFloor) -> Iterator[Line]:
    """What cannot be seen on this machine, and why."""
    kinds = ", ".join(f"{kind} {within(width)}" for kind, width in kept.widths.items())
    blunt = f"a change below about {percent(kept.widest)} cannot be seen here in profile quick ({kinds})"
    yield Line("noise floor", blunt, FINER if kept.widest > FINE else "")
    yield Line("waiting", f"{percent(kept.waited)} of the time without a core", ALONE if kept.waited > LITTLE else "")
    if kept.stolen > 0:
        yield Line("steal", f"the hypervisor took {percent(kept.stolen)}", OWN if kept.stolen > LITTLE else "")
    if kept.throttled > 0:
        yield Line("throttling", f"a quota stopped it for {percent(kept.throttled)} of the time", CORES)
    speed = f"one fixed loop was up to {quantities.number(kept.wander, 3)} times as slow as at its best"
    yield Line("speed", speed, STEADY if kept.wander > STEADY_WITHIN else "")


def within(width: float) -> str:
    """ "± 1.8 %", of a half-width of logarithms."""
    return f"± {percent(width)}"


def percent(share: float) -> str:
    return f"{quantities.number(100 * share, 2)} %"


def age(then: str, now: str) -> str:
    """ "2 hours" from one ISO time to another, in whole units; "moments" for less than a minute."""
    try:
        seconds = (datetime.fromisoformat(now) - datetime.fromisoformat(then)).total_seconds()
    except (ValueError, TypeError):
        return "some time"
    for length, unit in AGES:
        if seconds >= length:
            return f"{seconds // length:.0f} {unit}{'' if seconds // length == 1 else 's'}"
    return "moments"
