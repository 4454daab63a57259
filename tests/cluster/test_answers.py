"""A scheduler that is silent, broken or quick."""

from threading import Event

import pytest

from bench.cluster.answers import Broken, answered
from bench.errors import BenchError


def test_an_answer_is_given_on() -> None:
    assert answered(lambda *words, **how: (words, how), 1, name=2) == ((1,), {"name": 2})


def test_who_does_not_answer_is_not_waited_for() -> None:
    frozen = Event()
    with pytest.raises(BenchError, match="the scheduler has not answered for") as error:
        answered(frozen.wait, patience=0.01)
    frozen.set()
    assert not isinstance(error.value, Broken)


def raising(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize("error", [ConnectionError("gone"), TimeoutError("gone"), ValueError("gone")])
def test_a_connection_that_breaks_is_one_line(error: Exception) -> None:
    with pytest.raises(Broken, match="the connection to the scheduler broke: gone"):
        answered(raising, error)


def test_a_bug_stays_one() -> None:
    with pytest.raises(TypeError, match="ours"):
        answered(raising, TypeError("ours"))
