"""The sheet: each of its 52 questions has a part and a heading, and no answer shows what does not exist.

That claims and metrics of an answer are recorded is tested where an exercise's studies run anyway, in its own test;
here the studies of the exercises below run, which have no such test.
"""

from __future__ import annotations

from functools import cache

import pytest
import torch

from bench import catalogue, plugins
from bench.model import Exercise
from bench.report.answers import kept, theory
from bench.report.answers.calls import SIGNATURES
from bench.report.answers.pieces import Reference
from bench.testing import lab, run_part, variants

QUESTIONS = {
    "ex01": {
        "a": "one iteration with SGD and one with Adam, by hand",
        "b": "how back-propagation avoids repeated differentiation, by symbols",
        "c": "Newton's method, its learning rate, and why it is rare",
        "d": "the advantages of Adam and RMSprop",
    },
    "ex02": {
        "a": "which of three linear networks answers better",
        "b": "the mathematical justification",
        "c": "a condition on the number of data",
    },
    "ex03": {
        "a": "average pooling: derivatives by hand and by numbers, and one update",
        "b": "the same for max pooling",
        "c": "the general rule through both poolings",
        "d": "the same in PyTorch, and how close it is",
    },
    "ex04": {
        "a": "the baseline on CIFAR-10: accuracy, loss, time",
        "a.1": "L1 of two strengths",
        "a.2": "L2 of two strengths",
        "a.3": "augmentation: turned, and one other",
        "a.4": "dropout, and Dropout2d behind a convolution",
        "a.5": "early stopping",
        "b": "more linear layers: is it overfitted more?",
    },
    "ex05": {"a": "dropout as an ensemble"},
    "ex06": {"a": "a 1×1 convolution is a layer at every pixel"},
    "ex07": {
        "a": "IRIS: error and accuracy of training and test",
        "b": "back-propagation written by hand",
        "c": "Xavier and He",
        "d": "stopped, saved, and continued by a new process",
    },
    "ex08": {
        "a": "batch norm and four advantages",
        "b": "its order with dropout and with the activation",
        "c": "batch norm at test time",
        "d": "two maxout units approximate any continuous function",
        "e": "batch norm after a 2-D convolution",
        "f": "layer norm",
        "g": "dropout in convolutional networks",
    },
    "ex09": {
        "a": "sigmoid and ReLU at five depths: error and cost",
        "b": "the gradient's norms layer by layer",
        "c": "the same with batch norm",
    },
    "ex10": {
        "a": "four batch sizes: how curves fluctuate",
        "b": "a rate that falls every epoch",
        "c": "five other losses",
        "d": "zero or not: one output or two",
        "e": "unbalanced classes and their measures",
    },
    "ex11": {
        "a": "nine kernels on a picture",
        "b": "a template found by six methods",
        "c": "a derivative of one dimension in two",
        "d": "Canny and the bilateral filter",
    },
    "ex12": {"a": "the starred cells of the table"},
    "ex13": {"a": "early stopping and the L2 norm"},
    "ex14": {
        "a": "the separable convolution in the sheet's notation",
        "b": "a kernel that is an outer product: least work, derivatives, advantages",
        "c": "its code",
        "d": "the derivatives of a plain convolution layer",
    },
    "ex15": {
        "a": "the derivatives between two 1-D convolution layers",
        "b": "that derivative as a convolution",
        "c": "the kind of convolution whose output is 2 × 1",
    },
}
ASKED = [(exercise, letter) for exercise, letters in QUESTIONS.items() for letter in letters]
RUN_HERE = ("ex01", "ex03", "ex06")


@cache
def listing(exercise: str) -> catalogue.Listing:
    return catalogue.find(exercise, catalogue.listings())


@cache
def loaded(exercise: str) -> Exercise:
    return plugins.load(listing(exercise).module)


def references(exercise: str) -> tuple[Reference, ...]:
    return theory.references(listing(exercise).answer)


def test_the_sheet_has_52_questions() -> None:
    assert len(ASKED) == 52
    assert list(QUESTIONS) == [f"ex{number:02}" for number in range(1, 16)]


def is_measured(reference: Reference) -> bool:
    """Whether it is of a variant in this run: what is kept is of another one."""
    return SIGNATURES[reference.function].swept and reference.function not in kept.FUNCTIONS


@pytest.mark.parametrize(("exercise", "letter"), ASKED)
def test_a_question_has_parts_that_answer_it(exercise: str, letter: str) -> None:
    """One of them is a study: claims that can fail belong to studies."""
    kinds = {part.kind for id, part in loaded(exercise).parts.items() if id == letter or id.startswith(f"{letter}.")}
    assert "study" in kinds


@pytest.mark.parametrize(("exercise", "letter"), ASKED)
def test_a_question_has_a_heading_in_the_answer(exercise: str, letter: str) -> None:
    headings = theory.questions(listing(exercise).answer, exercise)
    assert letter in headings


@pytest.mark.parametrize("exercise", QUESTIONS)
def test_every_formula_renders_and_every_live_number_is_well_formed(exercise: str) -> None:
    assert theory.problems(listing(exercise).answer) == ()


@pytest.mark.parametrize("exercise", QUESTIONS)
def test_a_measured_number_is_of_a_comparison_with_these_parameters(exercise: str) -> None:
    parts = loaded(exercise).parts
    for reference in references(exercise):
        if is_measured(reference):
            part = parts[reference.names[0]]
            assert part.kind in ("comparison", "race")
            for name, value in reference.parameters:
                declared = part.parameters[name]
                assert value in (declared if isinstance(declared, tuple) else (declared,))


@pytest.mark.parametrize("exercise", RUN_HERE)
def test_a_claim_or_metric_of_the_answer_is_recorded(exercise: str) -> None:
    here = lab()
    for part in loaded(exercise).parts.values():
        if part.kind == "study":
            run_part(loaded(exercise), part.id, here)
    recorded = {("claim", claim.name) for claim in here.findings.claims}
    recorded |= {("metric", metric.name) for metric in here.findings.metrics}
    asked = {(found.function, found.names[0]) for found in references(exercise)}
    assert {pair for pair in asked if pair[0] in ("claim", "metric")} <= recorded


@pytest.mark.parametrize("exercise", RUN_HERE)
def test_a_variant_of_the_answer_is_measured(exercise: str) -> None:
    asked = {found.names for found in references(exercise) if is_measured(found)}
    for id in {id for id, _ in asked}:
        calls = variants(loaded(exercise), id, lab(dtype=torch.float32))
        assert {variant for name, variant in asked if name == id} <= calls.keys()
