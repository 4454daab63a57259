"""Two runs on one device wait for each other, and say for whom."""

import threading
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.execute.lock import locked


def test_the_second_waits_and_is_told_who_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path))
    said: list[str] = []
    waiting, entered = threading.Event(), threading.Event()

    def second() -> None:
        with locked(["cpu"], "the second", lambda text: (said.append(text), waiting.set())):
            entered.set()

    thread = threading.Thread(target=second)
    with locked(["cuda", "cpu"], "the first", said.append):
        thread.start()
        assert waiting.wait(10)
        assert not entered.is_set()
    thread.join(10)
    assert entered.is_set()
    assert said == ["waiting for the cpu: held by the first"]


def test_devices_do_not_wait_for_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path))
    said: list[str] = []
    with locked(["cpu"], "one", said.append), locked(["cuda"], "two", said.append):
        assert said == []


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path / "file" / "locks"))
    with pytest.raises(BenchError, match="BENCH_LOCKS"), locked(["cpu"], "one", print):
        pass
