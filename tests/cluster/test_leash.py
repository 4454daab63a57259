"""A process that ends when whoever started it is gone."""

import io
from types import SimpleNamespace

import psutil
import pytest

from bench.cluster import leash


def test_it_ends_when_stdin_closes_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    statuses: list[int] = []
    monkeypatch.setattr(leash.sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"a word is no end")))
    leash.leash(statuses.append).join()
    assert statuses == [leash.GONE]


def test_all_that_it_has_started_ends_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[object] = []

    class Child:
        def __init__(self, name: str, error: Exception | None = None) -> None:
            self.name, self.error = name, error

        def kill(self) -> None:
            if self.error:
                raise self.error
            ended.append(self.name)

    def children(recursive: bool) -> list[Child]:
        assert recursive
        return [Child("gone", psutil.NoSuchProcess(1)), Child("warm"), Child("forked")]

    monkeypatch.setattr(psutil, "Process", lambda: SimpleNamespace(children=children))
    monkeypatch.setattr(leash.os, "_exit", ended.append)
    leash.end_all(leash.GONE)
    assert ended == ["warm", "forked", leash.GONE]
