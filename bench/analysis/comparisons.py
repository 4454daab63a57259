"""The rows of a comparison, each beside its reference, and its sweeps with their laws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeGuard

from bench.analysis import laws, peak_memory, quantities, races, statistics
from bench.analysis.families import ALONE, NO_FAMILY, Family, Standing
from bench.analysis.laws import Law, NoLaw
from bench.model import Case, Parameter, PartInfo, Record


@dataclass(frozen=True)
class Row:
    """One variant, the reference's record under the same parameters, device and seed, and where their ratio stands in
    its run."""

    record: Record
    reference: Record | None
    standing: Standing = ALONE
    missed: str = ""
    """Why it has no reference, where that was measured on another place."""

    @property
    def name(self) -> str:
        return self.record.case.variant or "(set-up)"

    @property
    def is_reference(self) -> bool:
        return self.record is self.reference

    @cached_property
    def time(self) -> statistics.Interval | None:
        """None of a variant that is not sound, though it may have been timed before that was found out."""
        return statistics.estimate(self.record) if self.record.outcome == "ok" else None

    @cached_property
    def ratio(self) -> statistics.Ratio | None:
        if self.reference is None or self.is_reference or self.record.outcome != "ok":
            return None
        return self.standing.judged(statistics.ratio(self.record, self.reference))

    @property
    def ratio_words(self) -> str:
        if self.is_reference:
            return "reference"
        return statistics.in_words(self.ratio) if self.ratio else self.missed

    @cached_property
    def peak(self) -> peak_memory.Peak | None:
        return peak_memory.peak(self.record)

    @cached_property
    def throughput(self) -> statistics.Interval | None:
        return statistics.throughput(self.record) if self.record.outcome == "ok" else None

    @property
    def notes(self) -> tuple[str, ...]:
        """What is worth knowing of the variant, though nothing failed."""
        asking = max((sample.asking for sample in self.record.samples), default=0.0)
        apart = (f"is timed in a process of its own: asking it takes {asking:.2%} of a block".replace("%", " %"),)
        return self.record.notes + (apart if asking else ())


@dataclass(frozen=True)
class Group:
    """The rows that may be held against each other: one device, one seed, one set of parameters, one place."""

    device: str
    seed: int
    parameters: dict[str, Parameter]
    rows: tuple[Row, ...]
    place: str = ""

    @property
    def label(self) -> str:
        return ", ".join(f"{name} = {value}" for name, value in self.parameters.items())

    @property
    def notes(self) -> tuple[str, ...]:
        """Each with the name of its variant."""
        return tuple(f"{row.name}: {note}" for row in self.rows for note in row.notes)


@dataclass(frozen=True)
class Sweep:
    """One numeric parameter varies, everything else stands still: ``lines[variant]`` is a list of ``(value, records)``,
    the records of all seeds, on one place."""

    parameter: str
    device: str
    others: dict[str, Parameter]
    lines: dict[str, list[tuple[float, list[Record]]]]
    place: str = ""

    @property
    def label(self) -> str:
        return ", ".join(f"{name} = {value}" for name, value in self.others.items())

    def time_law(self, variant: str) -> Law | NoLaw:
        return laws.time_law(self.lines[variant], self.parameter)

    def memory_law(self, variant: str) -> Law | NoLaw:
        """Of tensor bytes where they are most of what the call needs, and of resident memory elsewhere."""
        return self.tensor_law(variant) if self.is_tensors(variant) else self.resident_law(variant)

    def is_tensors(self, variant: str) -> bool:
        return laws.is_tensors(self.lines[variant])

    def tensor_law(self, variant: str) -> Law | NoLaw:
        return laws.tensor_law(self.lines[variant])

    def resident_law(self, variant: str) -> Law | NoLaw:
        return laws.resident_law(self.lines[variant])

    def in_words(self, variant: str) -> tuple[str, str]:
        """The laws of time and of memory in words; the meter of the latter stands behind its letter."""
        meter = "tensors" if self.is_tensors(variant) else "resident"
        return (
            laws.in_words(self.time_law(variant), "t", self.parameter, quantities.SECONDS),
            laws.in_words(self.memory_law(variant), f"m ({meter})", self.parameter, quantities.BYTES),
        )

    @property
    def is_batch_time(self) -> bool:
        """Whether time means the time of one batch rather than of one call."""
        return self.parameter == "batch" and any(
            record.work is not None for points in self.lines.values() for _, records in points for record in records
        )


def groups(part: PartInfo, records: Iterable[Record], family: Family = NO_FAMILY) -> tuple[Group, ...]:
    """Rows by device, seed, parameters and place; the reference stands first. ``family`` is that of the whole run:
    without it every ratio speaks for itself."""
    listed = list(records)
    by_case: dict[tuple[Case, str], list[Record]] = {}
    for record in listed:
        by_case.setdefault((record.case.whole, record.place), []).append(record)
    # The sort is stable: parameters keep the order in which they were swept.
    # False comes before True: the CPU stands first.
    ordered = sorted(by_case.items(), key=lambda item: (item[0][0].device != "cpu", item[0][0].seed))
    return tuple(_group(part, key, alike, listed, family) for key, alike in ordered)


def _group(
    part: PartInfo, key: tuple[Case, str], records: list[Record], everywhere: list[Record], family: Family
) -> Group:
    (case, place), name = key, races.reference_of(part, records)
    reference = next((r for r in records if name is not None and r.case.variant == name), None)
    missed = "" if reference or name is None else _missed(case, name, everywhere)
    ordered = sorted(records, key=lambda record: record is not reference)
    rows = tuple(Row(record, reference, family.get(record.case, ALONE), missed) for record in ordered)
    return Group(case.device, case.seed, case.parameters, rows, place=place)


def _missed(case: Case, name: str, everywhere: Iterable[Record]) -> str:
    """That the reference is there, though on another place: two machines give no ratio."""
    alike = (r.place for r in everywhere if r.case.variant == name and r.case.whole == case)
    return next((f"no ratio: {name} was measured on {place or 'another place'}" for place in alike), "")


def whereabouts(listed: Sequence[Group | Sweep]) -> list[str]:
    """What tells of each where it was measured, if not all were there: "cuda", "n2", "cuda of n2"."""
    devices, places = len({each.device for each in listed}) > 1, len({each.place for each in listed}) > 1
    return [
        f"{each.device} of {each.place}" if devices and places else each.device * devices or each.place * places
        for each in listed
    ]


def swept_parameter(records: Iterable[Record]) -> str | None:
    """The numeric parameter with most values, of at least two."""
    values: dict[str, set[Parameter]] = {}
    for record in records:
        for name, value in record.case.parameters.items():
            values.setdefault(name, set()).add(value)
    numeric = [name for name, given in values.items() if len(given) > 1 and all(map(is_number, given))]
    # The one with most values gives its law the most points to fail at.
    return max(numeric, key=lambda name: len(values[name]), default=None)


def is_number(value: Parameter) -> TypeGuard[int | float]:
    """Which a truth value is not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def sweeps(records: Iterable[Record], parameter: str | None = None) -> tuple[Sweep, ...]:
    """Every line along a parameter, by device, place and the other parameters; without a name it is the one that is
    swept, and there is no line where none is."""
    listed = [record for record in records if record.case.variant is not None]
    parameter = parameter or swept_parameter(listed)
    if parameter is None:
        return ()
    by_setting: dict[tuple[Case, str], dict[str, dict[float, list[Record]]]] = {}
    for record in listed:
        others = {name: value for name, value in record.case.parameters.items() if name != parameter}
        value = record.case.parameters.get(parameter)
        if isinstance(value, int | float):
            # Seeds are repetitions, so they share a line; the swept parameter is its axis.
            setting = replace(record.case.whole, seed=0, parameters=others)
            lines = by_setting.setdefault((setting, record.place), {})
            lines.setdefault(str(record.case.variant), {}).setdefault(float(value), []).append(record)
    return tuple(
        Sweep(
            parameter,
            setting.device,
            setting.parameters,
            {name: sorted(points.items()) for name, points in lines.items()},
            place=place,
        )
        for (setting, place), lines in by_setting.items()
    )
