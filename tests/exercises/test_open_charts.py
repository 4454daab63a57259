"""No question places more charts than a reader takes in at once: the others are folded, or panels of one."""

import pytest

from bench import catalogue
from bench.report.answers.outline import Chapter, Placed, outline

MOST = 3
LISTED = {listing.id: listing for listing in catalogue.listings()}


def open_charts(chapter: Chapter) -> list[str]:
    """What stands in no fold: ``compare`` without ``show="table"`` draws a chart as well."""
    calls = [call for item in chapter.items if isinstance(item, Placed) for call in item.calls]
    return [
        call.names[-1]
        for call in calls
        if call.function == "chart" or (call.function == "compare" and dict(call.parameters).get("show") != "table")
    ]


@pytest.mark.parametrize("exercise", LISTED)
def test_a_question_has_few_charts_open(exercise: str) -> None:
    placed = {chapter.question: open_charts(chapter) for chapter in outline(LISTED[exercise].answer, exercise)}
    assert {question: charts for question, charts in placed.items() if len(charts) > MOST} == {}
