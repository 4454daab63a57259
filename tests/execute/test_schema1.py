"""Runs that bench 0.1 began: their journals are gone on with, or refused in one line.

``schema1/journal.jsonl`` is that of ``bench run ex90`` on two lanes, ``with.jsonl`` the first line of one with
``--with``: written by the commit b5f710e, with paths made short.
"""

from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.catalogue import Listing
from bench.execute import session as sessions
from bench.execute.messages import Message, Order, Probe
from bench.model import Observation
from bench.results import environment, journal
from bench.results.store import StoreError
from tests.execute.double import Double

OLD = Path(__file__).with_name("schema1")
LINES = (OLD / "journal.jsonl").read_bytes().splitlines(keepends=True)
LISTING = Listing(id="ex90", title="T", tags=(), module="trial.ex90", path=Path("ex90.py"), distribution="d")


def folder_with(lines: list[bytes], folder: Path) -> Path:
    (folder / journal.JOURNAL).write_bytes(b"".join(lines))
    return folder


@pytest.mark.parametrize("lines", range(1, len(LINES) + 1))
@pytest.mark.parametrize("slots", [1, 2])
def test_a_run_that_it_began_is_gone_on_with_at_every_point(
    tmp_path: Path, listener: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, lines: int, slots: int
) -> None:
    before = journal.read(folder_with(LINES, tmp_path))
    whole = {observation.task: observation for observation in before.observations}
    monkeypatch.setattr(environment, "gather", lambda facts, threads: before.plan.environment)

    def answer(order: Order) -> Message:
        # What its child said in the old run: a child's figures have paths of its own folder.
        if order.task is None:
            return Probe(("cpu",), {})
        return Observation(task=order.task, outcome="ok", variants=whole[order.task].variants)

    executor = Double(answer, slots)
    session = sessions.reopen(
        folder_with(LINES[:lines], tmp_path),
        [LISTING],
        executor=executor,
        listener=listener,
        measured=lambda record: None,
    )
    run = session.run()
    assert run.finished
    assert [record.case.variant for record in run.records] == [None, "sum", "product", "sum", "product"]
    assert len([order for order in executor.orders if order.task]) == len(LINES) - lines
    if lines > 1:
        assert run.records[0].findings.figures[0].path.startswith("figures/ex90.a-cpu-seed0-")
    assert [len(record.samples) for record in run.records[1:]] == [3 * 2] * 4
    assert all(record.memory for record in run.records[1:])


def test_one_with_files_of_the_users_own_is_refused_in_one_line(tmp_path: Path, listener: SimpleNamespace) -> None:
    """It kept their paths, and what lies there may be another file by now."""
    folder_with([(OLD / "with.jsonl").read_bytes()], tmp_path)
    with pytest.raises(
        StoreError,
        match=r"line 1: written by another version of bench: files\[0\]: expected object.*start the run again",
    ):
        sessions.reopen(tmp_path, [LISTING], executor=Double(lambda order: Probe(("cpu",), {})), listener=listener,
                        measured=lambda record: None)  # fmt: skip
