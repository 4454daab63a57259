"""Names: one printable line each, unique, and the same in every run."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.formats import names
from bench.model import Case


def case(variant: str, **parameters: object) -> Case:
    return Case(exercise="ex90", part="a", device="cpu", seed=0, variant=variant, parameters=parameters)


def test_a_name_is_one_printable_line() -> None:
    assert names.plain("a\tb\nc\x1b[31m\u202ed\ud800 ") == "a\\tb\\nc\\x1b[31m\\u202ed\\ud800"
    assert names.plain("η/B ≤ ½") == "η/B ≤ ½"
    assert len(names.plain("x" * 1000)) == names.LONGEST


def test_cases_that_are_called_alike_are_told_apart_and_others_keep_their_labels() -> None:
    alike = [case("sum", n=1), case("sum", n="1"), case("sum ", n=1)]
    called = names.of_cases([*alike, case("mean", n=1)])
    assert called[case("mean", n=1)] == "ex90.a n=1 on cpu: mean"
    assert len(set(called.values())) == 4
    assert all(called[each].startswith("ex90.a n=1 on cpu: sum [") for each in alike)


def test_equal_cases_of_two_runs_have_one_name() -> None:
    declared, given = case("sum", n=1, p=(1, 2)), case("sum", p=(1.0, 2), n=1.0)
    assert declared == given
    assert names.of_cases([declared])[given] == names.of_cases([given])[declared] == "ex90.a n=1 on cpu: sum"


def test_a_digest_hangs_on_the_case_alone() -> None:
    pair = [case("sum", n=1), case("sum", n="1")]
    called, again = names.of_cases(pair), names.of_cases([*reversed(pair), case("mean")])
    assert all(again[each] == called[each] for each in pair)


def test_a_label_that_looks_like_a_name_with_a_digest_does_not_take_it() -> None:
    pair = [case("sum", n=1), case("sum", n="1")]
    thief = case(f"sum [{names.digest(pair[0])}]", n=1)
    assert len(set(names.of_cases([*pair, thief]).values())) == 3


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(codec=None), max_size=4), max_size=6), st.sampled_from([1, 1.5, "1", True]))
def test_names_are_unique_whatever_variants_are_called(variants: list[str], n: object) -> None:
    cases = {case(variant, n=value) for variant in variants for value in (n, 1)}
    called = names.of_cases(cases)
    assert len(set(called.values())) == len(cases)
    assert all(name.isprintable() and name == name.strip() for name in called.values())


def test_texts_that_come_again_are_numbered() -> None:
    assert names.numbered(["a", "b", "a", "a (2)", "a"]) == ["a", "b", "a (2)", "a (2) (2)", "a (3)"]
