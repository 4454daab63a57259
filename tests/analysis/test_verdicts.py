"""One margin and the same words, whether two sides take turns or two runs are held against each other."""

from __future__ import annotations

import inspect
from typing import get_args

from bench.ab.readings import Rule
from bench.analysis import compared, sequential, verdicts
from tests.docs.test_cli import VERBS


def test_words_differ_only_in_what_is_said_of_the_rest() -> None:
    shown = get_args(verdicts.Shown)
    assert get_args(sequential.Verdict) == (*shown, "undecided")
    assert get_args(compared.Verdict) == (*shown, "inconclusive")


def test_the_margin_is_the_same_everywhere() -> None:
    assert inspect.signature(compared.compare).parameters["margin"].default == verdicts.MARGIN
    assert inspect.signature(sequential.verdict).parameters["margin"].default == verdicts.MARGIN
    assert Rule().margin == verdicts.MARGIN
    ours, theirs = (default_of(f"bench {verb}") for verb in ("compare", "ab"))
    assert (ours, theirs) == (verdicts.MARGIN, 100 * verdicts.MARGIN)


def default_of(verb: str) -> object:
    return next(each.default for each in VERBS[verb].params if each.name == "margin")
