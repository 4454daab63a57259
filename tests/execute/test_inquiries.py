"""Questions to a child process, and what is made of its silence."""

import signal
from dataclasses import replace
from pathlib import Path

import pytest

from bench import cache, catalogue
from bench.catalogue import Listing
from bench.errors import BenchError
from bench.execute import inquiries
from bench.execute.executors.local import LocalExecutor
from bench.execute.messages import Checked, Described, Ended, Message, Order, Probe, Reply, Verdicts
from bench.model import Broken, Description, PartDescription
from bench.results import descriptions
from tests.execute.double import Double

SHOWN = Description((), (PartDescription(id="a", title="T", kind="study"),))


@pytest.fixture
def listing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Listing:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "ex01_step.py"
    path.write_text("exercise = 1\n")
    return Listing(id="ex01", title="T", tags=(), module="p.ex01_step", path=path, distribution="d")


@pytest.fixture
def child(listing: Listing) -> Double:
    """Describes the exercise, and says that it has read its file."""

    def answer(order: Order) -> Message:
        return Described(SHOWN, {str(listing.path): descriptions.digest(str(listing.path))})

    return Double(answer)


def silent(**how: object) -> Double:
    """A child that dies without an answer."""
    double = Double(lambda order: Broken("never", "sent"))
    submit = double.submit

    def die(order: Order, **options: object) -> object:
        future = submit(order)
        future._result = Reply(**{"ended": Ended(1, "said\nImportError: no torch\n")} | how)  # type: ignore[arg-type]
        return future

    double.submit = die  # type: ignore[assignment,method-assign]
    return double


def test_what_is_known_is_not_asked_for_again(listing: Listing, child: Double) -> None:
    assert [inquiries.describe(listing, child) for _ in range(3)] == [SHOWN] * 3
    assert len(child.orders) == 1
    listing.path.write_text("exercise = 2\n")
    inquiries.describe(listing, child)
    assert len(child.orders) == 2


@pytest.mark.parametrize("answer", [Described(SHOWN, {}), Broken("ex01", "why")], ids=["changing", "broken"])
def test_what_may_change_is_not_kept(listing: Listing, answer: Message) -> None:
    child = Double(lambda order: answer)
    found = [inquiries.describe(listing, child) for _ in range(2)]
    assert found == [answer.description if isinstance(answer, Described) else answer] * 2
    assert len(child.orders) == 2


def test_a_file_that_is_no_python_is_broken_without_a_process(listing: Listing, child: Double) -> None:
    broken = replace(listing, problem="SyntaxError: no")
    assert inquiries.describe(broken, child) == Broken("ex01", "SyntaxError: no")
    assert inquiries.check(broken, child, 1.0) == Verdicts((Checked(inquiries.LOADS, "SyntaxError: no"),))
    assert child.orders == []


def test_an_import_that_hangs_or_crashes_is_one_broken_row(listing: Listing) -> None:
    crashed = inquiries.describe(listing, silent())
    assert crashed == Broken(
        "ex01", "its import crashes: ended with exit status 1 before it gave an answer: ImportError: no torch"
    )
    hung = inquiries.describe(listing, silent(timed_out=True))
    assert hung == Broken("ex01", "its import hangs: no answer within 120 s; --timeout allows more")


def test_an_import_has_the_time_that_the_user_gives(listing: Listing) -> None:
    hung = inquiries.describe(listing, silent(timed_out=True), 7.0)
    assert hung == Broken("ex01", "its import hangs: no answer within 7 s; --timeout allows more")


def test_an_answer_that_is_not_utf_8_is_one_broken_row(listing: Listing, tmp_path: Path) -> None:
    (tmp_path / "ex01.py").write_text("")
    (tmp_path / "ex01.md").write_bytes(b"d\xe9j\xe0 vu")
    broken = inquiries.describe(replace(listing, path=tmp_path / "ex01.py"), silent())
    assert broken == Broken("ex01", "ex01.md is not UTF-8 (byte 1): save it as UTF-8")


def test_a_torch_that_cannot_be_used_is_one_line() -> None:
    assert inquiries.probe(Double(lambda order: Probe(("cpu",), {}))) == Probe(("cpu",), {})
    with pytest.raises(BenchError, match=r"torch cannot be used here: ended with exit status 1.*no torch"):
        inquiries.probe(silent())


def test_of_the_data_it_is_asked_only_what_is_named() -> None:
    machine = Double(lambda order: Probe(("cpu",), {}, {order.data: "0f"} if order.data else {}))
    assert inquiries.look(machine, 1).data == {}
    assert inquiries.look(machine, 1, "full").data == {"full": "0f"}


@pytest.mark.parametrize(("status", "times"), [(-signal.SIGKILL, 2), (-signal.SIGTERM, 2), (-signal.SIGSEGV, 1)])
def test_an_import_that_was_killed_is_tried_once_more(listing: Listing, status: int, times: int) -> None:
    child = silent(ended=Ended(status))
    answer = inquiries.describe(listing, child)
    assert isinstance(answer, Broken)
    assert answer.reason.startswith("its import crashes: died of SIG")
    assert len(child.orders) == times


def test_a_fatal_error_says_more_than_the_last_line() -> None:
    reply = Reply(ended=Ended(-11, "Fatal Python error: Segmentation fault\n  File x\n"))
    assert inquiries.last_line(reply).endswith(": Fatal Python error: Segmentation fault")


def test_a_check_gives_every_promise_or_says_how_it_died(listing: Listing) -> None:
    kept = Verdicts((Checked("it loads"), Checked("more", "but")), variants={"a": ("one",)})
    describes = {"describe": Described(SHOWN, {}), "check": kept}
    verdicts = inquiries.check(listing, Double(lambda order: describes[order.kind]), 1.0)
    assert verdicts == replace(kept, parts=SHOWN.parts)


def test_a_real_exercise_depends_on_its_own_files_and_on_the_harness(
    executor: LocalExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
    ex07 = catalogue.find("ex07", catalogue.listings())
    described = inquiries.describe(ex07, executor)
    assert isinstance(described, Description)
    assert descriptions.recall(ex07.module, ex07.path) == described
    kept = cache.read(descriptions.name_of(ex07.path)).decode()
    for name in ("ex07_iris_by_hand/__init__.py", "bench/model/declared.py", "bench/kit/data/__init__.py"):
        assert name in kept
    assert "torch/__init__.py" not in kept
