"""The section on the selftest states the numbers that the code uses."""

from pathlib import Path

from bench.selftest import chance, examine, judge, known, planted, surroundings

PAGE = (Path(__file__).parents[2] / "docs" / "measuring.md").read_text(encoding="utf-8")
TEXT = " ".join(PAGE[PAGE.index("## Selftest") : PAGE.index("## What is refused")].split())


def percent(share: float) -> str:
    return f"{100 * share:g} %"


def test_the_goals() -> None:
    assert f"median ± {percent(judge.WIDTHS[0][2])}, largest ± {percent(judge.WIDTHS[1][2])}" in TEXT
    assert f"{percent(judge.FOUND[0.05])} of the slow-downs by 5 and 10 % are found" in TEXT
    assert judge.FOUND[0.1] == judge.FOUND[0.05]
    assert f"{percent(judge.FOUND[0.02])} of those by 2 %" in TEXT
    assert f"beside others {percent(judge.FOUND_BUSY)} of the former" in TEXT
    assert f"Their median within ± {percent(judge.OFF)}" in TEXT
    assert f"± {percent(judge.SPIN['cpu'])}; on CUDA ± {percent(judge.SPIN['cuda'])}" in TEXT
    assert f"± {judge.ALLOCATION_BYTES / known.MEGABYTE:g} MB ± {percent(judge.ALLOCATION)}" in TEXT
    assert f"at most {judge.NOTHING_SECONDS * 1e9:g} ns a call" in TEXT
    assert judge.SPIKE == 0.5


def test_what_is_tried() -> None:
    assert (planted.UNITS, list(planted.PLANTED.values())) == (100, [0.02, 0.05, 0.1])
    assert len(planted.exercise.parts) == 5
    assert "{:g} and {:g} ms".format(*known.SPINS_MS) in TEXT
    assert "{}, {} and {} MB".format(*known.ALLOCATIONS_MB) in TEXT
    assert f"{known.SPIKE_MB} MB, touched and freed within {known.SPIKE_SECONDS * 1e3:g} ms" in TEXT
    assert f"{known.NOTHINGS:,} calls in a block" in TEXT


def test_what_chance_may_do() -> None:
    assert f"{chance.most_alarms((2,) * 100, 0.05)} of 200 ratios" in TEXT
    assert f"with 20 tries, {chance.fewest_found(20, 0.95)} are enough" in TEXT
    assert chance.CHANCE == 0.01


def test_when_a_machine_is_busy_and_how_long_it_takes() -> None:
    assert f"more than {percent(surroundings.OTHERS)} of its cores" in TEXT
    assert f"more than {percent(surroundings.STOLEN)} of its time" in TEXT
    assert f"more than {percent(surroundings.WAITED)} of theirs" in TEXT
    assert {name: effort.seconds // 60 for name, effort in examine.EFFORTS.items()} == {"quick": 1, "full": 14}
