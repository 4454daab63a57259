"""The details of a part on a terminal: tables that lose no number, agreement, laws, metrics."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from bench.analysis import families
from bench.model import Case, Findings, Metric, PartInfo, Record, Run
from bench.report import details, summary


def printed(run: Run, part: str, width: int = 120, judged: bool = True) -> str:
    out = StringIO()
    info = next(each for each in run.exercises[0].parts if each.id == part)
    records = summary.records_of(run, "ex10", part)
    console = Console(file=out, width=width, no_color=True)
    details.show(console, info, records, families.of_run(run), judged=judged)
    return out.getvalue()


def counted(run: Run) -> Run:
    def count(record: Record) -> Record:
        if record.memory is None:
            return record
        return replace(record, memory=replace(record.memory, tensors=2**21, children=3 * 2**20))

    return replace(run, records=tuple(map(count, run.records)))


def test_comparisons_show_time_ratio_rate_and_memory(run: Run) -> None:
    text = printed(run, "a.speed")
    line = next(line for line in text.splitlines() if line.startswith("  by hand, in place"))
    assert re.search(r"✓ +[\d.]+ ± [\d.]+ µs +[\d.]+ ± [\d.]+ × faster +[\d,]+ +\d+ KiB", line)
    assert "by hand: t = 210 µs + 13 µs · batch" in text
    assert "bends at batch 16" in text
    text = printed(run, "b")
    assert "no change detected" in text
    assert "unstable: " in text
    assert "worst error 0.31 > 1.9e-6: wrong" in text


@pytest.mark.parametrize("width", [70, 80, 96, 120])
def test_a_table_that_has_no_room_leaves_memory_out_and_cuts_no_number(run: Run, width: int) -> None:
    wide = printed(counted(run), "a.speed", width=200)
    lines = printed(counted(run), "a.speed", width=width).splitlines()
    assert max(map(len, lines)) <= width
    rates = [re.search(r"([\d,]{5,})(  |$)", line) for line in wide.splitlines() if line.startswith("  autograd")]
    assert len(rates) == 4
    assert all(rate and any(rate[1] in line for line in lines) for rate in rates)
    assert "…" not in "".join(lines)
    assert ("tensors" in lines[0]) == (width >= 96)


def test_what_is_not_judged_is_not_called_faster(run: Run) -> None:
    text = printed(run, "a.speed", judged=False)
    assert "µs" in text
    assert not re.search("faster|slower|against|t =", text)


def test_children_stand_below_the_table(run: Run) -> None:
    assert "    same: and 3 MiB in child processes\n" in printed(counted(run), "b")


def test_swept_values_are_no_seeds() -> None:
    def record(epochs: int, seed: int) -> Record:
        case = Case(exercise="ex10", part="a", device="cpu", seed=seed, parameters={"epochs": epochs})
        return Record(case=case, outcome="ok", findings=Findings(metrics=(Metric("epochs run", epochs + seed / 10),)))

    def shown(*records: Record) -> str:
        out = StringIO()
        part = PartInfo(id="a", title="a", kind="study")
        details.show(Console(file=out, width=120), part, records, {}, judged=True)
        return out.getvalue()

    assert (
        shown(record(50, 0), record(100, 0)) == "    epochs run: 50 for epochs=50\n    epochs run: 100 for epochs=100\n"
    )
    assert "over 2 seeds" in shown(record(50, 0), record(50, 1))
