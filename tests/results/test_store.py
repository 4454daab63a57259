import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy
import pytest

from bench.model import Case, Claim, Figure, Findings, Place, Record, Run, Sample, Table
from bench.results import store
from bench.results.store import StoreError
from tests import places
from tests.report import sample


def test_a_run_comes_back_as_it_was(run: Run, tmp_path: Path) -> None:
    path = store.write(run, tmp_path)
    assert path == tmp_path / "run.json"
    assert repr(store.read(tmp_path)) == repr(run)
    assert store.read(path) == run
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


def test_a_record_is_one_line(run: Run, tmp_path: Path) -> None:
    lines = store.write(run, tmp_path).read_text().splitlines()
    assert sum('"case"' in line for line in lines) == len(run.records)
    assert len(lines) < 30


@pytest.mark.parametrize("value", [True, 1, 1.0, -0.0, 2**53 + 1, -(2**63), "1", (True, 1, 1.0, "1"), ()])
def test_a_parameter_keeps_its_type(value: object) -> None:
    case = Case(exercise="ex10", part="a", device="cpu", seed=0, parameters={"p": value})
    assert repr(store.decode(store.encode(case), Case)) == repr(case)


def test_an_integer_in_a_float_field_comes_back_as_a_float() -> None:
    claim = store.decode(store.encode(Claim("count", 3, "equals", 3)), Claim)
    assert (type(claim.value), claim.value) == (float, 3.0)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_refused_by_name(run: Run, tmp_path: Path, bad: float) -> None:
    record = replace(
        run.records[1], samples=(Sample(round=0, calls=1, seconds=0.5), Sample(round=0, calls=1, seconds=bad))
    )
    run = replace(run, records=(*run.records, record))
    with pytest.raises(ValueError, match=rf"^records\[2\]\.samples\[1\]\.seconds is {bad}$"):
        store.write(run, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"lr": float("nan")}, "parameters['lr'] is nan"),
        ({"lr": (1.0, float("inf"))}, "parameters['lr'][1] is inf"),
        ({"name": "\udc80"}, r"parameters['name'] is not valid Unicode: '\udc80'"),
        ({"kind": {1}}, "parameters['kind'] is a builtins.set, which cannot be stored"),
        ({2: 3}, "parameters has the key 2, which is not a string of Unicode"),
        ({"\udc80": 3}, r"parameters has the key '\udc80', which is not a string of Unicode"),
    ],
)
def test_what_cannot_be_stored_is_named(value: dict, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        store.encode(Case(exercise="ex10", part="a", device="cpu", seed=0, parameters=value))
    assert str(caught.value) == message


def test_a_numpy_number_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"^value is a numpy\.float64, which cannot be stored$"):
        store.encode(Claim("x", numpy.float64(1.0), "equals", 1.0))


def test_decode_names_the_wrong_field() -> None:
    with pytest.raises(StoreError, match=r"^seconds: expected float, got str$"):
        store.decode(b'{"round": 0, "calls": 1, "seconds": "x"}', Sample)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not whole: the JSON stops in the middle, at byte 0"),
        (b'{"schema": 1, "id": "a', "not whole: the JSON stops in the middle, at byte 22"),
        (b"hello", "not JSON: invalid character (byte 0)"),
        (b'{"schema": 1, "id": "\xff"}', "not JSON: a string is not UTF-8"),
        (b"[" * 100_000, "not ours: no schema number (expected object, got array)"),
        (b'{"x": ' + b"[" * 100_000, "not ours: nested too deeply"),
        (b"[1, 2]", "not ours: no schema number (expected object, got array)"),
        (b'{"name": "other"}', "not ours: no schema number (object missing required field schema)"),
        (b'{"schema": 7, "runs": []}', "written by schema 7, this bench reads up to 2: upgrade bench"),
        (b'{"schema": 0}', "not ours: schema 0; the first one is 1"),
        (b'{"schema": true}', "not ours: no schema number (schema: expected int, got bool)"),
        (b'{"schema": 1}', "object missing required field id"),
    ],
)
def test_a_file_that_is_no_run_is_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "run.json"
    file.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        store.read(tmp_path)
    assert str(caught.value) == f"{file}: {message}"
    assert caught.value.exit_code == 2


def test_a_wrong_field_in_a_file_is_named(run: Run, tmp_path: Path) -> None:
    file = store.write(run, tmp_path)
    document = json.loads(file.read_text())
    document["records"][1]["samples"][0]["calls"] = "many"
    file.write_text(json.dumps(document))
    with pytest.raises(StoreError, match=r"records\[1\]\.samples\[0\]\.calls: expected int, got str$"):
        store.read(file)


def test_a_field_of_a_later_bench_is_passed_over(run: Run, tmp_path: Path) -> None:
    file = store.write(run, tmp_path)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"weather": "fine"}))
    assert store.read(file) == run


def test_a_run_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"run\.json: no such file"):
        store.read(tmp_path)
    with pytest.raises(StoreError, match="nowhere: no such file"):
        store.read(tmp_path / "nowhere")


OUTSIDE = [
    "/etc/passwd",
    "../x.png",
    "a/../../x.png",
    "C:\\x.png",
    "C:x.png",
    "..\\x.png",
    "\\\\host\\x",
    "",
    ".",
    "a\0b",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_figure_outside_the_folder_is_not_written_and_not_read(run: Run, tmp_path: Path, path: str) -> None:
    good = store.write(run, tmp_path).read_text()
    record = replace(run.records[0], findings=Findings(figures=(Figure("f", path),)))
    with pytest.raises(ValueError, match=r"^records\[0\]\.findings\.figures\[0\]\.path is .* not inside"):
        store.write(replace(run, records=(record,)), tmp_path)
    (tmp_path / "run.json").write_text(good.replace('"figures/ex10/digits.png"', json.dumps(path)))
    read = store.read(tmp_path)
    assert read.records[0].findings == replace(run.records[0].findings, figures=())
    assert "is left out: its file is not in the run's folder" in read.records[0].notes[-1]
    assert read.records[1:] == run.records[1:]


@pytest.mark.parametrize("calls", [0, -1])
def test_a_sample_of_no_calls_is_refused(run: Run, tmp_path: Path, calls: int) -> None:
    good = store.write(run, tmp_path).read_text()
    (tmp_path / "run.json").write_text(good.replace('"calls":100', f'"calls":{calls}', 1))
    with pytest.raises(StoreError, match=rf"records\[1\]\.samples\[0\]\.calls is {calls}, of at least 1$"):
        store.read(tmp_path)


def test_a_figure_behind_a_link_that_leaves_the_folder_is_left_out(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    store.write(run, folder)
    (folder / "figures").symlink_to(tmp_path)
    read = store.read(folder)
    assert not any(record.findings.figures for record in read.records)
    assert "is left out" in read.records[0].notes[-1]


def test_a_whole_number_that_json_has_no_place_for_is_named() -> None:
    with pytest.raises(ValueError, match=r"^rows\[0\]\[0\] is a whole number beyond 64 bits$"):
        store.encode(Table("t", ("n",), ((10**40,),)))


def test_a_full_disk_keeps_the_old_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = store.write(run, tmp_path).read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=rf"^no space left .*: free some, then `bench run --resume {tmp_path.name}`$"):
        store.write(replace(run, records=()), tmp_path)
    assert (tmp_path / "run.json").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


def test_whoever_does_a_shard_is_sent_back_to_its_run() -> None:
    """The attempt's own name is none that `--resume` knows."""
    run = Path("results/20261129T120000Z-ex01-cpu")
    expected = "then `bench run --resume 20261129T120000Z-ex01-cpu`"
    assert store.resuming(run) == store.resuming(run / "shards" / "00003" / "n1-12-34") == expected
    assert store.resuming(Path("a")) == "then `bench run --resume a`"


def test_a_pipe_is_no_run_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "run.json")
    with pytest.raises(StoreError, match=r"run\.json: cannot be read: it is no plain file$"):
        store.read(tmp_path)


def test_a_path_of_the_users_stays_the_pipe_or_the_link_that_it_is(tmp_path: Path) -> None:
    pipe, link, file = tmp_path / "pipe", tmp_path / "link", tmp_path / "file"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    store.write_to(pipe, b"through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    file.write_bytes(b"old")
    link.symlink_to(file)
    store.write_to(link, b"new")
    assert (link.is_symlink(), file.read_bytes()) == (True, b"new")
    store.write_to(tmp_path / "another", b"first")
    assert (tmp_path / "another").read_bytes() == b"first"


def test_nothing_is_replaced_before_it_is_on_the_disk(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = store.write(run, tmp_path).read_bytes()

    def fail(handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StoreError, match=r"run\.json cannot be written: Input/output error"):
        store.write(replace(run, records=()), tmp_path)
    assert (tmp_path / "run.json").read_bytes() == before


def test_a_folder_that_is_gone_is_one_line(run: Run, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written: No such file"):
        store.write(run, tmp_path / "gone")


def test_a_record_by_itself_round_trips(run: Run) -> None:
    for record in run.records:
        assert store.decode(store.encode(record), Record) == record


def test_a_record_of_a_place_that_the_run_does_not_have_is_refused(run: Run, tmp_path: Path) -> None:
    strange = replace(run, records=(replace(run.records[0], place="n7"), *run.records[1:]))
    store.write(strange, tmp_path)
    with pytest.raises(store.StoreError, match=r"records\[0\]\.place is 'n7', which is no place of the run"):
        store.read(tmp_path)
    known = replace(strange, elsewhere={"n7": Place(environment=run.environment)})
    store.write(known, tmp_path)
    assert store.read(tmp_path).at("n7") == Place(environment=run.environment)


def test_what_names_no_place_in_a_run_of_several_was_on_the_first(tmp_path: Path) -> None:
    run = places.spread(replace(sample.build(hostile=False), peaks=(places.PEAK,)), places.by_seed)
    bare = tuple(replace(r, place="") if r.place == places.FIRST else r for r in run.records)
    store.write(replace(run, records=bare), tmp_path)
    assert store.read(tmp_path).records == run.records


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_known_by_what_is_said_of_it(number: int) -> None:
    error = OSError(number, os.strerror(number))
    assert store.has_no_room(f"failed: OSError: {error}")
    assert store.has_no_room(str(store.refusal(error, Path("x"), "then try again")))
    assert not store.has_no_room("ValueError: the space left of it is no vector space")
