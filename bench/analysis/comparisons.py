"""The rows of a comparison, each beside its reference, and its sweeps with their laws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from bench.analysis import laws, statistics
from bench.analysis.laws import Law, NoLaw
from bench.model import Case, Parameter, PartInfo, Record


@dataclass(frozen=True)
class Row:
    """One variant, and the reference's record under the same parameters, device and seed."""

    record: Record
    reference: Record | None

    @property
    def name(self) -> str:
        return self.record.case.variant or "(set-up)"

    @property
    def is_reference(self) -> bool:
        return self.record is self.reference

    @cached_property
    def time(self) -> statistics.Interval | None:
        return statistics.estimate(self.record)

    @cached_property
    def ratio(self) -> statistics.Ratio | None:
        if self.reference is None or self.is_reference:
            return None
        return statistics.ratio(self.record, self.reference)

    @property
    def ratio_words(self) -> str:
        if self.is_reference:
            return "reference"
        return statistics.in_words(self.ratio) if self.ratio else ""

    @cached_property
    def peak(self) -> statistics.Peak | None:
        return statistics.peak(self.record)

    @cached_property
    def throughput(self) -> statistics.Interval | None:
        return statistics.throughput(self.record)


@dataclass(frozen=True)
class Group:
    """The rows that may be held against each other: one device, one seed, one set of parameters."""

    device: str
    seed: int
    parameters: dict[str, Parameter]
    rows: tuple[Row, ...]

    @property
    def label(self) -> str:
        return ", ".join(f"{name} = {value}" for name, value in self.parameters.items())


@dataclass(frozen=True)
class Sweep:
    """One numeric parameter varies, everything else stands still: ``lines[variant]`` is a list of ``(value, records)``,
    the records of all seeds."""

    parameter: str
    device: str
    others: dict[str, Parameter]
    lines: dict[str, list[tuple[float, list[Record]]]]

    @property
    def label(self) -> str:
        return ", ".join(f"{name} = {value}" for name, value in self.others.items())

    def time_law(self, variant: str) -> Law | NoLaw:
        return laws.time_law(self.lines[variant], self.parameter)

    def memory_law(self, variant: str) -> Law | NoLaw:
        return laws.memory_law(self.lines[variant])

    @property
    def is_batch_time(self) -> bool:
        """Whether time means the time of one batch rather than of one call."""
        return self.parameter == "batch" and any(
            record.work is not None for points in self.lines.values() for _, records in points for record in records
        )


def groups(part: PartInfo, records: Iterable[Record]) -> tuple[Group, ...]:
    """Rows by device, seed and parameters; the reference stands first."""
    by_case: dict[Case, list[Record]] = {}
    for record in records:
        by_case.setdefault(record.case.whole, []).append(record)
    # The sort is stable: parameters keep the order in which they were swept.
    ordered = sorted(by_case.items(), key=lambda item: (item[0].device != "cpu", item[0].seed))
    return tuple(_group(part, case, listed) for case, listed in ordered)


def _group(part: PartInfo, case: Case, records: list[Record]) -> Group:
    reference = next((r for r in records if part.reference is not None and r.case.variant == part.reference), None)
    ordered = sorted(records, key=lambda record: record is not reference)
    return Group(case.device, case.seed, case.parameters, tuple(Row(record, reference) for record in ordered))


def swept_parameter(records: Iterable[Record]) -> str | None:
    """The numeric parameter with most values, of at least two."""
    values: dict[str, set[Parameter]] = {}
    for record in records:
        for name, value in record.case.parameters.items():
            values.setdefault(name, set()).add(value)
    numeric = [name for name, given in values.items() if len(given) > 1 and all(map(_is_number, given))]
    # The one with most values gives its law the most points to fail at.
    return max(numeric, key=lambda name: len(values[name]), default=None)


def _is_number(value: Parameter) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def sweeps(records: Iterable[Record]) -> tuple[Sweep, ...]:
    """Every line along the swept parameter, by device and by the other parameters; none where nothing is swept."""
    listed = [record for record in records if record.case.variant is not None]
    parameter = swept_parameter(listed)
    if parameter is None:
        return ()
    by_setting: dict[Case, dict[str, dict[float, list[Record]]]] = {}
    for record in listed:
        others = {name: value for name, value in record.case.parameters.items() if name != parameter}
        value = record.case.parameters.get(parameter)
        if isinstance(value, int | float):
            # Seeds are repetitions, so they share a line; the swept parameter is its axis.
            lines = by_setting.setdefault(replace(record.case.whole, seed=0, parameters=others), {})
            lines.setdefault(str(record.case.variant), {}).setdefault(float(value), []).append(record)
    return tuple(
        Sweep(
            parameter,
            setting.device,
            setting.parameters,
            {name: sorted(points.items()) for name, points in lines.items()},
        )
        for setting, lines in by_setting.items()
    )
