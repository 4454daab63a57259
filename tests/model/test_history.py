"""How a past run's commit is named."""

from tests import histories


def test_a_commit_is_short_and_says_whether_there_was_more() -> None:
    assert histories.past(0).commit_words == "000000100"
    assert histories.past(0, dirty=True).commit_words == "000000100+"
    assert histories.past(0, commit="", dirty=True).commit_words == ""
