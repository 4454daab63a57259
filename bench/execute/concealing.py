"""What came of an order, without the secrets that it was given: an exercise may say them, in a reason or a name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bench.errors import BenchError
from bench.execute.messages import Ended, Message, Progress, Reply
from bench.masking import without
from bench.model import Observation
from bench.results import store

OURS = frozenset({"task", "outcome"})
"""Fields of an observation that are of the order, not of the exercise."""


def concealed(reply: Reply, secrets: Mapping[str, str]) -> Reply:
    """The reply as it is kept."""
    if not secrets:
        return reply
    return replace(
        reply,
        answer=_answer(reply.answer, secrets),
        ended=_ended(reply.ended, secrets),
        variant=without(reply.variant, secrets),
        cause=without(reply.cause, secrets),
    )


def _ended(ended: Ended, secrets: Mapping[str, str]) -> Ended:
    return replace(
        ended,
        output=without(ended.output, secrets),
        variant=without(ended.variant, secrets),
        words=without(ended.words, secrets),
    )


def told(progress: Progress, secrets: Mapping[str, str]) -> Progress:
    """How far it has come, as a terminal shows it."""
    return replace(progress, label=without(progress.label, secrets), variant=without(progress.variant, secrets))


def _answer(answer: Message | None, secrets: Mapping[str, str]) -> Message | None:
    if not isinstance(answer, Observation):
        return answer
    values = json.loads(store.encode(answer))
    kept = {name: given if name in OURS else _walked(given, secrets) for name, given in values.items()}
    try:
        return store.decode(json.dumps(kept).encode(), Observation)
    except BenchError as error:
        # A secret that is a word of ours, as "small" is one of a verdict: what it stood in cannot be told apart.
        reason = f"what it recorded cannot be kept without the secret that it was given: {error}"
        return Observation(task=answer.task, outcome="failed", reason=reason, seconds=answer.seconds)


def _walked(given: Any, secrets: Mapping[str, str]) -> Any:
    if isinstance(given, str):
        return without(given, secrets)
    if isinstance(given, list):
        return [_walked(item, secrets) for item in given]
    if isinstance(given, dict):
        return {without(name, secrets): _walked(item, secrets) for name, item in given.items()}
    return given
