"""What an answer may not say of its exercise: one line each, with its number and the nearest name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.model import ByProfile, Claim, Curve, Figure, Findings, Metric, PartDescription, Table, Work
from bench.report.answers import contract, spellings

STUDY = PartDescription(id="a", title="Is it right?", kind="study")
SPEED = PartDescription(
    id="a.speed",
    title="Which is faster?",
    kind="comparison",
    parameters={"batch": ByProfile(smoke=(1, 8), quick=(1, 64), full=(1, 64)), "dtype": "float32"},
)
RACE = PartDescription(
    id="a.race", title="Who is first?", kind="race", parameters={"rate": (0.1, 0.2)}, target="loss ≤ 0.1"
)
SWEPT = PartDescription(id="b", title="How long?", kind="study", parameters={"epochs": (10, 20)})
FOUND = Findings(
    claims=(Claim("by hand = autograd", 0.0, "at_most", 1.0),),
    metrics=(Metric("accuracy", 0.9),),
    curves=(Curve(name="train loss", x=(0.0,), y=(1.0,)),),
    tables=(Table("sizes", (), ()),),
    figures=(Figure("Paths", "paths.png"),),
)
EXERCISE = contract.Seen(
    id="ex03",
    parts=(STUDY, SPEED, RACE, SWEPT),
    found={"a": FOUND, "b": Findings()},
    variants={"a.speed": ("autograd", "by hand"), "a.race": ("SGD", "Adam")},
    sources=("solution.py",),
)
HEADINGS = "## a — Right?\n\n{}\n\n## b — Long?\n"


def lines(answer: str, exercise: contract.Seen = EXERCISE) -> list[tuple[int, str]]:
    return [(problem.line, problem.text) for problem in contract.broken(answer, exercise)]


SOUND = """
{{ claim("by hand = autograd") }}, {{ metric("accuracy") }}, {{ ratio("a.speed", "by hand", batch=64, seed=0) }}.

{{ time("a.race", "Adam", rate=0.1) }}, {{ steps("a.race", "Adam") }}, {{ evaluations("a.race", "SGD", rate=0.2) }}.

{{ chart("a", "train loss", kind="course", by="series") }} {{ table("a", "sizes") }}
{{ figure("a", "Paths") }}
{{ code("solution.py") }}
{{ compare("a.speed", show="ratio") }}
{{ compare("a.speed", show="time") }}

{{ compare("a.race") }} {{ chart("a.race", "loss against steps", beside=True) }}
"""


def test_what_is_there_may_be_named() -> None:
    assert lines(HEADINGS.format(SOUND)) == []


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ('claim("by hand = autograd?")', "no study has a claim of this name; did you mean by hand = autograd?"),
        ('metric("zzz")', "no study has a metric of this name; there is accuracy"),
        ('ratio("a.sped", "by hand")', "there is no part a.sped; did you mean a.speed"),
        ('ratio("a", "by hand")', "a is a study, which compares no variants"),
        ('time("a.speed", "by hnd")', "part a.speed has no variant by hnd; did you mean by hand?"),
        ('time("a.speed", "by hand", bach=8)', "part a.speed has no parameter bach; did you mean batch?"),
        ('time("a.speed", "by hand", batch=9)', "batch is never 9; it is 1, 8, 64"),
        ('time("a.speed", "by hand", dtype="float16")', "dtype is never 'float16'; it is 'float32'"),
        ('chart("a", "test loss")', "part a has no curve test loss; did you mean train loss?"),
        ('chart("b", "train loss")', "part b has no curve train loss"),
        ('chart("a.speed", "x")', 'which records no curves: compare("a.speed") shows what it measures'),
        ('chart("a", "train loss", by="epochs")', "by is series or name or seed or device, not epochs"),
        ('chart("a", "tran", by="name")', "part a has no curves whose names begin with tran"),
        ('table("a", "size")', "part a has no table size; did you mean sizes?"),
        ('steps("a.race", "Adm")', "part a.race has no method Adm; did you mean Adam?"),
        ('ratio("a.race", "Adam", rate=0.3)', "rate is never 0.3; it is 0.1, 0.2"),
        ('memory("a.race", "Adam")', "a.race is a race: memory() has nothing to tell of it"),
        ('evaluations("a.speed", "by hand")', "a.speed is a comparison: evaluations() has nothing to tell of it"),
        ('code("solutoin.py")', "name a file of the exercise's own folder"),
        (
            'chart("a.race", "loss against step")',
            "a.race has no chart loss against step; did you mean loss against steps",
        ),
        ('table("a.race", "loss")', 'a.race is a race, which records no tables: compare("a.race") shows'),
        ('compare("a.race", show="ratio")', 'a.race is a race: compare("a.race") without show'),
        ('figure("c", "Paths")', "there is no part c"),
        ('compare("a")', "a is a study"),
        ('compare("a.speed", show="speed")', "show is ratio or"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(call: str, says: str) -> None:
    ((line, text),) = lines(HEADINGS.format(f"Text.\n\n{{{{ {call} }}}}"))
    assert line == 5
    assert says in text


def test_nothing_is_said_of_a_part_that_was_not_tried() -> None:
    untried = contract.Seen(id="ex03", parts=EXERCISE.parts, found={"b": Findings()}, variants={})
    text = '{{ claim("x") }} {{ time("a.speed", "x", batch=8) }}\n\n{{ chart("a", "x") }}'
    assert lines(HEADINGS.format(text), untried) == []


def test_what_the_source_spells_may_be_found_by_a_longer_profile() -> None:
    spelt = spellings.of(['lab.claim("after 50 epochs", 1); lab.curve(f"test loss, batch {batch}", x, y)'])
    tried = replace(EXERCISE, spelt=spelt)
    text = '{{ claim("after 50 epochs") }}\n\n{{ chart("a", "test loss, batch 1") }}'
    assert lines(HEADINGS.format(text), tried) == []
    assert len(lines(HEADINGS.format(text))) == 2
    assert len(lines(HEADINGS.format('{{ claim("after 5 epochs") }}'), tried)) == 1


def test_a_beginning_of_names_collects_their_charts() -> None:
    assert lines(HEADINGS.format('Text.\n\n{{ chart("a", "train", by="name") }}')) == []


def test_a_name_of_a_swept_study_may_part_a_chart() -> None:
    swept = contract.Seen(id="ex03", parts=EXERCISE.parts, found={"a": FOUND, "b": FOUND}, variants={})
    assert lines('## a\n\nx\n\n## b\n\n{{ chart("b", "train loss", by="epochs") }}', swept) == []


@pytest.mark.parametrize(
    ("answer", "line", "says"),
    [
        ("## a — Right?", 1, 'no heading takes part b: write one such as "## b — How long?"'),
        ("## a\n\n## b\n\n## c — More", 5, "the heading names question c, which no part answers"),
        ("## a\n\n## b\n\n## 3a — More", 5, "a second heading of question a: the first is on line 1"),
        ("## a\n\n::: answer\nYes.\n:::\n\n## b", 7, "question b has no ::: answer, and others have"),
        ("## a\n\n::: details T\n:::\n::: answer\nx\n:::\n## b\n::: answer\nx\n:::", 3, "::: details is empty"),
        ("## a\n::: answer\nx\n:::\n::: answer\ny\n:::\n## b\n::: answer\nx\n:::", 5, "a second ::: answer to a"),
        ("::: answer\nx\n:::\n## a\n::: answer\ny\n:::\n## b\n::: answer\nx\n:::", 1, "stands below no question"),
        ('## a\n{{ table("a", "sizes") }}\n## b\n{{ table("a", "sizes", beside=True) }}', 4, "it stands on line 2"),
        ("## a\n\n{{ guess() }}\n\n## b", 3, "guess() is not known"),
    ],
)
def test_headings_fences_and_placements(answer: str, line: int, says: str) -> None:
    ((number, text),) = lines(answer)
    assert number == line
    assert says in text


def test_a_question_within_another_needs_no_answer_of_its_own() -> None:
    text = "## a\n::: answer\nx\n:::\n## a.speed\nText\n## b\n::: answer\nx\n:::"
    assert lines(text) == []


def test_a_chart_within_a_text_is_looked_for_as_well() -> None:
    misplaced, unknown = lines('## a — One\n\nText\nand {{ chart("a", "train los") }} too.\n\n## b\n')
    assert (misplaced[0], unknown[0]) == (4, 4)
    assert "put it on a line of its own" in misplaced[1]
    assert 'chart("a", "train los"): part a has no curve train los; did you mean train loss?' in unknown[1]


@pytest.mark.parametrize("work", [{}, {"a.speed": Work(1, "rows")}])
@pytest.mark.parametrize("call", ['compare("a.speed", show="roofline")', 'roof("a.speed", "by hand", batch=8)'])
def test_a_roofline_wants_flops_and_bytes(call: str, work: dict[str, Work]) -> None:
    answer = HEADINGS.format(f"Text {{{{ {call} }}}}." if call.startswith("roof") else f"Text.\n\n{{{{ {call} }}}}")
    ((_, text),) = lines(answer, replace(EXERCISE, work=work))
    assert "part a.speed does not say its flops and bytes: give it work=…, a Work(…, flops=…, bytes=…)" in text
    assert "\n" not in text
    counted = {"a.speed": Work(1, "rows", flops=2.0, bytes=4.0)}
    assert lines(answer, replace(EXERCISE, work=counted)) == []
    assert lines(answer, replace(EXERCISE, variants={})) == [], "nothing is said of a part that was not tried"


def test_a_race_has_no_roofline() -> None:
    ((_, text),) = lines(HEADINGS.format('Text.\n\n{{ compare("a.race", show="roofline") }}'))
    assert text.endswith("a.race is a race: only a comparison has a roofline")
