"""Variants from outside before anything runs: their names, and what is refused. No process is started."""

import signal
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from bench import plugins
from bench.errors import NothingMatched, PluginError
from bench.execute.guests import offers as guests
from bench.execute.guests.offers import Survey, survey
from bench.execute.messages import Ended, Message, Offer, Order, Question, Reply, Surveyed
from bench.model import Broken, SourceFile
from tests.execute.double import Double

QUESTIONS = [Question(exercise="ex07", part="b.speed", parameters=("steps",))]
HOOKS = ("bench_variants",)


@pytest.fixture(autouse=True)
def announced(monkeypatch: pytest.MonkeyPatch) -> dict[str, SimpleNamespace]:
    """The plugins of other distributions: none, until a test adds some."""
    entries: dict[str, SimpleNamespace] = {}
    monkeypatch.setattr(plugins, "plugin_entries", lambda: entries)
    return entries


def offer(*names: str) -> Surveyed:
    return Surveyed(offers=(Offer("ex07", "b.speed", names),), hooks=HOOKS)


def asked(answers: dict[str, Message], **options: object) -> Survey:
    """A survey of the files among these sources, whose children answer so."""
    files = [SourceFile(path, "x = 1\n") for path in answers if path.startswith("/")]
    children = Double(lambda order: answers[order.source])
    return survey(files, QUESTIONS, children, **{"names": ["ex07"]} | options)  # type: ignore[arg-type]


def names(answers: dict[str, Message]) -> list[str]:
    return [guest.name for guest in asked(answers).guests]


def test_a_variant_of_the_only_file_keeps_its_name() -> None:
    (guest,) = asked({"/home/mine.py": offer("[red]mine[/]")}).guests
    assert (guest.source, guest.exercise, guest.part) == ("/home/mine.py", "ex07", "b.speed")
    assert guest.offered == guest.name == "[red]mine[/]"


def test_of_several_files_each_row_is_named_by_its_file() -> None:
    assert names({"/alice.py": offer("mine"), "/bob.py": offer("mine", "other")}) == [
        "mine (alice.py)",
        "mine (bob.py)",
        "other (bob.py)",
    ]


def test_files_that_are_called_alike_are_told_apart_by_the_shortest_end() -> None:
    answers: dict[str, Message] = {
        "/x/alice/mine.py": offer("mine"),
        "/x/bob/mine.py": offer("mine"),
        "/y/bob/mine.py": offer("mine"),
        "/carol.py": offer("mine"),
    }
    assert names(answers) == [
        "mine (alice/mine.py)",
        "mine (x/bob/mine.py)",
        "mine (y/bob/mine.py)",
        "mine (carol.py)",
    ]
    assert guests.labels_of(["/mine.py", "/x/mine.py"]) == {"/mine.py": "/mine.py", "/x/mine.py": "x/mine.py"}
    assert guests.labels_of(["/a\nb.py"]) == {"/a\nb.py": "a\ufffdb.py"}


def test_a_broken_file_changes_no_name_once_it_is_mended() -> None:
    before = names({"/alice.py": offer("mine"), "/bob.py": Broken("/bob.py", "no")})
    after = names({"/alice.py": offer("mine"), "/bob.py": offer("yours")})
    assert before[0] == after[0] == "mine (alice.py)"


def test_a_file_of_reports_alone_changes_no_name() -> None:
    assert names({"/mine.py": offer("mine"), "/report.py": Surveyed(hooks=("bench_report",))}) == ["mine"]


def test_a_plugin_of_another_distribution_is_named_where_a_name_stands_twice(
    announced: dict[str, SimpleNamespace],
) -> None:
    announced |= {"fast": SimpleNamespace(dist=None), "odd": SimpleNamespace(dist=None)}
    answers: dict[str, Message] = {
        "fast": offer("mine", "theirs"),
        "odd": offer("mine (fast)"),
        "/mine.py": offer("mine"),
    }
    assert names(answers) == ["mine (fast)", "theirs", "mine (fast) (odd)", "mine (mine.py)"]


def test_one_source_is_asked_in_one_process(announced: dict[str, SimpleNamespace]) -> None:
    announced["fast"] = SimpleNamespace(dist=None)
    children = Double(lambda order: offer("mine"))
    files = (SourceFile("/a.py", "a"), SourceFile("/b.py", "b"))
    survey(files, QUESTIONS, children, names=["ex07"])
    assert [(order.source, order.files) for order in children.orders] == [
        ("fast", ()),
        ("/a.py", files[:1]),
        ("/b.py", files[1:]),
    ]
    assert all(order.questions == tuple(QUESTIONS) for order in children.orders)


def test_a_broken_file_among_several_is_a_row_and_does_not_travel() -> None:
    read = {"/alice.py": "0f"}
    found = asked(
        {
            "/alice.py": Surveyed(offers=offer("mine").offers, problems=("the variant '' has no name",), read=read),
            "/bob.py": Broken("/bob.py", "ModuleNotFoundError: No module named 'x'"),
        }
    )
    assert [file.path for file in found.files] == ["/alice.py"]
    assert found.broken == (
        Broken("alice.py", "the variant '' has no name"),
        Broken("bob.py", "ModuleNotFoundError: No module named 'x'"),
    )
    assert found.read == read


def test_where_every_file_is_broken_nothing_is_begun() -> None:
    answers: dict[str, Message] = {"/a.py": Broken("/a.py", "no"), "/b.py": Surveyed(problems=("bad",), hooks=HOOKS)}
    with pytest.raises(PluginError, match=r"^a\.py: no; b\.py: bad$"):
        asked(answers)


def test_a_broken_plugin_of_another_distribution_is_a_row_and_no_more(
    announced: dict[str, SimpleNamespace],
) -> None:
    announced["old"] = SimpleNamespace(dist=SimpleNamespace(name="acme"))
    found = asked({"old": Broken("old", "ModuleNotFoundError: No module named 'x'")})
    assert found.broken == (Broken("old", "ModuleNotFoundError: No module named 'x' (installed by acme)"),)
    assert asked({"old": Surveyed()}) == Survey()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Surveyed(undecorated=HOOKS), "mine.py adds nothing to ex07: bench_variants is not marked @hookimpl"),
        (
            Surveyed(undecorated=("bench_mine", "bench_variants")),
            "mine.py adds nothing to ex07: bench_mine and bench_variants are not marked @hookimpl",
        ),
        (
            Surveyed(hooks=HOOKS, elsewhere=("ex07.a.speed",)),
            "mine.py adds nothing to ex07: it offers variants of ex07.a.speed, which is not selected",
        ),
        (
            Surveyed(hooks=HOOKS),
            "mine.py adds nothing to ex07: its bench_variants offers no variant of ex07.b.speed",
        ),
        (Surveyed(), "mine.py adds nothing to ex07: it has no hook, such as bench_variants"),
        (
            Surveyed(hooks=("bench_report",), undecorated=HOOKS),
            "mine.py has bench_variants without @hookimpl",
        ),
    ],
)
def test_a_file_that_adds_nothing_is_refused(answer: Surveyed, says: str) -> None:
    with pytest.raises(NothingMatched) as refused:
        asked({"/mine.py": answer})
    assert str(refused.value) == says


def test_beside_another_file_one_that_adds_nothing_is_a_row_where_that_is_forgiven() -> None:
    answers: dict[str, Message] = {"/alice.py": offer("mine"), "/bob.py": Surveyed(undecorated=HOOKS)}
    with pytest.raises(NothingMatched, match=r"^bob\.py adds nothing"):
        asked(answers)
    found = asked(answers, forgiving=True)
    assert found.broken == (Broken("bob.py", "adds nothing to ex07: bench_variants is not marked @hookimpl"),)
    assert [guest.name for guest in found.guests] == ["mine (alice.py)"]


def test_where_no_file_adds_anything_each_is_named() -> None:
    with pytest.raises(NothingMatched, match=r"^alice\.py adds nothing .*; bob\.py adds nothing"):
        asked({"/alice.py": Surveyed(), "/bob.py": Surveyed(undecorated=HOOKS)}, forgiving=True)


@pytest.mark.parametrize("hook", ["bench_measured", "bench_report", "bench_exercise"])
def test_a_file_with_another_hook_adds_something(hook: str) -> None:
    assert asked({"/mine.py": Surveyed(hooks=(hook,), undecorated=("bench_helper",))}).broken == ()


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(ended=Ended(-9), timed_out=True), "no answer within 5 s while it was loaded"),
        (
            Reply(ended=Ended(-9), timed_out=True, variant="bench_variants", answer=Surveyed()),
            "no answer within 5 s in bench_variants",
        ),
        (
            Reply(ended=Ended(0)),
            "its process ended with exit status 0 before it gave an answer while it was loaded",
        ),
        (
            Reply(ended=Ended(-signal.SIGSEGV), variant="bench_variants"),
            "its process died of SIGSEGV (Segmentation fault) in bench_variants",
        ),
    ],
)
def test_a_source_that_gives_no_answer_says_when(reply: Reply, says: str) -> None:
    assert guests.answer_of(reply, 5.0) == says


@pytest.mark.parametrize(("timeout", "seconds"), [(None, 30.0), (900.0, 30.0), (5.0, 5.0)])
def test_a_source_has_half_a_minute_or_less(timeout: float | None, seconds: float) -> None:
    given: list[object] = []
    children = Double(lambda order: offer("mine"))
    submit: Callable[..., object] = children.submit

    def note(order: Order, **options: object) -> object:
        given.append(options["timeout"])
        return submit(order)

    children.submit = note  # type: ignore[assignment,method-assign]
    survey([SourceFile("/mine.py", "")], QUESTIONS, children, names=["ex07"], timeout=timeout)
    assert given == [seconds]
