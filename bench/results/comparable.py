"""What two runs may differ in and still be compared: some things by themselves, some only where one asks for them.

A hard difference moves every time by itself: a comparison is about it (``--by torch``), or says nothing. Soft ones may
move a time, and nobody can keep all of them equal from one day to the next: they are said, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from statistics import median

from bench.errors import UsageError
from bench.model import Case, Record, Run
from bench.results.environment import MATTERS

GPU = ("gpu", "driver", "cuda")
"""Fields that say nothing of a run on CPUs alone."""
BY: Mapping[str, tuple[str, ...]] = {
    # A wheel of torch brings its CUDA, and a GPU its driver: who asks for the one cannot keep the other.
    "torch": ("torch", "cuda"),
    "device": ("device", *GPU),
    "machine": ("cpu", "cores", "gpu", "driver"),
    **{name: (name,) for name in ("cpu", "cores", "threads", "gpu", "driver", "cuda", "python", "profile", "data")},
    "commit": ("commit",),
}
"""What ``--by`` takes, and the differences that each of them allows. A commit may differ anyway."""
LONGEST = 80
MOST = 10
"""Lines of warnings of runs that were done on many places."""
LOADED = 0.5
"""Load averages a core that differ by more than this are told."""
CLOCKS = 0.05
"""A share of a GPU's clock, or of what a machine reaches: a larger difference is told."""


def allowed(by: Collection[str], option: str = "--by") -> frozenset[str]:
    """The fields in which runs may differ. Raises ``UsageError`` for a name that is none of ``BY``."""
    for name in by:
        if name not in BY:
            raise UsageError(f"{option} knows no {name!r}; it takes {', '.join(BY)}")
    return frozenset(field for name in by for field in BY[name])


def require(base: Run, new: Run, by: Collection[str] = (), option: str = "--by") -> None:
    """Raises ``UsageError`` that names every hard difference with both of its values, and the ``option`` that allows
    it."""
    within = allowed(by, option)
    wrong = {name: values for name, values in hard(base, new, within).items() if name not in within}
    if wrong:
        told = "; ".join(f"{name}: {_shown(x)} and {_shown(y)}" for name, (x, y) in wrong.items())
        ask = " ".join(f"{option} {name}" for name in wrong)
        raise UsageError(
            f"{base.id} and {new.id} differ in {told}. Compare runs that agree in it, or ask for it by {ask}"
        )
    for run in (base, new):
        if "device" in within and len(run.devices) > 1:
            many = ", ".join(run.devices)
            raise UsageError(f"{option} device wants runs of one device each, and {run.id} has {many}")


def hard(base: Run, new: Run, within: Collection[str] = ()) -> dict[str, tuple[object, object]]:
    """The differences that forbid a comparison: both values by field. Of runs of several places they are those of the
    places that are most alike, but for what lies ``within`` what was asked for: cases on others are told apart."""
    told = [_differing(base, new, meeting) for meeting in meetings(base, new)]
    pairs = min(told, key=lambda each: len(each.keys() - set(within)))
    pairs |= {name: (getattr(base, name), getattr(new, name)) for name in ("profile", "data")}
    if not set(base.devices) & set(new.devices):
        pairs["device"] = ("+".join(base.devices), "+".join(new.devices))
    return {name: values for name, values in pairs.items() if values[0] != values[1]}


@dataclass(frozen=True, slots=True)
class Meeting:
    """The places on which two runs did the same cases, and whether on a GPU."""

    base: str
    new: str
    on_gpu: bool


def meetings(base: Run, new: Run) -> tuple[Meeting, ...]:
    """Each once. Runs without a case in common, such as one that is only planned, meet on the first places of both."""
    on_gpu = any(device != "cpu" for run in (base, new) for device in run.devices)
    first = Meeting(base.environment.host, new.environment.host, on_gpu)
    if not (base.is_spread or new.is_spread):
        return (first,)
    # Runs of other devices have no case in common but for the device.
    keep = bool(set(base.devices) & set(new.devices))
    ours = {_case(record, keep): record for record in base.records}
    pairs = ((ours[case], record) for record in new.records if (case := _case(record, keep)) in ours)
    found = (
        Meeting(base.where(one), new.where(other), {one.case.device, other.case.device} != {"cpu"})
        for one, other in pairs
    )
    return tuple(dict.fromkeys(found)) or (first,)


def _case(record: Record, with_device: bool) -> Case:
    return record.case if with_device else replace(record.case, device="")


def _differing(base: Run, new: Run, meeting: Meeting) -> dict[str, tuple[object, object]]:
    """The fields of both environments that matter there, and differ."""
    ours, theirs = base.at(meeting.base).environment, new.at(meeting.new).environment
    fields = [name for name in MATTERS if meeting.on_gpu or name not in GPU]
    pairs = {name: (getattr(ours, name), getattr(theirs, name)) for name in fields}
    return {name: values for name, values in pairs.items() if values[0] != values[1]}


def apart(base: Run, new: Run, by: Collection[str] = ()) -> dict[Meeting, str]:
    """The meetings of machines of another kind, whose times say nothing of the code, each in words."""
    within = allowed(by)
    told = {each: _differing(base, new, each) for each in meetings(base, new)}
    wrong = {each: {name: pair for name, pair in fields.items() if name not in within} for each, fields in told.items()}
    return {each: _in_words(each, fields) for each, fields in wrong.items() if fields}


def _in_words(meeting: Meeting, fields: Mapping[str, tuple[object, object]]) -> str:
    told = "; ".join(f"{name}: {_shown(x)} and {_shown(y)}" for name, (x, y) in fields.items())
    return f"on different machines, {_shown(meeting.base)} and {_shown(meeting.new)}, which differ in {told}"


def warnings(base: Run, new: Run, by: Collection[str] = ()) -> tuple[str, ...]:
    """What may have moved a time though nobody asked for it, a line each."""
    finders = (_systems, _packages, _code, _loads, _peaks)
    if not (base.is_spread or new.is_spread):
        return (*_same(base, new, by), *(line for find in finders for line in find(base, new)))
    return (*_same(base, new, by), *_of_places(base, new, finders))


def _of_places(base: Run, new: Run, finders: Iterable[Callable[[Run, Run], Iterator[str]]]) -> Iterator[str]:
    """What is to be told of places that are compared, each line with the first of them."""
    ours = {name: base.only(name) for name in base.places}
    theirs = {name: new.only(name) for name in new.places}
    met = dict.fromkeys((each.base, each.new) for each in meetings(base, new))
    told: dict[str, str] = {}
    for one, other in met:
        for find in finders:
            for line in find(ours[one], theirs[other]):
                told.setdefault(line, f"{line} ({_shown(one)} and {_shown(other)})")
    yield from list(told.values())[:MOST]
    if len(told) > MOST:
        yield f"and {len(told) - MOST} more such differences of places"


def _same(base: Run, new: Run, by: Collection[str]) -> Iterator[str]:
    """What was said to differ, and does not."""
    differing = set(hard(base, new))
    if base.environment.commit != new.environment.commit:
        differing.add("commit")
    for name in by:
        if not differing & set(BY[name]):
            yield f"both runs have the same {name}"


def _systems(base: Run, new: Run) -> Iterator[str]:
    ours, theirs = base.environment, new.environment
    if ours.platform != theirs.platform:
        yield f"another system: {_shown(ours.platform)} and {_shown(theirs.platform)}"
    if abs(ours.memory - theirs.memory) > 0.01 * max(ours.memory, theirs.memory):
        yield f"another size of memory: {ours.memory / 2**30:.1f} GiB and {theirs.memory / 2**30:.1f} GiB"
    dirty = [name for name, run in (("the base", base), ("the new run", new)) if run.environment.dirty]
    if dirty:
        yield f"uncommitted changes in {' and in '.join(dirty)}: the commit does not say what ran"
    if bool(ours.commit) != bool(theirs.commit):
        yield f"no commit is known of {'the new run' if ours.commit else 'the base'}: nothing says what code ran"


def _packages(base: Run, new: Run) -> Iterator[str]:
    ours, theirs = base.environment.packages, new.environment.packages
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            yield f"another {_shown(name)}: {_shown(ours.get(name))} and {_shown(theirs.get(name))}"


def _code(base: Run, new: Run) -> Iterator[str]:
    """Files that differ though nobody committed or changed anything, as those of ``--with`` do."""
    places = (base.environment, new.environment)
    if any(place.dirty for place in places) or places[0].commit != places[1].commit:
        return
    shared = base.code.keys() & new.code.keys()
    changed = sorted(PurePath(name).name for name in shared if base.code[name] != new.code[name])
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        yield f"other code in {', '.join(map(_shown, changed[:3]))}{more}, of one commit"


def _loads(base: Run, new: Run) -> Iterator[str]:
    ours, theirs = _load(base), _load(new)
    if ours is not None and theirs is not None and abs(ours - theirs) > LOADED:
        yield f"another load while it was measured: {ours:.1f} and {theirs:.1f} processes a core"
    first, second = _clock(base), _clock(new)
    if first and second and abs(first - second) > CLOCKS * max(first, second):
        yield f"another clock of the GPU: {first:.0f} and {second:.0f} MHz"


def _peaks(base: Run, new: Run) -> Iterator[str]:
    """How fast the machine itself was: the most that a device was seen to reach in each run."""
    theirs = {(peak.device, peak.threads, peak.dtype): peak for peak in new.peaks}
    for ours in base.peaks:
        other = theirs.get((ours.device, ours.threads, ours.dtype))
        if other is None or not (min(ours.flops, other.flops) > 0):
            continue
        if abs(ours.flops - other.flops) > CLOCKS * max(ours.flops, other.flops):
            speeds = f"{_speed(ours.flops)} and {_speed(other.flops)}"
            yield f"another speed of the machine: a product of matrices reached {speeds}"


def _speed(flops: float) -> str:
    return f"{flops / 1e9:.3g} GFLOP/s"


def _load(run: Run) -> float | None:
    loads = [record.disturbance.load for record in run.records if record.disturbance is not None]
    return median(loads) / max(1, run.environment.cores) if loads else None


def _clock(run: Run) -> float:
    states = [record.disturbance.gpu for record in run.records if record.disturbance is not None]
    clocks = [state.clock for state in states if state is not None and state.clock > 0]
    return float(median(clocks)) if clocks else 0.0


def _shown(value: object) -> str:
    """What stands in a file of others, as one short piece of a line."""
    text = "".join(sign if sign.isprintable() else "�" for sign in str(value if value not in ("", None) else "none"))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
