"""One identity: two cases are the same exactly if their keys are, and whatever is made from a key agrees with it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bench.model import Case, Key, Observation, Task, changes, notable, variations
from bench.results import store

scalars = st.one_of(
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=4),
    st.sampled_from([0, 1, 0.0, 1.0, True, False, "1", "true", ""]),
)
values = st.one_of(scalars, st.lists(scalars, max_size=2).map(tuple))
texts = st.sampled_from(["a", "a.b", "a-b", "ex1", "", '"', "ä"])
cases = st.builds(
    Case,
    exercise=texts,
    part=texts,
    device=st.sampled_from(["cpu", "cuda"]),
    seed=st.integers(0, 2),
    parameters=st.dictionaries(st.sampled_from(["n", "lr", "seed"]), values, max_size=2),
    variant=st.none() | texts,
)


def same(a: object, b: object) -> bool:
    """Equal values of one kind: a number is one whether it is written 1 or 1.0, but it is no truth value."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def alike(a: Case, b: Case) -> bool:
    """The same case, said without a key."""
    fields = ("exercise", "part", "device", "seed", "variant")
    return (
        all(getattr(a, name) == getattr(b, name) for name in fields)
        and a.parameters.keys() == b.parameters.keys()
        and all(same(value, b.parameters[name]) for name, value in a.parameters.items())
    )


@given(cases, cases)
def test_two_cases_are_the_same_exactly_if_their_keys_are(a: Case, b: Case) -> None:
    assert (a.key == b.key) == (a == b) == alike(a, b)
    if a == b:
        assert hash(a) == hash(b)
        assert a.folder == b.folder


@given(cases, st.data())
def test_a_change_of_anything_is_another_case(case: Case, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["exercise", "part", "device", "variant"]))
    other = data.draw(st.sampled_from(["a", "b", "cuda"]))
    changed = replace(case, **{name: other})
    assert (changed == case) == (getattr(case, name) == other)


@given(cases)
def test_the_key_is_sorted_hashable_and_survives_json(case: Case) -> None:
    assert case.key == tuple(sorted(case.key))
    assert {case.key: 1}[case.key] == 1
    assert store.decode(store.encode(case.key), Key) == case.key
    again = store.decode(store.encode(case), Case)
    assert again == case
    assert again.key == case.key


@given(cases)
def test_the_order_of_parameters_does_not_matter(case: Case) -> None:
    turned = replace(case, parameters=dict(reversed(list(case.parameters.items()))))
    assert (turned, turned.key, turned.label, turned.folder) == (case, case.key, case.label, case.folder)


@given(cases, cases)
def test_two_cases_of_a_run_share_a_folder_only_as_variants_of_one(a: Case, b: Case) -> None:
    """But for exercises and parts whose names run into each other: an id of an exercise has no dot."""
    if "." not in a.exercise + b.exercise:
        assert (a.folder == b.folder) == (a.whole == b.whole)


@given(cases)
def test_tasks_and_observations_have_the_identity_of_their_case(case: Case) -> None:
    task = Task("weigh", case, 1, ("x",))
    again = store.decode(store.encode(Observation(task=task, outcome="ok")), Observation).task
    assert {task: "seen"}[again] == "seen"
    assert task != replace(task, case=replace(case, seed=case.seed + 1))


def test_a_label_reads_well() -> None:
    case = Case(exercise="ex10", part="a.speed", device="cpu", seed=1, parameters={"batch": 8, "widths": (1, 2)})
    assert case.label == "ex10.a.speed batch=8 on cpu, seed 1"
    assert replace(case, seed=0, variant="by hand").label == "ex10.a.speed batch=8 on cpu: by hand"
    assert replace(case, parameters={}).folder.as_posix() == "figures/ex10.a.speed-cpu-seed1-plain"


def test_variations_are_the_parameters_in_which_cases_differ() -> None:
    case = Case(exercise="ex10", part="a", device="cpu", seed=0, parameters={"k": 1, "n": 2})
    other = replace(case, parameters={"k": -1, "n": 2})
    assert variations([case, replace(case, seed=3), other]) == {case: "k=1", other: "k=-1"}
    assert variations([case, replace(case, seed=3, variant="x")]) == {case: ""}
    assert variations([]) == {}


def test_changes_are_values_that_nothing_declares() -> None:
    declared = {"rate": 0.01, "batch": (1, 8, 32), "epochs": 3}
    assert changes({"rate": 0.01, "batch": 8, "epochs": 3.0}, declared) == {}
    assert changes({"batch": (8, 32)}, declared) == {}
    assert changes({"rate": 0.05, "batch": (1, 9), "other": 1}, declared) == {
        "rate": (0.05, 0.01),
        "batch": ((1, 9), (1, 8, 32)),
    }


def test_what_is_as_declared_tells_no_case_apart() -> None:
    declared = {"rate": 0.01, "batch": (1, 8, 32), "epochs": 3}
    assert notable({"rate": 0.01, "batch": 8, "epochs": 3.0}, declared) == {"batch": 8}
    assert notable({"rate": 0.05, "other": 1}, declared) == {"rate": 0.05, "other": 1}
    assert notable({"rate": 0.01}, {}) == {"rate": 0.01}, "an old run declares nothing"


def test_a_truth_value_is_no_number_in_whatever_order_they_are_met() -> None:
    keys = [Case(exercise="e", part="p", device="cpu", seed=0, parameters={"k": k}).key for k in (1, True, 0, False)]
    assert len(set(keys)) == 4
