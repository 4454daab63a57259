"""A child's answer as it is sent: one that cannot be read becomes a reason that names the field."""

from __future__ import annotations

from typing import Any

import pytest

from bench.errors import BenchError
from bench.execute.child import replies
from bench.execute.messages import Checked, Described, Order, Probe, Surveyed, Verdicts
from bench.model import Broken, Case, Claim, Description, Findings, Observation, Task

TASK = Task("study", Case(exercise="ex01", part="a", device="cpu", seed=0))
ORDER = Order(kind="task", exercise="ex01", task=TASK)


def observed(**fields: Any) -> Observation:
    return Observation(**{"task": TASK, "outcome": "ok", "seconds": 2.0} | fields)


def test_an_answer_that_can_be_read_is_sent_as_it_is() -> None:
    answer = observed(findings=Findings(claims=(Claim("it holds", 0.0, "at_most", 1.0),)))
    assert replies.sendable(ORDER, answer) is answer


def claiming(name: str, value: float) -> dict[str, Findings]:
    return {"findings": Findings(claims=(Claim(name, value, "at_most", 1.0),))}


NAME: Any = 5
NUMBERS: Any = 10**40


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        (claiming(NAME, 0.0), "findings.claims[0].name: expected str, got int"),
        (claiming("c", float("nan")), "findings.claims[0].value is nan"),
        ({"findings": Findings(unmade=(NUMBERS,))}, "findings.unmade[0] is a whole number beyond 64 bits"),
        ({"findings": 5}, "findings: expected object, got int"),
        ({"work": 7}, "work: expected object | null, got int"),
        ({"reason": object}, "reason is a builtins.type, which cannot be stored"),
    ],
)
def test_one_that_cannot_be_read_is_a_failure_that_names_the_field(fields: dict[str, Any], why: str) -> None:
    sent = replies.sendable(ORDER, observed(**fields))
    reason = f"what it recorded cannot be kept: {why}"
    assert sent == Observation(task=TASK, outcome="failed", reason=reason, seconds=2.0)


def test_one_that_is_too_large_says_by_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "MOST", 1 << 20)
    sent = replies.sendable(ORDER, observed(detail="x" * (3 << 20)))
    assert isinstance(sent, Observation)
    assert sent.reason == "what it recorded cannot be kept: it takes 3 MB, of at most 1 MB: record less"


def test_every_kind_of_order_has_a_refusal_that_its_asker_understands() -> None:
    wrong: Any = (5,)
    described = replies.sendable(Order(kind="describe", exercise="ex01"), Described(Description(tags=wrong), {}))
    assert described == Broken("ex01", "what it declares cannot be kept: description.tags[0]: expected str, got int")
    surveyed = replies.sendable(Order(kind="survey", source="mine"), Surveyed(hooks=wrong))
    assert surveyed == Broken("mine", "what it offers cannot be kept: hooks[0]: expected str, got int")
    checked = replies.sendable(Order(kind="check"), Verdicts(wrong))
    assert isinstance(checked, Verdicts)
    assert isinstance(checked.checked[0], Checked)
    with pytest.raises(BenchError, match="cannot be sent"):
        replies.sendable(Order(kind="probe"), Probe(wrong, {}))
