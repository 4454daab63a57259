"""ex15: how often a kernel fits, and which layers the claims are checked on."""

import pytest

from bench_exercises.ex15_conv1d_backward.problem import CONFIGURATIONS, READINGS, Configuration, Slide


def test_configurations_cover_the_sheet():
    assert len(CONFIGURATIONS) >= 17
    assert all((c.q, c.O) in {(2, 1), (1, 2)} for c in READINGS)


def test_places_on_paper():
    assert [Slide(s).places(8, 3) for s in (1, 2, 3)] == [6, 3, 2]
    assert Slide(p=1).places(2, 3) == 2
    assert Slide(r=2).places(4, 2) == 2


@pytest.mark.parametrize(
    ("slide", "m", "says"),
    [(Slide(), 4, "m=4, n=3"), (Slide(0), 2, "s=0"), (Slide(), 0, "m=0"), (Slide(r=3), 2, "r=3")],
)
def test_impossible_sizes_are_named(slide, m, says):
    with pytest.raises(ValueError, match=says):
        slide.places(3, m)


def test_labels_say_what_is_unusual():
    assert Configuration(reading="same", n=2, m=3, p=1, O=2).label == "n=2, m=3, p=1, O=2"
