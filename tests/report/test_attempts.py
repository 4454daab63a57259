"""What is printed of files that were tried."""

from io import StringIO
from typing import Any

from rich.console import Console

from bench.model import Agreement, Broken, Case, ExerciseInfo, PartInfo, Record, Run
from bench.report import attempts


def record(variant: str | None, n: int, error: float | None = None, **more: Any) -> Record:
    held = None
    if error is not None:
        held = Agreement(error=error, allowed=1e-6, reference_error=1e-7, dtype="float32")
    case = Case(exercise="ex01", part="a", device="cpu", seed=0, parameters={"n": n}, variant=variant)
    return Record(case=case, agreement=held, **{"outcome": "ok" if held and held.passed else "disagrees", **more})


def shown(build: Any, *records: Record, broken: tuple[Broken, ...] = (), **more: Any) -> list[str]:
    from dataclasses import replace

    part = PartInfo(id="a", title="Sums", kind="comparison", reference="sum")
    info = ExerciseInfo(id="ex01", title="t", parts=(part,))
    run: Run = replace(build(hostile=False), records=records, broken=broken, exercises=(info,))
    out = StringIO()
    attempts.show(run, Console(file=out, width=200, no_color=True), **more)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_a_row_a_variant_with_its_worst_case(build: Any) -> None:
    lines = shown(
        build,
        record("mine", 1, 1e-8),
        record("mine", 8, 5e-7),
        record("his", 1, 2.0, reason="why"),
        record("his", 8, 1e-9),
    )
    assert lines == [
        "ex01.a  Sums (against sum)",
        "✓ mine  error 5e-7 ≤ 1e-6, the worst of 2 cases",
        "✗ his   error 2 > 1e-6 in 1 of 2 cases",
        "    n=1: why",
        "",
        "1 of 2 variants is wrong",
    ]


def test_every_case_and_what_was_raised_on_request(build: Any) -> None:
    failed = [record("mine", n, outcome="failed", reason=f"E: {n}", detail="Traceback") for n in (1, 8)]
    assert shown(build, *failed)[1:3] == ["✗ mine  failed in 2 of 2 cases", "    n=1: E: 1"]
    assert shown(build, *failed, verbose=True)[2:6] == [
        "    n=1: E: 1",
        "    Traceback",
        "    n=8: E: 8",
        "    Traceback",
    ]


def test_notes_broken_files_and_a_set_up_that_failed_are_told(build: Any) -> None:
    noted = record("mine", 1, 1e-8, notes=("packs its inputs",))
    lines = shown(build, noted, record(None, 8, outcome="failed", reason="no"), broken=(Broken("bob.py", "E: why"),))
    assert lines[0] == "✗ bob.py  E: why"
    assert "    packs its inputs" in lines
    assert lines[-1] == "1 of 2 variants is wrong; bob.py was not tried"
    assert "✗ (the exercise itself)  failed" in lines


def test_where_nothing_could_be_held_nothing_agrees(build: Any) -> None:
    assert shown(build, broken=(Broken("ex01", "E: why"),)) == ["✗ ex01  E: why"]


def test_nothing_moves_the_cursor(build: Any) -> None:
    assert not any("\x1b" in line for line in shown(build, record("\x1b[2J", 1, 2.0, reason="\x1b[2J")))


def test_for_programs_every_case_is_told(build: Any) -> None:
    from dataclasses import replace

    run = replace(
        build(hostile=False), records=(record("mine", 1, 2.0, reason="why"), record("his", 1, outcome="failed"))
    )
    first, second = attempts.document(run)["cases"]  # type: ignore[misc]
    assert (first["part"], first["error"], first["allowed"], first["reason"]) == ("ex01.a", 2.0, 1e-6, "why")
    assert (second["error"], second["outcome"]) == (None, "failed")


def test_what_was_not_tried_is_never_said_to_agree(build: Any) -> None:
    files = (Broken("bob.py", "E: why"), Broken("bob.py", "E: again"))
    assert shown(build, record("mine", 1, 1e-8), broken=files)[-1] == "1 variant agrees; bob.py was not tried"
    three = tuple(Broken(f"{name}.py", "E: why") for name in "abc")
    assert shown(build, record("mine", 1, 1e-8), broken=three)[-1] == "1 variant agrees; 3 files were not tried"
