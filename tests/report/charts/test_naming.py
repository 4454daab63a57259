"""What labels have in common."""

from __future__ import annotations

import pytest

from bench.model import Case, Record
from bench.report.charts import naming


@pytest.mark.parametrize(
    ("label", "split"),
    [
        ("train, by hand", ("train", "by hand")),
        ("cost of the whole test set, by epoch", ("test", "cost of the whole set, by epoch")),
        ("validation", ("validation", "")),
        ("sgd: train cost with a schedule", ("train", "sgd: cost with a schedule")),
        ("Training loss", ("train", "loss")),
        ("tester", ("", "tester")),
    ],
)
def test_the_word_for_the_part_of_the_data_is_found(label: str, split: tuple[str, str]) -> None:
    assert naming.split_word(label) == split


@pytest.mark.parametrize(
    ("name", "beginning", "rest"),
    [
        ("accuracy, shift", "accuracy", "shift"),
        ("turned by 45°", "turned by", "45°"),
        ("accuracy", "accuracy", ""),
        ("accuracies, shift", "accurac", ""),
        ("loss, shift", "accuracy", ""),
    ],
)
def test_what_follows_a_beginning_of_whole_words(name: str, beginning: str, rest: str) -> None:
    assert naming.rest(name, beginning) == rest


def test_labels_are_splits_only_if_all_of_them_are() -> None:
    assert naming.are_splits(["train", "test"])
    assert not naming.are_splits(["train", "test", "chance"])
    assert not naming.are_splits(["train, a", "train, b"])


def test_a_full_grid_becomes_few_panels_of_at_most_four_lines() -> None:
    labels = [f"{method}, batch {b}" for b in (1, 8, 32, 50) for method in ("sgd", "adam")]
    grid = naming.factors(labels)
    assert grid is not None
    assert grid["adam, batch 8"] == ("adam", "batch 8")
    assert naming.factors(labels[:-1]) is None
    assert naming.factors(["a", "b"]) is None


def test_constants_are_what_all_records_share() -> None:
    def record(seed: int, **parameters: object) -> Record:
        case = Case(exercise="e", part="a", device="cpu", seed=seed, parameters=parameters)  # type: ignore[arg-type]
        return Record(case=case, outcome="ok")

    records = [record(s, epochs=20, rate=0.0, k=s, sizes=(1, 2)) for s in (0, 1, 2)]
    assert naming.constants(records, {}) == "epochs=20, seeds 0 to 2"
    assert naming.constants(records, {}, without=["epochs"]) == "seeds 0 to 2"
    assert naming.constants([], {}) == ""
    declared = {"epochs": 20, "k": (0, 1, 2)}
    assert naming.constants(records, declared) == "seeds 0 to 2", "what is as declared is not said"
    assert naming.constants(records[:1], declared | {"epochs": 30}) == "epochs=20, seed 0"
    assert naming.constants(records[1:2], declared) == "k=1, seed 1", "what is swept is"
    assert naming.seed_words([1, 5]) == "seeds 1, 5"
