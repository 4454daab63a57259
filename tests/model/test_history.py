"""How a past run's commit is named."""

from dataclasses import replace

from tests import histories


def test_a_commit_is_short_and_says_whether_there_was_more() -> None:
    assert histories.past(0).commit_words == "000000100"
    assert histories.past(0, dirty=True).commit_words == "000000100+"
    assert histories.past(0, commit="", dirty=True).commit_words == ""


def test_a_run_of_several_places_is_named_with_its_place() -> None:
    run = histories.past(3)
    assert run.name == "run-3"
    assert replace(run, place="node-2").name == "run-3 on node-2"
