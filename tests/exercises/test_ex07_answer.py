"""ex07.b.speed: the file that the answer shows is short, loads and agrees; a mistake in it is found out."""

import inspect
import re
import textwrap
from pathlib import Path

import pytest
import torch

from bench import plugins
from bench.measure.agreement import agree, named
from bench.report.answers import kept, problems, theory
from bench.report.answers.outline import outline
from bench.testing import lab, run_part, variants
from bench.with_files import read_files
from bench_exercises import ex07_iris_by_hand
from bench_exercises.ex07_iris_by_hand import Network, exercise

ANSWER = (Path(ex07_iris_by_hand.__file__).parent / "answer.md").read_text(encoding="utf-8")
SHOWN, MINE = re.findall(r"```python\n(.*?)```", ANSWER, re.DOTALL)


def joined(tmp_path, source, part="b.speed"):
    file = tmp_path / "mine.py"
    file.write_text(source, encoding="utf-8")
    (read,) = read_files([file])
    found = plugins.source(read.path, read)[1].hook.bench_variants(exercise="ex07", part=part)
    return {name: setup for variants in found for name, setup in variants.items()}


def agreement(setup):
    truth = named(variants(exercise, "b.speed", steps=20)["autograd"]())
    single = named(variants(exercise, "b.speed", lab(dtype=torch.float32), steps=20)["autograd"]())
    return agree(named(setup(lab(dtype=torch.float32), steps=20)()), single, truth)


def test_the_answer_shows_the_method_that_runs():
    assert textwrap.dedent(inspect.getsource(Network.backpropagate)) == SHOWN


def test_the_example_agrees(tmp_path):
    setups = joined(tmp_path, MINE)
    assert list(setups) == ["mine"]
    assert agreement(setups["mine"]).passed


def test_the_example_has_at_most_25_lines():
    assert len(MINE.splitlines()) <= 25


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (" * self.slope(z[k - 1])", ""),
        ("delta.sum(0)", "delta.mean(0)"),
        ("torch.eye(3).to(p)[y]", "0"),
        ("delta.T @ a[k - 1]", "(-delta.T) @ a[k - 1]"),
        (".log().mean()", ".log().sum()"),
    ],
)
def test_a_mistake_in_the_example_disagrees(tmp_path, right, wrong):
    assert right in MINE
    assert not agreement(joined(tmp_path, MINE.replace(right, wrong))["mine"]).passed


def test_it_joins_no_other_part(tmp_path):
    assert joined(tmp_path, MINE, part="a") == {}


def test_every_formula_of_the_answer_converts():
    assert theory.problems(ANSWER) == ()


def test_every_question_has_its_heading_in_order():
    assert re.findall(r"^## (7\w)", ANSWER, re.MULTILINE) == ["7a", "7b", "7c", "7d"]


@pytest.mark.slow
def test_every_live_number_of_the_answer_is_recorded():
    here = lab()
    for part in exercise.parts.values():
        if part.kind == "study":
            run_part(exercise, part.id, here)
    found = {"claim": {c.name for c in here.findings.claims}, "metric": {m.name for m in here.findings.metrics}}
    twice = [c.name for c in here.findings.claims if not c.name.startswith("break it: ")]  # which every part claims
    assert len(set(twice)) == len(twice)
    found |= {"chart": {c.name for c in here.findings.curves}, "table": {t.name for t in here.findings.tables}}
    found |= {"figure": {f.name for f in here.findings.figures}, "compare": {"a.speed", "b.speed"}}
    for _, placed in problems.placed(outline(ANSWER, "ex07")):
        if placed.function != "code":
            assert placed.names[-1] in found[placed.function], placed
    for asked in theory.references(ANSWER):
        if asked.function in found:
            assert asked.names[0] in found[asked.function], asked
        elif asked.function not in kept.FUNCTIONS:
            part, variant = asked.names
            assert variant in variants(exercise, part), asked
