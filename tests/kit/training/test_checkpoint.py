"""A checkpoint is whole or refused, and never runs anything."""

import pickle
from pathlib import Path

import pytest
import torch

from bench.errors import BenchError
from bench.kit.training import load, save


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("run",)


def test_a_checkpoint_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.pt"
    save(path, {"w": torch.arange(3), "n": 2, "list": [{"a": 0.1}]})
    state = load(path)
    assert torch.equal(state["w"], torch.arange(3))
    assert state["n"] == 2
    assert state["list"] == [{"a": 0.1}]
    assert [file.name for file in path.parent.iterdir()] == ["a.pt"]


def test_a_checkpoint_runs_no_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.pt"
    torch.save({"x": Evil()}, path)
    with pytest.raises(BenchError, match="is no whole checkpoint"):
        load(path)
    path.write_bytes(pickle.dumps({"x": Evil()}))
    with pytest.raises(BenchError, match="is no whole checkpoint"):
        load(path)
    assert capsys.readouterr().out == ""


def test_a_damaged_checkpoint_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    save(path, {"w": torch.arange(30)})
    whole = path.read_bytes()
    for size in range(0, len(whole), 97):
        path.write_bytes(whole[:size])
        with pytest.raises(BenchError, match="to start anew, remove it") as caught:
            load(path)
        assert "\n" not in str(caught.value)
    at = whole.index(torch.arange(30).numpy().tobytes())
    path.write_bytes(whole[: at + 8] + b"\x02" + whole[at + 9 :])
    with pytest.raises(BenchError, match=r"the checksum of its \w+ is wrong"):
        load(path)
    torch.save([1], path)
    with pytest.raises(BenchError, match="holds no training"):
        load(path)


def test_a_full_disk_leaves_the_old_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pt"
    save(path, {"n": 1})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BenchError, match=r"cannot be written: .*No space left"):
        save(path, {"n": 2})
    assert load(path) == {"n": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["a.pt"]
