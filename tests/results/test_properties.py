"""What holds for every value, every cut and every flipped byte."""

import math
import types
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from functools import cache
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.model import Observation, Plan, Record, Run, Work
from bench.results import store
from bench.results.journal import JOURNAL, Journal
from bench.results.store import StoreError

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(-(2**63), 2**63 - 1),
    float: NUMBERS,
    str: st.text(max_size=6),
    type(None): st.none(),
}


@cache
def values(kind: Any, most: int = 2) -> st.SearchStrategy[Any]:
    """Values of a type of the model, chosen field by field. Each is put together once: a ``Run`` holds most of them."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in SCALARS:
        return SCALARS[kind]
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (Union, types.UnionType):
        return st.one_of([values(item) for item in inner])
    if origin is tuple:
        return st.lists(values(inner[0]), max_size=most).map(tuple)
    if origin is dict:
        return st.dictionaries(values(inner[0]), values(inner[1]), max_size=most)
    assert is_dataclass(kind), kind
    hints = get_type_hints(kind)
    chosen = {field.name: values(hints[field.name]) for field in fields(kind)}
    if kind.__name__ == "Figure":
        chosen["path"] = st.from_regex(r"figures/[a-z]{1,5}\.png", fullmatch=True)
    if kind is Work:  # it takes no others
        counts = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
        chosen |= {"count": st.integers(1, 2**62), "unit": st.text("abc µ", min_size=1).map(lambda text: f"u{text}")}
        both, neither = chosen | {"flops": counts, "bytes": counts}, chosen | {"flops": st.none(), "bytes": st.none()}
        return st.one_of(st.builds(kind, **both), st.builds(kind, **neither))
    return st.builds(kind, **chosen)


def floats_in(value: Any, where: str) -> Iterator[str]:
    if is_dataclass(value):
        for field in fields(value):
            yield from floats_in(getattr(value, field.name), f"{where}.{field.name}")
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from floats_in(item, f"{where}[{i}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from floats_in(item, f"{where}[{key!r}]")
    elif isinstance(value, float):
        yield where


def spoil(value: Any, target: str, bad: float, where: str = "") -> Any:
    """The same value with the float at ``target`` replaced."""
    if where == target:
        return bad
    if is_dataclass(value):
        names = [field.name for field in fields(value)]
        return replace(value, **{n: spoil(getattr(value, n), target, bad, f"{where}.{n}") for n in names})
    if isinstance(value, tuple):
        return tuple(spoil(item, target, bad, f"{where}[{i}]") for i, item in enumerate(value))
    if isinstance(value, dict):
        return {key: spoil(item, target, bad, f"{where}[{key!r}]") for key, item in value.items()}
    return value


@pytest.mark.parametrize("kind", [Record, Observation, Plan, Run])
@settings(max_examples=40)
@given(data=st.data())
def test_whatever_is_stored_comes_back_with_its_types(kind: type, data: st.DataObject) -> None:
    value = data.draw(values(kind, most=1))
    assert repr(store.decode(store.encode(value), kind)) == repr(value)


@given(record=values(Record), bad=st.sampled_from([math.nan, math.inf, -math.inf]), data=st.data())
def test_a_number_that_is_not_finite_is_refused_with_its_place(record: Record, bad: float, data: st.DataObject) -> None:
    # A Work refuses such a number itself, when it is made.
    places = [where for where in floats_in(record, "") if not where.startswith(".work")]
    where = data.draw(st.sampled_from(places))
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        store.encode(spoil(record, where, bad))
    assert str(caught.value) == f"{where[1:]} is {bad}"


def flipped(whole: bytes, data: st.DataObject) -> tuple[bytes, int]:
    at = data.draw(st.integers(0, len(whole) - 1), label="byte")
    bits = data.draw(st.integers(1, 255), label="bits")
    return whole[:at] + bytes([whole[at] ^ bits]) + whole[at + 1 :], at


def test_a_run_cut_anywhere_is_a_store_error(run: Run, tmp_path: Path) -> None:
    file = store.write(run, tmp_path)
    whole = file.read_bytes()
    for size in range(len(whole.rstrip())):
        file.write_bytes(whole[:size])
        with pytest.raises(StoreError, match=f"stops in the middle, at byte {size}$"):
            store.read(tmp_path)


@given(data=st.data())
def test_a_run_with_a_flipped_byte_is_a_run_or_a_store_error(run: Run, data: st.DataObject) -> None:
    with TemporaryDirectory() as name:
        file = store.write(run, Path(name))
        file.write_bytes(flipped(file.read_bytes(), data)[0])
        with suppress(StoreError):
            store.read(file)


@pytest.fixture(scope="module")
def lines(
    plan: Plan, observations: tuple[Observation, ...], tmp_path_factory: pytest.TempPathFactory
) -> tuple[bytes, ...]:
    folder = tmp_path_factory.mktemp("journal")
    with Journal.create(folder, plan) as journal:
        for observation in observations:
            journal.append(observation)
    return tuple((folder / JOURNAL).read_bytes().splitlines(keepends=True))


def goes_on(content: bytes, whole_lines: int, observations: tuple[Observation, ...]) -> None:
    """Reopening gives what the ``whole_lines`` first lines hold, and the journal then takes the rest."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / JOURNAL).write_bytes(content)
        if whole_lines == 0:
            with pytest.raises(StoreError, match="first line is damaged"):
                Journal.reopen(folder)
            return
        journal, _, observed = Journal.reopen(folder)
        whole = whole_lines - 1
        assert observed == observations[:whole]
        with journal:
            for observation in observations[whole:]:
                journal.append(observation)
        again, _, observed = Journal.reopen(folder)
        again.close()
        assert (observed, again.warning) == (observations, "")


def before(lines: tuple[bytes, ...], size: int) -> int:
    """How many lines end within the first ``size`` bytes."""
    return sum(end <= size for end in accumulate(map(len, lines)))


@given(data=st.data())
def test_a_journal_cut_anywhere_goes_on(
    lines: tuple[bytes, ...], observations: tuple[Observation, ...], data: st.DataObject
) -> None:
    whole = b"".join(lines)
    size = data.draw(st.integers(0, len(whole)))
    goes_on(whole[:size], before(lines, size), observations)


@given(data=st.data())
def test_a_flipped_byte_loses_its_line_and_what_follows_at_most(
    lines: tuple[bytes, ...], observations: tuple[Observation, ...], data: st.DataObject
) -> None:
    content, at = flipped(b"".join(lines), data)
    goes_on(content, before(lines, at), observations)
