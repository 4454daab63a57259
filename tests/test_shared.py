"""What two parts need is computed once, is never another's, and is computed anew where it cannot be kept."""

import json
import multiprocessing
from pathlib import Path

import pytest
import torch

from bench import shared
from bench.shared import Made, once, plain

CALLS: list[str] = []


def made(name: str = "first") -> Made:
    CALLS.append(name)
    return Made({"name": name, "w": torch.arange(3.0)}, 1.5)


@pytest.fixture(autouse=True)
def none_yet() -> None:
    CALLS.clear()


def test_it_is_made_once_for_each_identity(tmp_path: Path) -> None:
    results = [once(tmp_path, identity, made) for identity in ({"a": 1}, {"a": 1}, {"a": 2})]
    assert len(CALLS) == 2
    assert results[0].seconds == results[1].seconds == 1.5
    assert torch.equal(results[0].state["w"], results[1].state["w"])


def test_the_order_of_what_it_depends_on_does_not_matter(tmp_path: Path) -> None:
    once(tmp_path, {"a": 1, "b": 2}, made)
    once(tmp_path, {"b": 2, "a": 1}, made)
    assert CALLS == ["first"]


@pytest.mark.parametrize("content", [b"", b"not a file of torch"])
def test_what_is_not_whole_is_made_again(tmp_path: Path, content: bytes) -> None:
    once(tmp_path, {}, made)
    (kept,) = tmp_path.glob("*.pt")
    kept.write_bytes(content)
    assert once(tmp_path, {}, lambda: made("again")).state["name"] == "again"
    assert once(tmp_path, {}, lambda: made("never")).state["name"] == "again"


def test_no_code_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    torch.save({"state": {"call": print}, "seconds": 1.0}, path)
    assert shared.recall(path) is None


def test_without_a_place_each_makes_it(tmp_path: Path) -> None:
    nowhere = tmp_path / "file"
    nowhere.write_text("not a folder")
    once(nowhere, {}, made)
    once(nowhere, {}, made)
    assert len(CALLS) == 2


def test_what_fails_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        once(tmp_path, {}, lambda: Made({"x": 1 / 0}, 0.0))
    assert once(tmp_path, {}, made).state["name"] == "first"


def in_another_process(folder: Path, log: Path) -> None:
    def make() -> Made:
        with log.open("a") as file:
            file.write("made\n")
        return Made({"x": 1}, 0.0)

    once(folder, {"a": 1}, make)


def test_whoever_comes_second_waits_for_the_first(tmp_path: Path) -> None:
    spawning = multiprocessing.get_context("fork")
    processes = [spawning.Process(target=in_another_process, args=(tmp_path, tmp_path / "log")) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    assert (tmp_path / "log").read_text() == "made\n"


def test_what_its_maker_gets_is_what_the_others_read(tmp_path: Path) -> None:
    state = {"pairs": [(1, 2.5)], "w": torch.ones(2, requires_grad=True), "none": None}
    first = once(tmp_path, {}, lambda: Made(plain(state, "x"), 0.0))
    second = once(tmp_path, {}, made)
    assert not first.state["w"].requires_grad
    assert json.dumps([first.state["pairs"], first.state["none"]]) == "[[[1, 2.5]], null]"
    assert second.state["pairs"] == first.state["pairs"]


def test_other_kinds_of_values_are_refused() -> None:
    with pytest.raises(TypeError, match=r"x\['net'\] is a Linear: only tensors, numbers"):
        plain({"net": torch.nn.Linear(1, 1)}, "x")


def test_what_holds_itself_is_refused_and_so_is_what_is_made_of_itself(tmp_path: Path) -> None:
    own: dict[str, object] = {}
    own["own"] = own
    with pytest.raises(ValueError, match=r"^x is nested too deeply, or holds itself$"):
        plain(own, "x")
    identity = {"name": "weights"}
    with pytest.raises(ValueError, match=r"^shared 'weights' is made of itself: give one"):
        once(tmp_path, identity, lambda: once(tmp_path, identity, made))
    assert once(tmp_path, identity, made).state["name"] == "first"


def test_what_it_depends_on_is_json_s(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"^shared 'w' depends on what JSON does not hold: Object of type set"):
        once(tmp_path, {"name": "w", "content": {1}}, made)
