"""What labels have in common: train beside test, the factors of a grid, and what all cases of a chart share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from bench.model import Parameter, Record, notable

SPLIT = re.compile(r"\b(train(?:ing)?|test|validation|valid|dev)\b", re.IGNORECASE)
AVERAGED = re.compile(
    r"\b(means?|medians?|averages?|averaged|range|band)\b[^;:]*\b(seeds?|networks|pairs|runs|trainings|starts|draws)\b",
    re.IGNORECASE,
)
STATISTIC = re.compile(
    r"^(mean|median|average|worst|best|lowest|highest|least|largest|minimum|maximum)\b", re.IGNORECASE
)
"""Labels of numbers of one thing, which lie in one order whatever was measured."""
MOST_LINES = 4
"""So many lines a reader tells apart in one panel."""


def split_word(label: str) -> tuple[str, str]:
    """The word that says which part of the data it is, and what is left: "train, by hand" gives "train", "by hand"."""
    found = SPLIT.search(label)
    if found is None:
        return "", label
    left = f"{label[: found.start()].rstrip()} {label[found.end() :].lstrip(' ,:')}".strip(" ,:")
    return _plain(found[1]), " ".join(left.split())


def rest(name: str, beginning: str) -> str:
    """What follows a beginning of whole words: "shift" of "accuracy, shift" after "accuracy"; empty for other names."""
    left = name.removeprefix(beginning)
    return "" if left == name or left[:1].isalnum() else left.strip(" ,:")


def _plain(word: str) -> str:
    plain = word.lower()
    return {"training": "train", "valid": "validation", "dev": "validation"}.get(plain, plain)


def are_splits(labels: Sequence[str]) -> bool:
    """Whether labels fall into two or more parts of the data, and no label belongs to none."""
    words = [split_word(label)[0] for label in labels]
    return all(words) and len(set(words)) > 1 and len(set(map(split_word, labels))) == len(labels)


def factors(labels: Sequence[str]) -> dict[str, tuple[str, str]] | None:
    """For labels that are a full grid of two factors, such as "sgd, batch 8", their panel and their line: the fewest
    panels with at most four lines."""
    pairs = {label: tuple(label.split(", ")) for label in labels}
    if any(len(pair) != 2 for pair in pairs.values()):
        return None
    first, second = ({pair[i] for pair in pairs.values()} for i in (0, 1))
    if len(first) * len(second) != len(set(labels)) or min(len(first), len(second)) < 2:
        return None
    options = [
        (len(panels), turn)
        for turn, (panels, lines) in enumerate(((first, second), (second, first)))
        if len(lines) <= MOST_LINES
    ]
    if not options:
        return None
    turn = min(options)[1]
    return {label: (pair[turn], pair[1 - turn]) for label, pair in pairs.items()}


def constants(
    records: Iterable[Record],
    declared: Mapping[str, Parameter],
    without: Iterable[str] = (),
    *,
    seeds: str | None = None,
) -> str:
    """The single parameters that all records share, and their seeds: "epochs=2000, seed 0"; not those that are as
    declared. ``seeds`` says what the seeds are, where they are no constant."""
    listed = list(records)
    shared: dict[str, Parameter] = {}
    for name, value in notable(listed[0].case.parameters if listed else {}, declared).items():
        everywhere = all(record.case.parameters.get(name) == value for record in listed)
        # Of a parameter that is zero or empty the study takes what its profile says.
        if everywhere and not isinstance(value, tuple) and name not in set(without) and (value or value is False):
            shared[name] = value
    numbers = sorted({record.case.seed for record in listed})
    said = seeds if seeds is not None else seed_words(numbers) if numbers else ""
    return comma(*(f"{name}={value}" for name, value in shared.items()), said)


def is_averaged(texts: Iterable[str]) -> bool:
    """Whether names say that a study took a mean over seeds of its own: then that of its case is no constant."""
    return any(AVERAGED.search(text) for text in texts)


def seed_words(seeds: Sequence[int]) -> str:
    """ "seed 0", "seeds 0 to 4", "seeds 1, 5"."""
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    if list(seeds) == list(range(seeds[0], seeds[-1] + 1)):
        return f"seeds {seeds[0]} to {seeds[-1]}"
    return f"seeds {', '.join(map(str, seeds))}"


def sentence(*parts: str) -> str:
    """Parts that say something, as one line."""
    return " · ".join(part for part in parts if part)


def comma(*words: str) -> str:
    return ", ".join(filter(None, words))


def upper(text: str) -> str:
    return text[:1].upper() + text[1:]
