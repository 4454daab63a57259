"""Time and memory of a comparison: how they are read from records, and a row a variant where nothing is swept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.analysis import laws, peak_memory, quantities, statistics
from bench.analysis.comparisons import Group, Sweep, groups
from bench.analysis.laws import Law, NoLaw
from bench.model import Case, Parameter, PartInfo, Record
from bench.report.charts import findings, naming
from bench.report.charts.model import BLUE, GREY, Column, Mark, RowChart, slug, spans_decade

FURTHEST = 10.0
"""The interval of two or three rounds can span decades: it is drawn this many times up and down at most."""

Reading = tuple[float, float, float]
"""A value with the ends of its interval."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """Time or memory: how to read it, in which units, under which name. Nothing below ``floor`` can be told from it."""

    name: str
    units: quantities.Units
    read: Callable[[Sequence[Record], str], Reading | None]
    law: Callable[[Sweep, str], Law | NoLaw]
    floor: float = 0.0


def _time(records: Sequence[Record], parameter: str) -> Reading | None:
    interval = statistics.estimate(*records)
    if interval is None:
        return None
    # A single round has no interval: its bar has no length.
    bounds = (interval.centre, interval.low or interval.centre, interval.high or interval.centre)
    centre, low, high = (laws.batch_time(records[0], seconds, parameter) for seconds in bounds)
    return centre, max(low, centre / FURTHEST), min(high, centre * FURTHEST)


def _memory(records: Sequence[Record], parameter: str) -> Reading | None:
    peak = peak_memory.peak(*records)
    if peak is None:
        return None
    middle, low, high = (max(value, float(peak.floor)) for value in (peak.median, peak.low, peak.high))
    return middle, low, high


def _tensors(records: Sequence[Record], parameter: str) -> Reading | None:
    peak = peak_memory.peak(*records)
    return None if peak is None or peak.tensors is None else (peak.tensors, peak.tensors, peak.tensors)


def _rate(records: Sequence[Record], parameter: str) -> Reading | None:
    interval = statistics.throughput(*records)
    if interval is None:
        return None
    low, high = interval.low or interval.centre, interval.high or interval.centre
    return interval.centre, max(low, interval.centre / FURTHEST), min(high, interval.centre * FURTHEST)


def _no_law(sweep: Sweep, variant: str) -> NoLaw:
    return NoLaw("")


TIME = Quantity("time", quantities.SECONDS, _time, Sweep.time_law)
MEMORY = Quantity("peak memory", quantities.BYTES, _memory, Sweep.resident_law, floor=peak_memory.PAGES)
TENSORS = Quantity("peak of tensors", quantities.BYTES, _tensors, Sweep.tensor_law)
RATE = Quantity("throughput", quantities.PLAIN, _rate, _no_law)


def usable(records: Iterable[Record]) -> list[Record]:
    """Variants that were measured and are sound."""
    return [r for r in records if r.case.variant and r.outcome == "ok" and (r.samples or r.memory)]


def dots(
    exercise: str, part: PartInfo, records: Sequence[Record], quantity: Quantity, *, telling: bool = True
) -> RowChart | None:
    """One row a variant, one column a setting; ``None`` where nothing was measured."""
    sound = usable(records)
    read = [(record, value) for record in sound if (value := quantity.read([record], "")) is not None]
    if {value[0] for _, value in read} <= {0.0, quantity.floor}:
        return None
    scale, unit = quantities.unit_for(statistics.range_of(value[0] for _, value in read)[0], quantity.units)
    keyed = {record.case: value for record, value in read}
    names = column_names(groups(part, sound))
    columns = [
        Column(
            title,
            _marks(part, [row.record for group in alike for row in group.rows], keyed, scale),
        )
        for title, alike in names.items()
    ]
    short = "time" if quantity is TIME else "memory"
    finding = ""
    if telling and len(columns) == 1:
        finding = findings.least(
            {mark.label: mark.value * scale for mark in columns[0].marks}, quantity.name, quantity.units
        )
    subject = f"{naming.upper(quantity.name)} per call"
    return RowChart(
        slug=slug(exercise, part.id, quantity.name),
        name=short,
        title=finding or subject,
        subtitle=naming.sentence(subject if finding else "", naming.constants(sound, part.parameters), _bars(quantity)),
        note=_note(quantity, [value for _, value in read]),
        columns=tuple(columns),
        x_label=f"{quantity.name} per call ({unit})",
        log=spans_decade([value[0] for _, value in read]),
    )


def _marks(part: PartInfo, records: Sequence[Record], keyed: Mapping[Case, Reading], scale: float) -> tuple[Mark, ...]:
    shown = [record for record in records if record.case in keyed]
    texts = quantities.told_apart([keyed[record.case][0] / scale for record in shown], 2, 3)
    return tuple(
        _mark(part, record, keyed[record.case], scale, text) for record, text in zip(shown, texts, strict=True)
    )


def _mark(part: PartInfo, record: Record, value: Reading, scale: float, text: str) -> Mark:
    centre, low, high = (each / scale for each in value)
    name = str(record.case.variant)
    reference = name == part.reference
    label = f"{name} (reference)" if reference else name
    return Mark(label=label, value=centre, low=low, high=high, colour=GREY if reference else BLUE, text=text)


def _bars(quantity: Quantity) -> str:
    return "bar: 95 % interval over processes" if quantity is TIME else "bar: lowest to highest of the processes"


def _note(quantity: Quantity, values: Sequence[Reading]) -> str:
    cut = any(high >= centre * FURTHEST for centre, _, high in values) and quantity is TIME
    remarks = [f"intervals cut at {FURTHEST:.0f} times the value"] if cut else []
    if quantity.floor and quantity.floor in [value[0] for value in values]:
        remarks.append(f"{quantities.size(quantity.floor)} stands for all below")
    return "; ".join(remarks)


def column_names(listed: Sequence[Group]) -> dict[str, list[Group]]:
    """Groups by what tells them apart apart from the seed: the varying parameters, and the device."""
    varying = varying_parameters([group.parameters for group in listed])
    devices = {group.device for group in listed}
    names: dict[str, list[Group]] = {}
    for group in listed:
        words = [f"{name} {group.parameters[name]}" for name in varying if name in group.parameters]
        words += [group.device] if len(devices) > 1 else []
        names.setdefault(", ".join(words), []).append(group)
    return names


def varying_parameters(settings: Sequence[dict[str, Parameter]]) -> list[str]:
    """The parameters of which there is more than one value."""
    names = dict.fromkeys(name for setting in settings for name in setting)
    return [name for name in names if len({str(setting.get(name)) for setting in settings}) > 1]
