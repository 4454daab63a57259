"""Where a task is done: labs, set-ups, and who is blamed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from bench import Exercise, Lab, Work
from bench.errors import PluginError, Skip
from bench.execute.child.context import TaskContext, attempted, by_name
from bench.execute.messages import Progress
from bench.execute.outcomes import Told
from bench.measure import world
from bench.measure.agreement import Disagreement
from bench.model import Guest, Parameter, VariantResult
from tests.execute import hosting

other = Exercise()


@other.comparison("c", "Works, and draws from the global stream", reference="one", work=lambda n: Work(n, "items"), n=4)
def global_stream(lab: Lab, n: int) -> dict[str, Callable[[], torch.Tensor]]:
    drawn = torch.rand(n)
    lab.metric("drawn", drawn[0])
    return {"one": lambda: drawn}


@other.comparison("d", "Lacks its reference", reference="nowhere")
def lacking(lab: Lab) -> dict[str, Callable[[], torch.Tensor]]:
    return {"one": lambda: torch.ones(1)}


@other.study("s", "A study")
def study(lab: Lab) -> None:
    pass


@pytest.fixture
def context(tmp_path: Path) -> TaskContext:
    return hosting.context("agree", {}, tmp_path, without=("own",))


def of(context: TaskContext, part: str, **parameters: Parameter) -> TaskContext:
    case = replace(context.case, part=part, parameters=parameters)
    return replace(context, part=other.parts[part], task=replace(context.task, case=case))


def test_parts_share_in_the_folder_of_the_run_unless_each_is_to_leave_its_checkpoints(
    context: TaskContext, tmp_path: Path
) -> None:
    scratch = replace(context.order, scratch=str(tmp_path))
    shared = replace(context, order=scratch).lab(torch.float64, 5).sharing
    assert shared == tmp_path / "shared" / context.case.exercise
    for order in (replace(scratch, scratch=""), replace(scratch, keep_checkpoints=True)):
        assert replace(context, order=order).lab(torch.float64, 5).sharing is None


def test_nothing_is_shared_where_a_guest_could_write(context: TaskContext, tmp_path: Path) -> None:
    guest = Guest(source="theirs.py", exercise="ex", part="c", offered="theirs", name="theirs.py: theirs")
    order = replace(context.order, scratch=str(tmp_path), guests=(guest,))
    assert replace(context, order=order).lab(torch.float64, 5).sharing is None


def test_a_lab_is_what_the_order_says(context: TaskContext, tmp_path: Path) -> None:
    lab = context.lab(torch.float64, 5)
    assert (lab.device.type, lab.dtype, lab.seed, lab.profile, lab.folder) == (
        "cpu",
        torch.float64,
        5,
        "smoke",
        tmp_path,
    )
    heard: list[object] = []
    context.channel = type("Hears", (), {"send": lambda self, message: heard.append(message)})()
    list(context.lab(torch.float64, 5).track("ab", "letters"))
    assert heard[-1] == Progress("letters", 2, 2)


def test_set_ups_start_from_the_seed_and_leave_the_world_as_it_was(context: TaskContext) -> None:
    drawing, before = of(context, "c", n=4), world.world()
    values = [drawing.calls(torch.float32, seed)["one"]() for seed in (1, 1, 2)]
    assert torch.equal(values[0], values[1])
    assert not torch.equal(values[0], values[2])
    assert world.changes(before, world.world()) == ""


def test_a_comparison_needs_its_reference(context: TaskContext) -> None:
    with pytest.raises(PluginError, match="'nowhere' is not among the variants one"):
        of(context, "d").calls(torch.float32, 0)
    with pytest.raises(PluginError, match="part s is a study"):
        _ = of(context, "s").reference


def test_what_was_found_unsound_is_not_wanted(context: TaskContext) -> None:
    assert context.wanted(context.calls(torch.float32, 0)) == ["product"]


def test_lots_are_drawn_alike_in_one_round_and_not_in_the_next(context: TaskContext) -> None:
    later = replace(context, task=replace(context.task, round=1))
    assert context.rng.random() == context.rng.random() != later.rng.random()


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (Disagreement("is off"), "disagrees", "is off"),
        (Skip("not here"), "skipped", "not here"),
        (PluginError("is none"), "failed", "is none"),
        (Told("timeout", "took too long", "its last words"), "timeout", "took too long"),
        (MemoryError("no"), "oom", "MemoryError: no"),
        (ValueError("x\ny"), "failed", "ValueError: x"),
        (BaseException("its own base"), "failed", "BaseException: its own base"),
        (GeneratorExit(), "failed", "GeneratorExit"),
    ],
)
def test_who_is_worked_on_is_said_first_and_what_it_raises_is_its_own(
    context: TaskContext, error: BaseException, outcome: str, reason: str
) -> None:
    def fail() -> VariantResult:
        assert context.channel.heard == ["product"]  # type: ignore[attr-defined]
        raise error

    result = context.attempt("product", fail)
    assert (result.outcome, result.reason) == (outcome, reason)
    assert attempted(VariantResult) == VariantResult()


def test_what_was_observed_has_the_findings_and_the_work(context: TaskContext) -> None:
    drawing = of(context, "c", n=4)
    drawing.calls(torch.float32, 1)
    seen = drawing.observed({"one": VariantResult()})
    assert seen.outcome == "ok"
    assert seen.work == Work(4, "items")
    assert [metric.name for metric in seen.findings.metrics] == ["drawn"]
    assert context.observed({}).work is None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (5, "the set-up of part 's' gives an int (5): give a dict of calls"),
        ({7: None}, "part 's' has a variant called 7: give it a name, a text"),
        ({" ": None}, "part 's' has a variant called ' ': give it a name, a text"),
        ({"a\0": None, "a\\x00": None}, r"part 's' has two variants called 'a\\x00': rename one of them"),
    ],
)
def test_a_set_up_gives_calls_by_names(given: object, reason: str) -> None:
    with pytest.raises(PluginError) as raised:
        by_name(given, other.parts["s"])
    assert str(raised.value) == reason


def test_a_name_is_shown_without_what_moves_a_cursor_and_has_an_end() -> None:
    names = list(by_name({"a\0b": None, "x" * 10_000: None}, other.parts["s"]))
    assert names[0] == "a\\x00b"
    assert len(names[1]) <= 200


def test_a_work_that_is_none_says_what_it_is(context: TaskContext) -> None:
    part = other.parts["c"]
    for work, reason in (
        (lambda n: 7, "work of part 'c' gives an int (7): give a Work"),
        (lambda n: n / 0, "work of part 'c' raises ZeroDivisionError: division by zero"),
    ):
        wrong = replace(of(context, "c", n=4), part=replace(part, work=work))
        with pytest.raises(PluginError) as raised:
            wrong.observed({})
        assert str(raised.value) == reason


@pytest.mark.parametrize(
    ("end", "reason"), [(SystemExit(0), "called sys.exit(0)"), (KeyboardInterrupt(), "KeyboardInterrupt")]
)
def test_a_variant_that_exits_fails_alone(end: BaseException, reason: str) -> None:
    def leave() -> VariantResult:
        raise end

    assert attempted(leave).reason == reason
