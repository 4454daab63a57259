"""Whether a guest computes what it gives: with guests of our own, on a clock of our own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from bench import Exercise, Lab
from bench.execute.child import following
from bench.execute.child.context import NEXT, TaskContext
from bench.execute.child.following import Changed, require_computed
from bench.execute.outcomes import Told
from bench.measure.agreement import Disagreement, Expectation, poison
from bench.measure.sampling import Block
from tests.execute import hosting

OLD, NEW = torch.arange(1.0, 4.0), torch.arange(5.0, 8.0)


def expectation(value: Tensor) -> Expectation:
    return Expectation({"output": value * 1}, {"output": value.double()})


def changed(**different: Any) -> Changed:
    """A reference whose set-up takes a millisecond, as does its call."""
    values: dict[str, Any] = {
        "original": expectation(OLD),
        "changes": [(OLD, NEW)],
        "expected": expectation(NEW),
        "given": [],
        "set_up": 1e-3,
        "call": 1e-3,
        "fresh": lambda number: (100 + number, expectation(OLD * (100 + number))),
    }
    return Changed(**values | different)


@dataclass
class Scripted:
    """A guest that gives what it is told to: ``answers`` by what stands in its inputs, ``times`` of its calls by what
    it has seen."""

    holds: bool = True
    follows: bool = True
    kept: bool = False
    handed: bool = False
    raises: Told | None = None
    new: float = 1e-4
    again: float = 1e-4
    set_up_takes: float = 1e-3
    fresh_is: float = 1.0
    waited: float = 0.0
    ended: str = ""
    done: list[str] = field(default_factory=list)
    stands: int = 0
    slot: int = 0
    seed: int = 0
    seen: set[Any] = field(default_factory=lambda: {(0, 0)})
    store: Tensor = field(default_factory=lambda: OLD.clone())

    def learn(self, slot: int, changes: object) -> bool:
        return self.holds

    def change(self, which: int) -> None:
        self.stands = which
        self.done.append(f"change {which}")

    def set_up(self, slot: int, seed: int) -> float:
        self.slot, self.seed = slot, seed
        self.done.append(f"set up {seed}")
        return self.set_up_takes

    def block(self, slot: int, calls: int) -> Block:
        if self.raises and self.stands:
            raise self.raises
        self.slot, key = slot, (self.seed if slot else 0, self.stands)
        seconds = self.again if key in self.seen else self.new
        self.seen.add(key)
        return Block(seconds=seconds, waited=self.waited if seconds == self.new else 0.0)

    def answer(self) -> dict[str, Tensor]:
        if self.slot:
            return {"output": OLD * self.seed * self.fresh_is}
        if self.handed:
            return {"output": self.store}
        return {"output": NEW.clone() if self.stands and self.follows else self.store.clone()}

    def spoil(self) -> None:
        if self.handed:
            poison(self.store)

    def forget(self, slot: int, answers: dict[str, Tensor]) -> bool:
        self.done.append(f"forget {len(answers)}")
        if self.kept and answers:
            poison(self.store)
        return self.kept


def judged(guest: Scripted, against: Changed | None = None) -> bool:
    return require_computed(guest, against or changed())  # type: ignore[arg-type]


def test_who_follows_its_inputs_computes() -> None:
    guest = Scripted()
    assert judged(guest)
    assert guest.done == ["change 1", "change 0"]


def test_who_remembers_by_content_is_refused() -> None:
    with pytest.raises(Disagreement, match=r"takes 5 ms on inputs that it has not seen, and 0.1 ms on .* remembers"):
        judged(Scripted(new=5e-3))
    # As slow as the reference, or disturbed by a neighbour: nothing is gained by it.
    assert judged(Scripted(new=5e-3), changed(call=1e-4))
    assert judged(Scripted(new=5e-3, waited=4.5e-3))


@pytest.mark.parametrize(
    ("new", "again", "reference", "refused"),
    [
        (1e-3, 1e-4, 1e-3, False),
        (2e-3, 1e-4, 1e-3, True),
        (1.9e-4, 1e-7, 1e-3, False),
        (1.0, 0.6, 1.0, False),
        (1.0, 0.4, 1.0, False),
        (10.0, 0.4, 1.0, True),
        (10.0, 0.6, 1.0, False),
    ],
)
def test_how_much_slower_a_first_call_may_be(new: float, again: float, reference: float, refused: bool) -> None:
    if refused:
        with pytest.raises(Disagreement):
            following.require_no_memory(new, again, reference)
    else:
        following.require_no_memory(new, again, reference)


def test_who_does_not_follow_but_hides_nothing_is_let_in_with_a_note() -> None:
    for guest in (Scripted(follows=False), Scripted(holds=False)):
        assert not judged(guest)
        assert "forget 1" in guest.done
    assert not judged(Scripted(), changed(expected=None))


def test_who_cannot_take_other_inputs_is_not_to_blame() -> None:
    guest = Scripted(raises=Told("failed", "IndexError"))
    assert not judged(guest)
    assert guest.done[:2] == ["change 1", "change 0"]


def test_who_has_ended_is_told_so() -> None:
    guest = Scripted(raises=Told("failed", "its call died of SIGSEGV"), ended="its call died of SIGSEGV")
    with pytest.raises(Told, match="SIGSEGV"):
        judged(guest)
    assert guest.done == ["change 1"]


def test_who_gives_copies_of_what_it_keeps_is_refused() -> None:
    with pytest.raises(Disagreement, match="gives a copy of one that it keeps"):
        judged(Scripted(follows=False, kept=True))


def test_who_hands_out_what_it_keeps_is_refused() -> None:
    with pytest.raises(Disagreement, match="hands out what it gave before"):
        judged(Scripted(holds=False, handed=True, store=torch.full((3,), torch.nan)))


def test_an_answer_that_is_an_input_or_a_constant_is_rightly_held() -> None:
    guest = Scripted(follows=False, kept=True)
    assert not judged(guest, changed(given=[OLD.double(), NEW]))
    assert "forget 0" in guest.done


def test_who_computes_before_it_is_timed_is_refused() -> None:
    for guest in (
        Scripted(holds=False, set_up_takes=3e-3),
        Scripted(holds=False, new=2e-3),
        Scripted(holds=False, set_up_takes=1.08e-3, new=1.8e-4, again=1e-4),
    ):
        with pytest.raises(Disagreement, match="the answer is computed before it is timed"):
            judged(guest)
        # Seeds that it has not met, one after another: a moment's noise would not come thrice.
        assert [each for each in guest.done if "set up" in each] == ["set up 100", "set up 101", "set up 102"]


def test_one_quiet_try_is_enough() -> None:
    times = iter([9e-3, 1e-3, 9e-3])
    guest = Scripted(holds=False)
    guest.set_up = lambda slot, seed: (Scripted.set_up(guest, slot, seed), next(times))[1]  # type: ignore[method-assign]
    assert not judged(guest)
    assert guest.done[-1] == "set up 101"


def test_who_is_no_faster_is_not_asked_where_it_gained() -> None:
    guest = Scripted(holds=False, set_up_takes=1.0, again=6e-4)
    assert not judged(guest)
    assert guest.done == ["forget 1"]


def test_who_is_wrong_on_a_seed_that_it_has_not_met_is_refused() -> None:
    with pytest.raises(Disagreement, match="on the inputs that are timed"):
        judged(Scripted(holds=False, fresh_is=1.5))


@pytest.mark.parametrize(
    ("more", "first", "again", "hidden"),
    [
        (0, 1, 1, False),
        (-5, 1, 1, False),
        (1.1, 1, 1, True),
        (0, 2.1, 1, True),
        (0.6, 1.6, 1, True),
        (0.5, 0.1, 1, False),
    ],
)
def test_what_is_hidden_could_have_been_a_call(more: float, first: float, again: float, hidden: bool) -> None:
    assert following.is_hidden(more, first, again) is hidden


def test_the_reference_is_given_other_inputs_and_truth(tmp_path: Path) -> None:
    context = hosting.context("agree", {}, tmp_path)
    call = context.calls(torch.float32, 3)["product"]
    seen = following.change(context, 3, expectation(call()))
    (_, w), (first, x) = seen.changes
    assert torch.equal(first, hosting.drawn(context.lab(torch.float32, 3))[0])
    assert seen.expected is not None
    assert torch.equal(seen.expected.reference["output"], x @ w)
    assert torch.allclose(seen.expected.truth["output"], x.double() @ w.double())
    assert len(seen.given) == 2
    assert seen.set_up > 0
    assert seen.call > 0


def test_fresh_problems_are_of_seeds_that_nobody_has_met(tmp_path: Path) -> None:
    context = hosting.context("agree", {}, tmp_path)
    seen = following.change(context, 3, expectation(OLD))
    seeds = [seen.fresh(number)[0] for number in range(3)]
    assert not set(seeds) & {3, 3 + NEXT, following.unseen(context, 0)}
    assert len(set(seeds)) == 3
    seed, expected = seen.fresh(1)
    x, w = hosting.drawn(context.lab(torch.float32, seed))
    assert torch.equal(expected.reference["output"], x @ w)


def constant(lab: Lab) -> dict[str, Callable[[], Tensor]]:
    x = torch.arange(4, dtype=lab.dtype)
    return {"one": lambda: x * 2}


def indifferent(lab: Lab) -> dict[str, Callable[[], Tensor]]:
    x = torch.rand(4, generator=lab.generator()).to(lab.dtype)
    return {"one": lambda: (x > 0) * torch.ones(4, dtype=lab.dtype)}


def recorded(lab: Lab) -> dict[str, Callable[[], Tensor]]:
    x = torch.rand(4, generator=lab.generator()).to(lab.dtype)

    def call() -> Tensor:
        assert float(x.sum()) == total, "these are other inputs"
        return x * 1

    total = float(x.sum())
    return {"one": call}


@pytest.mark.parametrize("setup", [constant, indifferent, recorded])
def test_inputs_that_cannot_be_changed_tell_nothing(tmp_path: Path, setup: Callable[[Lab], Any]) -> None:
    exercise = Exercise()
    exercise.comparison("a", "Inputs that are of no use", reference="one")(setup)
    from_here: TaskContext = hosting.context("agree", {}, tmp_path)
    from_here.part = exercise.parts["a"]
    answer = from_here.calls(torch.float32, 3)["one"]()
    seen = following.change(from_here, 3, expectation(answer))
    assert seen.expected is None
    assert seen.call > 0
