"""What a sweep prints, and its document: from simulated records."""

import io
import json
import math
import random

import pytest
from rich.console import Console

from bench.analysis.exponents import Difference
from bench.analysis.largest import Attempt, Largest
from bench.model import SCHEMA, Case, Environment, Memory, Record, Run, Sample, Work
from bench.report import swept
from bench.report.swept import Swept

HERE = Environment(python="3", torch="2", platform="l", cpu="c", cores=2, memory=1, threads=1)


def record(n: int, variant: str | None, outcome: str = "ok", reason: str = "") -> Record:
    rng = random.Random(n)
    times = [(1e-3 + 5e-5 * n) * math.exp(rng.gauss(0, 0.01)) for _ in range(5)]
    measured = outcome == "ok"
    return Record(
        case=Case(exercise="ex99", part="a", device="cpu", seed=0, parameters={"n": n, "k": 1}, variant=variant),
        outcome=outcome,  # type: ignore[arg-type]
        reason=reason,
        samples=tuple(Sample(round=i, calls=1, seconds=time) for i, time in enumerate(times)) if measured else (),
        memory=Memory((4096 * n + (1 << 20),), 0, "VmHWM", tensors=4096 * n + (1 << 20)) if measured else None,
        work=Work(n, "items"),
    )


def ran(*records: Record, profile: str = "quick") -> Run:
    return Run(
        schema=SCHEMA,
        id="run",
        created="2026-11-29",
        command=("bench", "sweep"),
        profile=profile,  # type: ignore[arg-type]
        devices=("cpu",),
        seeds=(0,),
        data="embedded",
        environment=HERE,
        records=records,
    )


SOUND = tuple(record(2**exponent, "own [b]") for exponent in range(6))
DEAD = record(64, "own [b]", "oom", "no \x1b[31mmemory")
WHOLE = record(128, None, "oom", "not even the truth")


def printed(of: Swept, width: int = 120) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    swept.show(of, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_everything_is_there() -> None:
    most = Largest(value=40, beyond=Attempt(value=41, outcome="oom"), last=128)
    out = printed(Swept(run=ran(*SOUND, DEAD, WHOLE), parameter="n", largest={"own [b]": most}, into="2GB"))
    for words in (
        "ex99.a over n on cpu (k = 1)",
        "own [b]",
        "items/s",
        "tensors",
        "1.12 MiB",
        "t = ",
        "m (tensors) = 1 MiB + 4 KiB · n",
        "throughput: no knee up to n 32",
        "the largest n that fits into 2GB is 40; 41 does not",
        "at n 64: no \ufffd[31mmemory",
        "✗ n = 128  oom: not even the truth",
    ):
        assert words in out
    assert "\x1b" not in out
    assert "Smoke" not in out


def test_smoke_says_that_its_numbers_are_none() -> None:
    assert "its numbers are no results" in printed(Swept(run=ran(*SOUND, profile="smoke"), parameter="n"))


def test_a_run_without_a_record_prints_no_table() -> None:
    assert printed(Swept(run=ran(), parameter="n")) == ""


def test_the_document_is_json_without_a_number_that_is_none() -> None:
    most = Largest(value=32, last=32)
    given = Swept(run=ran(*SOUND, DEAD, WHOLE), parameter="n", largest={"own [b]": most}, into="2GB")
    told = json.loads(json.dumps(swept.document(given), allow_nan=False))
    assert (told["run"], told["parameter"], told["memory"]) == ("run", "n", "2GB")
    (variant,) = told["variants"]
    assert variant["variant"] == "own [b]"
    assert [point["value"] for point in variant["points"]] == [1, 2, 4, 8, 16, 32, 64]
    assert variant["points"][-1]["outcome"] == "oom"
    assert variant["time_law"]["per_item"] == pytest.approx(5e-5, rel=0.05)
    low, high = variant["time_law"]["per_item_bounds"]
    assert low <= variant["time_law"]["per_item"] <= high
    assert variant["largest"]["everything_fits"] is True
    assert told["died"][0]["reason"] == "not even the truth"


def test_what_was_not_searched_has_no_largest() -> None:
    assert swept.document(Swept(run=ran(*SOUND[:1]), parameter="n"))["variants"][0]["largest"] is None


@pytest.mark.parametrize(
    ("exponent", "words"),
    [
        (None, ""),
        (Difference(0.5, None, None), "0.50"),
        (Difference(0.97, 0.95, 0.99), "0.97 ± 0.02"),
        (Difference(-0.2, -3.0, 2.6), "−0.2 ± 2.8"),
        (Difference(1.0, 1.0, 1.0), "1.000 ± 0.000"),
    ],
)
def test_exponents_in_words(exponent: Difference | None, words: str) -> None:
    assert swept.exponent_in_words(exponent) == words
