"""What attempts say of the largest value that fits."""

from bench.analysis import largest
from bench.analysis.largest import Attempt, Largest


def tried(**outcomes: str) -> list[Attempt]:
    return [Attempt(value=int(name[1:]), outcome=word, reason=f"why {name}") for name, word in outcomes.items()]


def test_between_the_last_that_fits_and_the_first_that_dies() -> None:
    found = largest.of(tried(n1="ok", n2="ok", n4="oom", n3="ok"), last=8)
    assert (found.value, found.beyond, found.stopped) == (3, Attempt(value=4, outcome="oom", reason="why n4"), None)
    assert not found.everything_fits
    assert largest.in_words(found, "batch", "2 GB") == "the largest batch that fits into 2 GB is 3; 4 does not"


def test_everything_fits() -> None:
    found = largest.of(tried(n1="ok", n8192="ok"), last=8192)
    assert found == Largest(value=8192, last=8192)
    assert found.everything_fits
    words = largest.in_words(found, "batch", "2 GB")
    assert words == "everything fits into 2 GB, up to batch 8,192, the end of the range"


def test_nothing_fits() -> None:
    found = largest.of(tried(n5="oom"), last=8)
    assert found.value is None
    assert largest.in_words(found, "n", "1 MB") == "not even n 5 fits into 1 MB"


def test_whatever_else_kills_ends_it_with_its_reason() -> None:
    found = largest.of(tried(n1="ok", n2="failed"), last=8)
    assert not found.everything_fits
    assert largest.in_words(found, "n", "1 MB") == "n 1 fits; stopped at n 2: why n2"
    assert largest.in_words(largest.of(tried(n1="timeout"), 8), "n", "1 MB").startswith(
        "nothing fitted so far; stopped"
    )


def test_a_value_that_fits_above_one_that_does_not_is_not_the_largest() -> None:
    assert largest.of(tried(n4="ok", n6="oom", n7="ok"), last=8).value == 4
    assert largest.of([*tried(n4="ok", n6="ok"), Attempt(value=6, outcome="oom")], last=8).value == 4


def test_of_several_that_die_the_least_counts() -> None:
    found = largest.of(tried(n3="ok", n4="oom", n6="oom", n5="ok"), last=8)
    assert (found.value, found.beyond and found.beyond.value) == (3, 4)


def test_a_range_that_was_not_tried_to_its_end_does_not_fit_as_a_whole() -> None:
    assert not largest.of(tried(n4="ok"), last=8).everything_fits
