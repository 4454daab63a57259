"""Many shards are one run: the records of a plain one in the same order, and nothing compared across places."""

import itertools
import os
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.cluster import attempts, merging
from bench.cluster.merging import Places
from bench.cluster.shards import Shard, cut
from bench.execute.observations import run_of
from bench.model import NoiseFloor, Peak, Place, Run
from bench.results import store
from bench.results.store import StoreError
from tests.cluster.doubles import (
    DATA,
    HERE,
    LISTINGS,
    answer,
    anywhere,
    begun,
    kind_of,
    listener,
    observed,
    place,
    places_of,
    plan_of,
    run_at,
    second,
    work,
)

PLAN = plan_of("ex01.a", "ex01.a.speed", "ex02.a", "ex02.a.speed", "ex03.b.speed", seeds=2, sizes=(1, 2, 3))


@settings(max_examples=200)
@given(st.floats(0.5, 20), st.randoms(use_true_random=False))
def test_wherever_shards_are_done_no_comparison_spans_two_places(at_least: float, random: Random) -> None:
    shards = cut(PLAN, second, at_least)
    hosts = [place(f"n{random.randrange(4)}", cpu=random.choice("ab")) for _ in shards]
    ended = list(zip(shards, hosts, strict=True))
    random.shuffle(ended)
    runs = {shard.number: run_at(PLAN, shard, here) for shard, here in ended}
    run = merging.merged(PLAN, shards, runs, {})
    assert all(len(places) == 1 for places in places_of(run).values())
    assert run.finished
    assert run == merging.merged(PLAN, shards, dict(sorted(runs.items())), {}), "who was first does not matter"
    assert anywhere(run) == anywhere(run_of(PLAN, map(observed, PLAN.tasks), finished=True))
    at = {task.case.whole: here for shard, here in ended for task in shard.tasks}
    for record in run.records:
        assert run.at(record.place).environment == at[record.case.whole]
        assert record.place in run.places


def plain(folder: Path) -> Run:
    """The run as it would be without shards, in a double."""
    from bench.execute import session
    from tests.execute.double import Double

    folder.mkdir()
    more = {"executor": Double(answer), "listener": listener(), "measured": lambda record: None}
    return session.begin(PLAN, folder, **more).run()  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(4))
def test_shards_done_anywhere_in_any_order_are_the_plain_run(tmp_path: Path, seed: int) -> None:
    random, expected = Random(seed), plain(tmp_path / "plain")
    folder, shards = begun(tmp_path, PLAN, at_least=random.choice([1.0, 3.0, 10.0]))
    order = list(shards)
    random.shuffle(order)
    for shard in order:
        if random.random() < 0.3:  # an attempt that did not come to its end
            broken = attempts.begin(folder, shard.number, "n9")
            (broken / "journal.jsonl").write_bytes(b"00000000 torn")
        assert work(folder, shard.number, place(f"n{random.randrange(3)}")) is not None
        assert work(folder, shard.number, place("n7")) is None, "it is done"
    run = merging.merge(folder)
    merging.bring(folder, shards)
    merging.bring(folder, shards)
    assert anywhere(run) == anywhere(expected)
    assert replace(run, records=(), environment=HERE, elsewhere={}) == replace(expected, records=(), environment=HERE)
    assert drawn(folder) == drawn(tmp_path / "plain") != {}
    store.write(run, folder)
    assert store.read(folder) == run


def drawn(folder: Path) -> dict[str, str]:
    files = (folder / "figures").rglob("*")
    return {str(path.relative_to(folder)): path.read_text() for path in files if path.is_file()}


def test_a_run_that_is_not_done_has_the_records_of_what_is(tmp_path: Path) -> None:
    folder, shards = begun(tmp_path, PLAN)
    work(folder, 3)
    attempts.refuse(folder, 1, "n5 has torch 1.0", place("n5", torch="1.0"))
    run = merging.merge(folder)
    assert not run.finished
    refused = {task.case for task in shards[1].tasks}
    assert {record.case for record in run.records if record.outcome == "failed"} == refused
    assert {(r.reason, r.place) for r in run.records if r.case in refused} == {("n5 has torch 1.0", "n5")}
    assert list(run.places) == [HERE.host, "n5"], "what was measured stands first"
    assert run.at("n5").environment.torch == "1.0"
    assert {record.case.whole for record in run.records} == refused | {task.case for task in shards[3].tasks}


def test_a_run_of_which_nothing_is_done_is_where_it_was_planned(tmp_path: Path) -> None:
    folder, shards = begun(tmp_path, PLAN)
    for shard in shards:
        attempts.refuse(folder, shard.number, "no", place("n5") if shard.number else None)
    run = merging.merge(folder)
    assert run.finished
    assert run.environment == PLAN.environment
    nowhere = {task.case for task in shards[0].tasks}
    assert all(record.place == (HERE.host if record.case in nowhere else "n5") for record in run.records)
    store.write(run, folder)
    assert store.read(folder) == run


DAMAGE = {
    "torn": lambda path: path.write_bytes(path.read_bytes()[:-50]),
    "empty": lambda path: path.write_bytes(b""),
    "of another run": lambda path: path.write_bytes(path.read_bytes().replace(b'"a-run"', b'"b-run"')),
    "not finished": lambda path: path.write_bytes(path.read_bytes().replace(b'"finished": true', b'"finished": false')),
    "other cases": lambda path: path.write_bytes(path.read_bytes().replace(b'"ex01"', b'"ex09"')),
    "without records": lambda path: path.write_bytes(store.encode(replace(store.read(path.parent), records=()))),
    "no utf-8": lambda path: path.write_bytes(b"\xff" + path.read_bytes()),
    "another schema": lambda path: path.write_bytes(b'{"schema": 99}'),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_attempt_takes_nothing_of_the_others(tmp_path: Path, damage: object) -> None:
    plan = plan_of("ex01.a", "ex02.a.speed")
    folder, shards = begun(tmp_path, plan)
    for shard in shards:
        work(folder, shard.number)
    attempt = attempts.finished(folder, 0)
    assert attempt is not None
    damage(attempt / store.RUN)  # type: ignore[operator]
    with pytest.raises(StoreError, match=str(attempt)):
        merging.result(plan, shards[0], attempt)
    run = merging.merge(folder)
    assert not run.finished
    others = {task.case for shard in shards[1:] for task in shard.tasks}
    assert {record.case.whole for record in run.records} == others


def test_other_data_are_a_failed_shard_that_names_both(tmp_path: Path) -> None:
    shards = cut(PLAN, second, 1.0)
    studies = [shard for shard in shards if shard.tasks[0].kind == "study"]
    odd = studies[0]
    runs = {
        s.number: run_at(PLAN, s, place("n1" if s is odd else "n2"), "cd" * 32 if s is odd else DATA.sha256)
        for s in shards
    }
    reasons = merging.other_data(runs)
    assert list(reasons) == [odd.number]
    assert reasons[odd.number].startswith(
        "n1 has other data under the name mnist than most have (SHA-256 cdcdcdcdcdcd… and abab"
    )


def test_of_two_contents_that_are_equally_frequent_the_first_stays() -> None:
    shards = cut(plan_of("ex01.a", "ex02.a"), second, 1.0)
    for order in itertools.permutations(shards):
        runs = {s.number: run_at(PLAN, s, HERE, ("ab" if s.number == 0 else "cd") * 32) for s in order}
        assert list(merging.other_data(runs)) == [1]


def test_the_first_place_is_that_of_the_first_shard_whichever_ended_first() -> None:
    shards = cut(PLAN, second, 1.0)
    runs = {shard.number: run_at(PLAN, shard, place(f"n{shard.number}")) for shard in reversed(shards)}
    run = merging.merged(PLAN, shards, runs, {})
    assert list(run.places) == [f"n{shard.number}" for shard in shards]


def test_a_place_is_whatever_differs_in_anything_and_no_two_share_a_name() -> None:
    places = Places()
    there = [place("n"), place("n", cores=8), place("n-2"), place("n", gpu_id="GPU-1"), place(""), place("", cores=8)]
    names = [places.name(Place(environment=each)) for each in there]
    assert names == ["n", "n-2", "n-2-2", "n-3", "host", "host-2"]
    assert [places.name(Place(environment=each)) for each in there] == names
    assert [known.environment for known in places.named.values()] == there


def test_the_first_place_is_called_as_the_run_calls_it() -> None:
    assert Places().name(Place(environment=place(""))) == ""


def test_a_floor_that_only_some_shards_know_is_the_place_s() -> None:
    floor = NoiseFloor(created="", widths={}, waited=0, wander=1, cpu="a cpu", cores=2, threads=1, boot="b")
    places = Places()
    for known in (None, floor, None):
        places.name(Place(environment=HERE, floor=known))
    assert places.named["n0"].floor == floor


def test_a_device_of_a_place_has_one_peak() -> None:
    def peak(**numbers: float) -> Peak:
        return Peak(device="cpu", threads=1, array=1, place="n0", **numbers)  # type: ignore[arg-type]

    best = merging.highest([peak(flops=2.0, bandwidth=1.0), peak(flops=1.0, bandwidth=3.0)])
    assert best == (peak(flops=2.0, bandwidth=3.0),)
    other = replace(best[0], place="n1")
    assert merging.highest([*best, other]) == (*best, other)


def first(shards: tuple[Shard, ...], folder: Path) -> Path:
    """The folder of the files of the first case, in the attempt that counts."""
    attempt = attempts.finished(folder, 0)
    assert attempt is not None
    assert kind_of(shards[0].tasks[0].case.part) == "study"
    return attempt / shards[0].tasks[0].case.folder


def test_nothing_foreign_is_brought_home(tmp_path: Path) -> None:
    folder, shards = begun(tmp_path, PLAN)
    work(folder, 0)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("private")
    source = first(shards, folder)
    (source / "link").symlink_to(tmp_path / "secret" / "key")
    (source / "folder").symlink_to(tmp_path / "secret")
    os.mkfifo(source / "pipe")
    merging.bring(folder, shards)
    home = folder / shards[0].tasks[0].case.folder
    assert {path.name for path in home.iterdir()} == {"f.png"}
    source.rename(source.with_name("moved"))
    source.symlink_to(tmp_path / "secret")
    merging.bring(folder, shards)
    assert {path.name for path in home.iterdir()} == {"f.png"}


def test_what_another_attempt_had_brought_is_replaced(tmp_path: Path) -> None:
    folder, shards = begun(tmp_path, PLAN)
    work(folder, 0)
    home = folder / shards[0].tasks[0].case.folder
    home.mkdir(parents=True)
    (home / "f.png").write_text("old")
    merging.bring(folder, shards)
    assert (home / "f.png").read_text() == shards[0].tasks[0].case.label


def test_a_disk_without_links_gets_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "no links")

    folder, shards = begun(tmp_path, PLAN)
    work(folder, 0)
    monkeypatch.setattr(os, "link", refuse)
    merging.bring(folder, shards)
    assert (folder / shards[0].tasks[0].case.folder / "f.png").read_text() == shards[0].tasks[0].case.label


def test_a_full_disk_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    folder, shards = begun(tmp_path, PLAN)
    work(folder, 0)
    monkeypatch.setattr(os, "link", full)
    with pytest.raises(StoreError, match=r"f\.png cannot be written: .*No space left on device"):
        merging.bring(folder, shards)


def test_listings_of_these_tests_are_those_of_the_plan() -> None:
    assert {listing.id for listing in LISTINGS} >= {exercise.id for exercise in PLAN.exercises}
