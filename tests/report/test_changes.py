"""What differs from the sheet stands on top of a run, with the claims that were not made of it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bench.model import Case, ExerciseInfo, Findings, PartInfo, Profile, Record, Run
from bench.report import changes
from bench.report.page import html


def changed(run: Run, *unmade: str, **values: object) -> Run:
    parts = tuple(PartInfo(id=id, title=id, kind="study", parameters={"rate": 0.01, "epochs": 3}) for id in "ab")
    records = tuple(
        Record(
            case=Case(exercise="ex1", part=part.id, device="cpu", seed=seed, parameters=part.parameters | values),
            outcome="ok",
            findings=Findings(unmade=unmade),
        )
        for part in parts
        for seed in (0, 1)
    )
    return replace(run, exercises=(ExerciseInfo(id="ex1", title="T", parts=parts),), records=records)


def test_a_run_as_declared_says_nothing(run: Run) -> None:
    assert changes.words(run) == ()
    assert changes.words(changed(run)) == ()


def test_parts_that_differ_alike_stand_together_and_seeds_do_not_count(run: Run) -> None:
    assert changes.words(changed(run, rate=0.05)) == (
        "Differs from the sheet: rate 0.05 instead of 0.01 in ex1.a, ex1.b.",
    )
    assert changes.words(changed(run, rate=0.05), "ex2") == ()


def test_swept_values_stand_in_one_place(run: Run) -> None:
    one, two = changed(run, rate=0.05), changed(run, rate=0.5)
    (line,) = changes.words(replace(one, records=one.records[:1] + two.records[:1]))
    assert line == "Differs from the sheet: rate 0.05, 0.5 instead of 0.01 in ex1.a."


@pytest.mark.parametrize("profile", ["smoke", "quick"])
def test_a_value_that_a_profile_has_made_smaller_is_the_profiles(run: Run, profile: Profile) -> None:
    """It is not called the sheet's, whose value stands beside."""
    here = replace(changed(run, rate=0.05, epochs=5), profile=profile)
    (info,) = here.exercises
    parts = tuple(replace(part, in_full={"epochs": 15}) for part in info.parts)
    assert changes.words(replace(here, exercises=(replace(info, parts=parts),))) == (
        "Differs from the sheet: rate 0.05 instead of 0.01 in ex1.a, ex1.b.",
        f"Differs from {profile}: epochs 5 instead of 3 (the sheet has 15) in ex1.a, ex1.b.",
    )


def test_claims_that_were_not_made_are_named_and_then_counted(run: Run) -> None:
    _, line = changes.words(changed(run, "it learns", rate=0.05))
    assert line.endswith("“it learns” (ex1.a), “it learns” (ex1.b).")
    _, line = changes.words(changed(run, *map(str, range(4)), rate=0.05))
    assert line.endswith(" (ex1.b), and 3 more.")


def test_a_run_that_goes_on_says_from_where_and_the_pages_have_every_line(run: Run, tmp_path: Path) -> None:
    lines = changes.words(replace(changed(run, rate=1), continued="earlier"))
    assert lines[-1] == "Goes on from the trainings of earlier."
    html.bench_report(replace(changed(run, rate=1), continued="earlier"), tmp_path)
    for page in tmp_path.glob("*.html"):
        said = re.findall(r'<p class="changes">(.*?)</p>', page.read_text())
        assert len(said) == len(lines)
        assert said[-1] == lines[-1]


def test_a_run_says_which_trainings_left_no_checkpoints_and_which_were_left_out(run: Run) -> None:
    made = changed(run)
    a, b = (tuple(record for record in made.records if record.case.part == part) for part in "ab")
    kept = replace(made, command=("bench", "run", "ex1", "--keep-checkpoints"))
    kept = replace(kept, records=(*a, *(replace(record, checkpoints=("x.pt",)) for record in b)))
    assert changes.words(kept) == ("ex1.a leaves no checkpoints: its trainings cannot go on.",)
    begun = replace(made, continued="earlier", records=b, command=("bench", "run", "ex1", "--continue", "earlier"))
    (line,) = changes.words(begun)
    assert line == "Goes on from the trainings of earlier. Left out, for it has no checkpoints of them: ex1.a."
    assert changes.words(replace(begun, command=("bench", "run", "ex1.b"))) == (
        "Goes on from the trainings of earlier.",
    )
