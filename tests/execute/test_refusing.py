"""What a child may not have kept, in one line that names it; and that whatever is refused could not be kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.execute.messages import Ended, Reply
from bench.execute.observations import observation_of
from bench.execute.refusing import refusal
from bench.model import Case, Claim, Curve, Figure, Findings, Metric, Observation, Table, Task, VariantResult

TASK = Task("study", Case(exercise="ex01", part="a", device="cpu", seed=0, parameters={"n": 8}))
SOUND = Observation(
    task=TASK,
    outcome="ok",
    findings=Findings(
        metrics=(Metric("误差, η", 1.0, "µs"),),
        tables=(Table("t", ("a", "b"), (("x", 1), (None, True))),),
        figures=(Figure("f", "f-1.png", "two\nlines"),),
        curves=(Curve(name="c", x=(0.0, 1.0), y=(1.0, 2.0)),),
    ),
    variants={"mine": VariantResult(notes=("a note",))},
    checkpoints=("checkpoints/state.pt",),
)


def test_what_a_lab_records_is_taken() -> None:
    assert refusal(SOUND) == ""


def figure(path: str) -> Findings:
    return Findings(figures=(Figure("f", path, ""),))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"findings": figure("/etc/passwd")}, "the path '/etc/passwd' leads out of the folder of its case"),
        ({"findings": figure("../../x.png")}, "leads out"),
        ({"findings": figure("a\\..\\..\\x.png")}, "leads out"),
        ({"checkpoints": ("C:\\x.pt",)}, "leads out"),
        ({"findings": Findings(metrics=(Metric("m", 1.0),) * 2_001)}, "it has 2,001 metrics, of at most 2,000"),
        (
            {"findings": Findings(metrics=(Metric("m\x1b[2J", 1.0),))},
            r"findings.metrics[0].name is 'm\x1b[2J', which has control",
        ),
        (
            {"findings": Findings(claims=(Claim("c" * 5_000, 1.0, "at_most", 2.0),))},
            "findings.claims[0].name has 5,000 letters",
        ),
        (
            {"findings": Findings(tables=(Table("t", ("a",), (("x\x9b",),)),))},
            "findings.tables[0].rows[0][0] is 'x\\x9b'",
        ),
        ({"variants": {"v\x00": VariantResult()}}, r"variants, a name in it is 'v\x00'"),
        ({"variants": {"v": VariantResult(notes=("n" * 9_999,))}}, "variants['v'].notes[0] has 9,999 letters"),
        ({"seconds": -1.0}, "seconds is -1.0, of at least 0"),
    ],
)
def test_what_nobody_can_keep_is_refused_by_name(changes: dict[str, object], why: str) -> None:
    given = replace(SOUND, **changes)  # type: ignore[arg-type]
    assert why in refusal(given)
    made = observation_of(TASK, Reply(ended=Ended(0), answer=given), None)
    assert (made.outcome, made.findings, made.task) == ("failed", Findings(), TASK)
    assert why.split("'")[0] in made.reason


def test_a_reason_of_a_variant_that_is_well_is_cut_too() -> None:
    given = replace(SOUND, variants={"v": VariantResult(reason="r" * 9_000, detail="d" * 90_000)})
    kept = observation_of(TASK, Reply(ended=Ended(0), answer=given), None).variants["v"]
    assert len(kept.reason) <= 500
    assert len(kept.detail) <= 8_000
