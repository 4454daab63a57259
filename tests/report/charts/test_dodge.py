"""Labels and points step aside."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from bench.report.charts.dodge import APART, Box, at_end, beside, clear, needed, offsets, stacked


@given(st.lists(st.floats(0, 240), min_size=1, max_size=8))
def test_labels_keep_apart_in_their_order_and_stay_inside(wanted: list[float]) -> None:
    places = stacked(wanted, [13.0] * len(wanted), 0, 240)
    ordered = sorted(places)
    assert all(b - a >= 13 + APART - 1e-9 for a, b in pairwise(ordered))
    assert ordered[0] >= 6.5 - 1e-9
    assert ordered[-1] <= 240 - 6.5 + 1e-9


def test_a_label_alone_stands_where_it_wants() -> None:
    assert stacked([100.0], [13.0], 0, 240) == [100.0]
    assert needed([13.0, 26.0]) == 13 + 26 + APART


def test_names_of_points_that_are_close_meet_neither_each_other_nor_a_point() -> None:
    points = [(100.0, 50.0), (103.0, 52.0), (101.0, 49.0), (290.0, 50.0)]
    frame = Box(0, 0, 300, 200)
    boxes = [box for box, _ in beside(points, [(60.0, 13.0)] * 4, frame)]
    assert not any(a.meets(b) for a, b in combinations(boxes, 2))
    assert all(box.within(frame) for box in boxes)
    assert not any(box.meets(Box(x - 3, y - 3, x + 3, y + 3)) for box in boxes for x, y in points)


def test_points_of_one_x_are_apart() -> None:
    assert offsets(1) == [0]
    assert offsets(3) == [-APART, 0, APART]


def test_a_caption_keeps_clear_of_what_is_there_or_is_none() -> None:
    frame, size = Box(0, 0, 200, 100), (40.0, 13.0)
    first = clear([(100.0, 50.0), (150.0, 50.0)], size, [], frame)
    assert first == (Box(56, 33, 96, 46), True)
    second = clear([(100.0, 50.0), (150.0, 50.0)], size, [first[0]], frame)
    assert second == (Box(106, 33, 146, 46), True)
    below = clear([(20.0, 50.0)], size, [], frame)
    assert below == (Box(26, 54, 66, 67), False)
    assert clear([(20.0, 50.0)], size, [frame], frame) is None


def test_a_name_stands_behind_the_end_of_its_line_or_above_it_or_nowhere() -> None:
    frame = Box(0, 0, 200, 100)
    place = at_end((50, 50), (40, 13), [], frame)
    assert place is not None
    assert (place[0].left, place[1]) == (57, False)
    above = at_end((190, 50), (40, 13), [], frame)
    assert above is not None
    assert above[1]
    assert above[0].bottom < 50
    assert at_end((50, 50), (40, 13), [frame], frame) is None
