"""The page of what was tried: every row, and of a wrong answer each wrong tensor beside the reference's."""

from dataclasses import replace
from typing import Any

from bench.model import Agreement, Broken, Case, ExerciseInfo, Gallery, PartInfo, Portrait, Record, Run
from bench.report import gallery

CASE = Case(exercise="ex01", part="a", device="cpu", seed=0, parameters={"n": 1})
WRONG = Portrait(name="dW", shape=(60, 1), expected=((1.0,),), given=((-1.0,),), difference=((-2.0,),))
RIGHT = Portrait(name="db", shape=(1,), expected=((1.0,),), given=((1.0,),), difference=((0.0,),), wrong=False)


def record(variant: str, error: float, **more: Any) -> Record:
    held = Agreement(error=error, allowed=1e-6, reference_error=1e-7, dtype="float32")
    return Record(
        case=replace(CASE, variant=variant), agreement=held, outcome="ok" if held.passed else "disagrees", **more
    )


def page(build: Any, seen: Gallery | None, *records: Record) -> str:
    part = PartInfo(id="a", title="Sums", kind="comparison", reference="sum")
    info = ExerciseInfo(id="ex01", title="t", parts=(part,))
    run: Run = replace(build(hostile=False), records=records, broken=(Broken("<b>.py", "E: <why>"),), exercises=(info,))
    return gallery.page(run, {(CASE.key, seen.variant): seen} if seen else {})


def test_what_is_wrong_is_drawn_thrice_and_what_agrees_is_named(build: Any) -> None:
    seen = Gallery(variant="mine", portraits=(WRONG, RIGHT), left_out=2)
    text = page(build, seen, record("mine", 2.0, reason="why"), record("his", 1e-8))
    assert text.count("<img") == 3
    assert [word in text for word in ("given − reference", "dW", "they agree: db", "so many: 2 tensors")] == [True] * 4
    assert "60 values in 1 fields: each shows the one furthest from zero" in text
    assert "<h1>ex01: 1 of 2 variants is wrong; &lt;b&gt;.py was not tried</h1>" in text


def test_another_shape_has_no_difference(build: Any) -> None:
    seen = Gallery(variant="mine", portraits=(replace(WRONG, other=(1, 60), difference=()),))
    text = page(build, seen, record("mine", 2.0))
    assert text.count("<img") == 2
    assert "(60, 1), given (1, 60)" in text


def test_what_others_have_named_is_text(build: Any) -> None:
    seen = Gallery(variant="<i>", portraits=(replace(WRONG, name="<script>", given=()),))
    text = page(build, seen, record("<i>", 2.0, reason="<u>"))
    assert not any(tag in text for tag in ("<script", "<i>", "<u>", "<b>.py", "<why>"))
    assert "given: nothing to draw" in text
    assert "default-src 'none'" in text
    assert r"a\x1b\u202eb" in page(build, None, record("mine", 2.0, reason="a\x1b\u202eb"))


def test_one_that_failed_has_no_picture(build: Any) -> None:
    assert "<img" not in page(build, None, record("mine", 2.0, reason="ValueError: no"))
