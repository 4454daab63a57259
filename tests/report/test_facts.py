"""When, where and how a run was measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bench.model import Run
from bench.report import facts


def test_a_moment_is_a_date_in_words_or_stands_as_it_is() -> None:
    assert facts.moment("2026-11-24T18:05:00+00:00") == "24 November 2026, 18:05 UTC"
    assert facts.moment("2026-11-04T08:05:00") == "4 November 2026, 08:05"
    assert facts.moment("yesterday") == "yesterday"


def test_facts_that_are_not_known_are_left_out(build: Callable[..., Run]) -> None:
    run = build(hostile=False)
    named = dict(facts.facts(run))
    assert not {"GPU", "driver", "CUDA"} & set(named)
    assert named["commit"] == "b481930, with uncommitted changes"
    clean = replace(run, environment=replace(run.environment, commit="", gpu="a card"))
    assert "commit" not in dict(facts.facts(clean))
    assert dict(facts.facts(clean))["GPU"] == "a card"
    assert facts.machine(clean) == "AMD EPYC 7B13, a card, PyTorch 2.11.0"


def test_files_are_the_data_the_drawings_and_what_studies_drew(run: Run) -> None:
    files = facts.files(run, ["figures/a.svg"])
    assert files[:2] == ("run.json", "journal.jsonl")
    assert files[-1] == "a/mistakes.png"
    assert len(files) == len(set(files)), "three seeds drew one picture"


def test_what_noise_there_was_is_said_where_something_was_timed(run: Run) -> None:
    assert facts.noise_words(run).startswith("ratios here are known to")
    assert facts.noise_words(replace(run, records=())) == ""
