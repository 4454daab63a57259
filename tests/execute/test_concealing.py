"""What comes of an order has no secret of it in any text, and is otherwise what it was."""

from __future__ import annotations

from bench.execute.concealing import concealed, told
from bench.execute.messages import Ended, Probe, Progress, Reply
from bench.model import Case, Findings, Metric, Observation, Sample, Table, Task, VariantResult

SECRETS = {"token=***": "hunter2", "at=tls://***@h": "tls://me:pw@h"}
TASK = Task("study", Case(exercise="ex01", part="hunter2", device="cpu", seed=0, parameters={"token": "***"}))
SAMPLE = Sample(round=0, calls=3, seconds=0.1 + 0.2)


def answered(secret: str, address: str) -> Observation:
    return Observation(
        task=TASK,
        outcome="failed",
        reason=f"cannot log in with {secret}",
        detail=f"at {address}",
        seconds=0.1,
        findings=Findings(
            metrics=(Metric(f"length of {secret}", 1 / 3),),
            tables=(Table("t", (secret,), ((address, 2**53 + 1),)),),
        ),
        variants={secret: VariantResult(notes=(address,), samples=(SAMPLE,))},
    )


def test_no_text_of_an_answer_has_it_and_all_else_stays() -> None:
    ended = Ended(1, "printed hunter2", "at hunter2", "for hunter2")
    reply = Reply(ended=ended, answer=answered("hunter2", "tls://me:pw@h"), cause="of hunter2", variant="at hunter2")
    kept = concealed(reply, SECRETS)
    assert kept.answer == answered("***", "tls://***@h")
    assert kept.ended == Ended(1, "printed ***", "at ***", "for ***")
    assert (kept.cause, kept.variant) == ("of ***", "at ***")
    assert concealed(reply, {}) is reply


def test_a_secret_that_is_a_word_of_ours_fails_its_task() -> None:
    given = Observation(task=TASK, outcome="ok", variants={"x": VariantResult(outcome="failed")})
    answer = concealed(Reply(ended=Ended(0), answer=given), {"token=***": "failed"}).answer
    assert isinstance(answer, Observation)
    assert answer.outcome == "failed"
    assert "without the secret" in answer.reason


def test_answers_to_other_orders_had_none() -> None:
    probe = Probe(("cpu",), {"torch": "hunter2"})
    assert concealed(Reply(ended=Ended(0), answer=probe), SECRETS).answer is probe


def test_a_bar_shows_none() -> None:
    assert told(Progress("at hunter2", 1, 2, "hunter2"), SECRETS) == Progress("at ***", 1, 2, "***")
