"""The axis of a history: its order, and where the surroundings changed."""

import pytest

from bench.analysis import visits
from bench.analysis.visits import Mark, Visit
from tests import histories


def past(number: int, device: str = "", **more: str) -> Visit:
    return Visit(histories.past(number, **more), device)


def test_commits_stand_as_the_repository_has_them() -> None:
    ours = [past(0, commit="c"), past(1, commit="a"), past(2, commit="b"), past(3, commit="a")]
    assert visits.ordered(ours, "commit", {"a": 0, "b": 1, "c": 2}) == [1, 3, 2, 0]


def test_a_run_of_an_unknown_commit_follows_the_one_before_it_in_time() -> None:
    ours = [past(0, commit="?"), past(1, commit="b"), past(2, commit="!"), past(3, commit="a"), past(4, commit="")]
    assert visits.ordered(ours, "commit", {"a": 0, "b": 1}) == [0, 3, 4, 1, 2]


def test_without_a_repository_time_counts() -> None:
    assert visits.ordered([past(2), past(0), past(1)], "commit", {}) == [1, 2, 0]


def test_versions_stand_as_numbers() -> None:
    names = ["2.11.0", "2.9.1", "2.11.0+cu130", "nightly", "2.9.1"]
    ours = [past(9 - number, torch=name) for number, name in enumerate(names)]
    assert [names[at] for at in visits.ordered(ours, "torch", {})] == [
        "2.9.1",
        "2.9.1",
        "2.11.0",
        "2.11.0+cu130",
        "nightly",
    ]
    assert visits.ordered([past(0, torch="9" * 9000), past(1, torch="²")], "torch", {}) == [0, 1]


def test_devices_stand_with_the_cpu_first() -> None:
    ours = [past(0, "cuda", gpu="A"), past(1, "cpu"), past(2, "cuda", gpu="A"), past(3, "cpu", cpu="AMD")]
    assert visits.ordered(ours, "device", {}) == [3, 1, 0, 2]
    assert [visit.where for visit in ours[:2]] == ["cuda: A", "cpu: EPYC"]


def test_new_surroundings_are_marked_once() -> None:
    ours = [
        past(0),
        past(1, torch="2.15"),
        past(2),
        past(3, torch="2.15"),
        past(4, torch="2.15", cpu="x" * 90, gpu="A"),
    ]
    assert list(visits.marks(ours, histories.MATTERS)) == [
        Mark(1, "torch 2.14.1 → 2.15"),
        Mark(4, f"cpu EPYC → {'x' * 48}…, gpu none → A"),
    ]
    assert list(visits.marks([], histories.MATTERS)) == []


@pytest.mark.parametrize(("by", "left"), [("commit", "cpu gpu torch"), ("torch", "cpu gpu"), ("device", "torch")])
def test_what_a_series_has_in_common_leaves_out_what_is_asked(by: visits.By, left: str) -> None:
    assert [name for name, _ in visits.setting(past(0), histories.MATTERS, by)] == left.split()


def test_a_torch_may_bring_another_cuda() -> None:
    assert [name for name, _ in visits.setting(past(0), ("torch", "cuda", "cpu"), "torch")] == ["cpu"]


def test_the_run_before_is_that_before_in_time_and_not_by_name() -> None:
    """By name "run-10" comes before "run-2"."""
    ours = [past(10, commit="?"), past(2, commit="b"), past(1, commit="a")]
    assert visits.ordered(ours, "commit", {"a": 0, "b": 1}) == [2, 1, 0]
