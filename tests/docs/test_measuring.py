"""The page on measuring states the numbers that the code uses."""

import math
import re
from dataclasses import replace
from pathlib import Path

from bench import model
from bench.analysis import causes, laps, laws, peak_memory, plausible, races, statistics
from bench.execute.child import following, racing, timing
from bench.execute.guests import invited
from bench.measure import agreement, children, disturbance, noise, sampling, weighing
from bench.model import exercise
from bench.results import environment

ROOT = Path(__file__).parents[2]
PAGE = " ".join((ROOT / "docs" / "measuring.md").read_text(encoding="utf-8").split())
ROW = re.compile(
    r"\| (smoke|quick|full) \| (\d+) \| (\d+) \| (\d+|any) \| (\d+) "
    r"\| ([\d.]+) s \| ([\d.]+) s \| (any|± [\d.]+ %) \| (\d+) "
)
NAMES = {"cpu": "processor", "gpu": "GPU", "cuda": "CUDA", "python": "Python"}


def test_the_effort_of_every_profile() -> None:
    told = {
        profile: sampling.Effort(
            rounds=int(rounds),
            most_rounds=int(most),
            case_seconds=math.inf if case == "any" else float(case),
            laps=int(laps),
            block_seconds=float(block),
            seconds=float(seconds),
            narrow=math.inf if narrow == "any" else float(narrow.split()[1]) / 100,
            weighings=int(weighings),
        )
        for profile, rounds, most, case, laps, block, seconds, narrow, weighings in ROW.findall(PAGE)
    }
    assert told == sampling.EFFORTS


def test_the_bounds_of_agreement() -> None:
    assert rf"\max({agreement.FACTOR:g}\, e_\text{{ref}},\; {agreement.UNITS:g}\, \varepsilon)" in PAGE
    assert f"A reference more than {agreement.SANE:g} away" in PAGE
    assert timing.INPUTS == 2
    assert "sets the comparison up with two seeds" in PAGE


def test_the_bounds_of_variants_from_outside() -> None:
    assert f"at most {timing.SHARE:.1%} of them".replace("%", " %") in PAGE
    assert following.NEW == 10, "ten times as long as those on inputs that were seen before"
    assert following.FAST == 0.5, "less than half of the reference's"
    assert (invited.SHARE, invited.LONGEST) == (0.25, 120), "a quarter of what `--timeout` allows, two minutes at most"


def test_the_words_of_a_verdict() -> None:
    assert f"the same, between {1 / statistics.UNSTABLE:g} and {statistics.UNSTABLE:g}" in PAGE
    assert f"between {1 / statistics.UNSTABLE_LAPS:.2g} and {statistics.UNSTABLE_LAPS:g}" in PAGE
    assert f"| lies above {statistics.LEAST:g} |" in PAGE
    assert f"level is set to {laps.LEVEL:.0%}".replace("%", " %") in PAGE
    assert f"more than {disturbance.MOST:.0%} of its time".replace("%", " %") in PAGE
    assert f"that share is above {causes.BUSY:.0%}".replace("%", " %") in PAGE
    assert f"Student's {statistics.LEVEL:.0%}".replace("%", " %") in PAGE
    examples = {
        "6.8 ± 0.2 times faster": statistics.Ratio(centre=6.8, low=6.6, high=7.0, rounds=5, verdict="faster"),
        "1.9 ± 0.1 times slower": statistics.Ratio(
            centre=1 / 1.9, low=1 / 2.0, high=1 / 1.8, rounds=5, verdict="slower"
        ),
        "no change detected": statistics.Ratio(centre=1.0, low=0.9, high=1.1, rounds=5, verdict="no change detected"),
        "unstable: 0.5 to 3 times as fast": statistics.Ratio(
            centre=1.2, low=0.5, high=3.0, rounds=5, verdict="unstable"
        ),
        "inconclusive: the machine was busy (others had 38 % of this core)": statistics.Ratio(
            centre=1.2, low=0.5, high=3.0, rounds=5, verdict="busy", taken=causes.Taken(waited=0.38)
        ),
        "about 1.3 times as fast (one round: no verdict)": statistics.Ratio(
            centre=1.3, low=None, high=None, rounds=1, verdict=None
        ),
    }
    faster = examples["6.8 ± 0.2 times faster"]
    examples["1.03 ± 0.02 times faster, or chance: one of 285 ratios"] = replace(
        faster, centre=1.03, low=1.01, high=1.05, verdict="maybe chance", among=285
    )
    examples["690 ± 20 times faster: more than any machine explains; look at what it computes"] = replace(
        faster, centre=690.0, low=670.0, high=710.0, doubt=f"more than any machine explains; {plausible.LOOK}"
    )
    for said, ratio in examples.items():
        words = statistics.in_words(ratio)
        assert re.sub(r"[\d.]+", "#", words) == re.sub(r"[\d.]+", "#", said)
        assert f'"{said}"' in PAGE


def test_the_causes_of_a_busy_machine() -> None:
    assert f'"{causes.Taken(stolen=0.12).words}"' in PAGE
    assert f'"{causes.Taken(throttled=0.2).words}"' in PAGE


def test_the_kinds_of_work_that_noise_is_measured_with() -> None:
    row = " | ".join(noise.WORKS)
    assert f"| {row} | fixed loop |" in PAGE
    assert f"one call as {['no', 'one', 'two', 'three', 'four'][noise.COPIES]} variants" in PAGE


def test_what_is_doubted_and_what_is_counted() -> None:
    assert f"a *ratio* whose whole interval lies above {plausible.MOST_TIMES}:" in PAGE
    assert f"{plausible.FASTEST:.1e}" == "3.8e+11"
    assert "above 3.8 · 10¹¹ units a second and thread" in PAGE
    assert "held against $0.04 / m$" in PAGE
    assert math.isclose(1 - laps.LEVEL, 0.04)
    assert laws.MOST == 0.5
    assert weighing.LONGEST == 1.0
    assert f"every {children.PAUSE * 1000:g} ms" in PAGE


def test_what_makes_runs_incomparable_and_when_a_law_is_stated() -> None:
    sentence = PAGE[PAGE.index("Runs that differ in processor") :].partition(" are not comparable")[0]
    assert all(NAMES.get(field, field) in sentence for field in environment.MATTERS)
    assert (laws.FEWEST, laws.WORST, laws.FAR, peak_memory.PAGES) == (3, 0.25, 10, 64 * 1024)
    assert "at least three values" in PAGE
    flat = " ".join(PAGE.split())
    assert "by more than a quarter" in flat
    assert "all peaks are 64 KiB or less" in flat
    assert "more than ten times beyond" in flat
    (decision,) = (ROOT / "docs" / "decisions").glob("010-*.md")
    assert "misses a measured value by more than a quarter" in decision.read_text(encoding="utf-8")


def test_what_a_race_is_given() -> None:
    section = PAGE.partition("## Races")[2].partition("## Laws of a sweep")[0]
    assert f"({exercise.LIMIT:,} unless the race says otherwise)" in section
    assert f"makes {racing.WARM} steps that are thrown away" in section
    diverged = model.Trial(end="diverged", steps=12, evaluations=12, best=None, seconds=1.0)
    assert f'("{races.in_words([diverged])}":' in section
    assert '"is not deterministic"' in section
    assert "is not deterministic" in races.note([diverged, replace(diverged, steps=13)])
