"""The roofline of a comparison: FLOP/s against arithmetic intensity, below what the machine was seen to reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.analysis import quantities, roofline
from bench.analysis.comparisons import is_number
from bench.model import Parameter, PartInfo, Peak, Record
from bench.report.charts import findings, naming
from bench.report.charts.findings import Reached
from bench.report.charts.measured import FURTHEST, Reading, usable, varying_parameters
from bench.report.charts.model import GREY, PALETTE, Caption, Line, Panel, PanelChart, Sign, slug

NAME = "roofline"
FLOPS: quantities.Units = ((1e12, "TFLOP/s"), (1e9, "GFLOP/s"), (1e6, "MFLOP/s"))
BANDWIDTH: quantities.Units = ((1e12, "TB/s"), (1e9, "GB/s"), (1e6, "MB/s"))
LEFT, RIGHT = 6.0, 2.0
"""The axis goes on by these factors beyond what was measured, so that both parts of a roof are seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One variant at one setting. ``at`` is the value of what is swept, 0 where nothing is."""

    at: float
    intensity: float
    rate: Reading


Points = dict[tuple[str, str], list[Point]]
"""Of each variant on each device, along what is swept."""


def chart(
    exercise: str, part: PartInfo, records: Sequence[Record], peaks: Sequence[Peak], *, telling: bool = True
) -> PanelChart | None:
    """A line a variant along the parameter that changes the intensity most, or a point where none does, at the last
    setting of all others; ``None`` where the work counts no flops and bytes, or no peak was measured."""
    known = {peak.device for peak in peaks}
    counted = [r for r in usable(records) if roofline.intensity(r) and r.samples and r.case.device in known]
    if not counted:
        return None
    parameter = swept(counted)
    shown = last(counted, parameter)
    points = _points(shown, parameter)
    here = tuple(peak for peak in peaks if any(device == peak.device for device, _ in points))
    finding = _finding(points, here, parameter) if telling else ""
    setting = naming.comma(*(f"{name}={shown[0].case.parameters[name]}" for name in _others(counted, parameter)))
    subject = naming.comma("Roofline", setting)
    return PanelChart(
        slug=slug(exercise, part.id, NAME),
        name=NAME,
        title=finding or subject,
        subtitle=naming.sentence(
            subject if finding else "",
            naming.constants(shown, part.parameters, [parameter, *_others(counted, parameter)]),
            f"points along {parameter}" if parameter else "",
            f"grey: the most that a matrix product and a triad in memory reached here, {_threads(here)}",
        ),
        note=_note(points, here),
        panels=(_panel(points, here),),
    )


def _threads(peaks: Sequence[Peak]) -> str:
    threads = peaks[0].threads
    return f"{threads} thread{'' if threads == 1 else 's'}"


def swept(records: Sequence[Record]) -> str:
    """The numeric parameter along which the arithmetic intensity changes most; empty where none changes."""
    names = [
        name
        for name in varying_parameters([record.case.parameters for record in records])
        if all(is_number(record.case.parameters.get(name, "")) for record in records)
    ]
    spans = {name: _span(records, name) for name in names}
    return max(spans, key=spans.__getitem__, default="")


def _span(records: Sequence[Record], name: str) -> float:
    values = [roofline.intensity(record) for record in last(records, name)]
    return max(values) / min(values)


def last(records: Sequence[Record], parameter: str) -> list[Record]:
    """The records at the last setting of all parameters but one."""

    def others(record: Record) -> dict[str, Parameter]:
        return {name: value for name, value in record.case.parameters.items() if name != parameter}

    return [record for record in records if others(record) == others(records[-1])]


def _others(records: Sequence[Record], parameter: str) -> list[str]:
    return [name for name in varying_parameters([record.case.parameters for record in records]) if name != parameter]


def _points(records: Sequence[Record], parameter: str) -> Points:
    """Seeds are repetitions of one point."""
    cases: dict[tuple[str, str], dict[float, list[Record]]] = {}
    for record in records:
        at = record.case.parameters.get(parameter, 0)
        key = (record.case.device, str(record.case.variant))
        cases.setdefault(key, {}).setdefault(float(at) if is_number(at) else 0.0, []).append(record)
    found = {key: [_point(at, alike) for at, alike in sorted(settings.items())] for key, settings in cases.items()}
    return {key: points for key, listed in found.items() if (points := [each for each in listed if each])}


def _point(at: float, alike: Sequence[Record]) -> Point | None:
    rate = roofline.rate(*alike)
    if rate is None:
        return None
    low, high = rate.low or rate.centre, rate.high or rate.centre
    reading = rate.centre, max(low, rate.centre / FURTHEST), min(high, rate.centre * FURTHEST)
    return Point(at=at, intensity=roofline.intensity(alike[0]), rate=reading)


def _panel(points: Points, peaks: Sequence[Peak]) -> Panel:
    scale, unit = quantities.unit_for(max(peak.flops for peak in peaks), FLOPS)
    ends = _ends(points, peaks)
    return Panel(
        lines=(*(_roof(peak, ends, scale) for peak in peaks), *_lines(points, peaks, scale)),
        x_label="arithmetic intensity (FLOP/byte)",
        y_label=f"performance ({unit})",
        log_x=True,
        log_y=True,
        signs=tuple(_signs(points, peaks, scale)),
        captions=tuple(caption for peak in peaks for caption in _captions(peak, ends, scale, len(peaks) > 1)),
        round_x=True,
    )


def _ends(points: Points, peaks: Sequence[Peak]) -> tuple[float, float]:
    """Of the axis: both parts of every roof are in it."""
    values = [point.intensity for listed in points.values() for point in listed]
    values += [roofline.ridge(peak) for peak in peaks]
    return min(values) / LEFT, max(values) * RIGHT


def _roof(peak: Peak, ends: tuple[float, float], scale: float) -> Line:
    xs = (ends[0], roofline.ridge(peak), ends[1])
    ys = tuple(roofline.roof(peak, x) / scale for x in xs)
    return Line(label=f"roof of {peak.device}", x=xs, y=ys, style="law", hue=PALETTE.index(GREY))


def _captions(peak: Peak, ends: tuple[float, float], scale: float, several: bool) -> Iterator[Caption]:
    """Both numbers of a roof at their part of it."""
    before, ridge = f"{peak.device}: " if several else "", roofline.ridge(peak)

    def along(low: float, high: float, shares: Sequence[float]) -> tuple[tuple[float, float], ...]:
        xs = [low * (high / low) ** share for share in shares]
        return tuple((x, roofline.roof(peak, x) / scale) for x in xs)

    arithmetic = f"{before}arithmetic {_in(peak.flops, FLOPS)}"
    yield Caption(arithmetic, along(ridge, ends[1], (1.0, 0.8, 0.6, 0.4, 0.2)))
    yield Caption(
        f"{before}memory {_in(peak.bandwidth, BANDWIDTH)}", along(ends[0], ridge, (0.5, 0.65, 0.8, 0.3, 0.05))
    )


def _in(value: float, units: quantities.Units) -> str:
    scale, unit = quantities.unit_for(value, units)
    return f"{quantities.number(value / scale, 2)} {unit}"


def _lines(points: Points, peaks: Sequence[Peak], scale: float) -> Iterator[Line]:
    hues = {variant: hue for hue, variant in enumerate(dict.fromkeys(variant for _, variant in points))}
    devices = [peak.device for peak in peaks]
    for (device, variant), listed in points.items():
        alone = len(listed) == 1
        centre, low, high = (tuple(point.rate[i] / scale for point in listed) for i in range(3))
        yield Line(
            label=f"{variant}, {device}" if len(devices) > 1 else variant,
            x=tuple(point.intensity for point in listed),
            y=centre,
            # Bands of many lines would cover each other: how well the times are known is in the other charts.
            low=low if alone else (),
            high=high if alone else (),
            style="points" if alone else "line",
            hue=hues[variant],
            dashed=device != devices[0],
        )


def _above(points: Points, peaks: Sequence[Peak]) -> Iterator[tuple[str, Point, Peak]]:
    """What lies above its roof."""
    for (device, variant), listed in points.items():
        peak = roofline.peak_of(peaks, device)
        for point in listed:
            if peak and point.rate[0] > roofline.roof(peak, point.intensity):
                yield variant, point, peak


def _signs(points: Points, peaks: Sequence[Peak], scale: float) -> Iterator[Sign]:
    hues = list(dict.fromkeys(variant for _, variant in points))
    for variant, point, _ in _above(points, peaks):
        yield Sign("above the roof", point.intensity, point.rate[0] / scale, hues.index(variant))


def _note(points: Points, peaks: Sequence[Peak]) -> str:
    above = list(_above(points, peaks))
    remarks = ["bytes: every input and output once"]
    if any(point.rate[0] <= peak.flops for _, point, peak in above):
        remarks.append("◇ above the slope: from cache, the data never left it")
    if any(point.rate[0] > peak.flops for _, point, peak in above):
        remarks.append("◇ above the flat roof: fewer operations than are counted, or a better moment of the machine")
    return "; ".join(remarks)


def _finding(points: Points, peaks: Sequence[Peak], parameter: str) -> str:
    """Of the first device."""
    peak = peaks[0]
    reached = [
        Reached(variant, point.at, point.rate[0] / roofline.roof(peak, point.intensity), point.rate[0] > peak.flops)
        for (device, variant), listed in points.items()
        if device == peak.device
        for point in listed
    ]
    limits = {
        point.at: roofline.limit(peak, point.intensity)
        for (device, _), listed in points.items()
        if device == peak.device
        for point in listed
    }
    said = findings.roof(reached, limits, parameter)
    return f"{peak.device}: {said}" if len(peaks) > 1 else said
