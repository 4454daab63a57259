"""What one source of variants has to offer, asked in this process: a child does nothing else."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import plugins, with_files
from bench.execute.child import survey
from bench.execute.messages import Message, Offer, Order, Progress, Question, Surveyed
from bench.model import Broken, SourceFile

HEAD = "from bench import hookimpl\ndef setup(lab, n): ...\n@hookimpl\n"
SPEED = Question(exercise="ex90", part="a.speed", parameters=("n",))
OTHER = Question(exercise="ex90", part="b.speed", selected=False)


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No source is known from another test, and none is known to the next one."""
    plugins.source.cache_clear()
    modules = dict(sys.modules)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(with_files, "_REACH", [])
    yield
    for name in sys.modules.keys() - modules.keys():
        del sys.modules[name]


class Ear:
    def __init__(self) -> None:
        self.heard: list[Message] = []

    def send(self, message: Message) -> None:
        self.heard.append(message)


def answer(code: str, path: str = "/nowhere/mine.py", ear: Ear | None = None) -> Surveyed | Broken:
    order = Order(kind="survey", source=path, files=(SourceFile(path, code),), questions=(SPEED, OTHER))
    return survey.survey(order, ear or Ear())  # type: ignore[arg-type]


def offering(text: str) -> Surveyed:
    answered = answer(f"{HEAD}def bench_variants(exercise, part):\n    return {text}\n")
    assert isinstance(answered, Surveyed)
    return answered


def test_a_source_tells_the_names_that_it_offers() -> None:
    answered = offering("{'mine': setup, '[red]x[/]': lambda lab, **more: None} if part == 'a.speed' else None")
    assert answered.offers == (Offer("ex90", "a.speed", ("mine", "[red]x[/]")),)
    assert answered.hooks == ("bench_variants",)
    assert (answered.problems, answered.elsewhere, answered.undecorated) == ((), (), ())


def test_a_race_takes_nothing_and_says_so() -> None:
    closed = Question(exercise="ex90", part="race", closed="a race takes no methods from outside")
    code = f"{HEAD}def bench_variants(exercise, part):\n    return {{'mine': setup}}\n"
    order = Order(
        kind="survey", source="/mine.py", files=(SourceFile("/nowhere/mine.py", code),), questions=(SPEED, closed)
    )
    answered = survey.survey(order, Ear())  # type: ignore[arg-type]
    assert isinstance(answered, Surveyed)
    assert answered.offers == (Offer("ex90", "a.speed", ("mine",)),)
    assert answered.problems == (
        "the variant 'mine' for ex90.race cannot be taken: a race takes no methods from outside",
    )


def test_what_it_offers_to_others_is_told_where_it_has_nothing_else() -> None:
    assert offering("{'mine': setup} if part == 'b.speed' else None").elsewhere == ("ex90.b.speed",)
    assert offering("{'mine': setup}").elsewhere == ()
    assert offering("{}[part] if part == 'b.speed' else None").elsewhere == ()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("''", "''"),
        ("'  '", "'  '"),
        ("'a\\nb'", "'a\\nb'"),
        ("'mine\\ud800'", "'mine\\ud800'"),
        ("'\\u202emine'", "'\\u202emine'"),
        ("1", "1"),
        ("'m' * 300", f"'{'m' * 39}… (302 characters)"),
    ],
)
def test_a_name_that_cannot_be_shown_is_a_problem_and_the_others_stay(name: str, shown: str) -> None:
    answered = offering(f"{{{name}: setup, 'fine': setup}}")
    assert answered.offers == (Offer("ex90", "a.speed", ("fine",)),)
    assert answered.problems == (
        f"the variant {shown} for ex90.a.speed has no name that can be shown: 1 to 80 printable characters",
    )


@pytest.mark.parametrize(
    ("set_up", "says"),
    [
        ("3", "is an int, not a set-up"),
        ("lambda: None", "cannot be called with (lab, n): too many positional arguments"),
        ("lambda lab: None", "cannot be called with (lab, n): got an unexpected keyword argument 'n'"),
        ("lambda lab, n, m: None", "cannot be called with (lab, n): missing a required argument: 'm'"),
    ],
)
def test_what_is_no_set_up_of_the_comparison_is_a_problem(set_up: str, says: str) -> None:
    (problem,) = offering(f"{{'mine': {set_up}}}").problems
    assert problem.startswith("the variant 'mine' for ex90.a.speed ")
    assert problem.endswith(says)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return setup", "bench_variants gave a function, not a dict of set-ups"),
        ("return 3", "bench_variants gave an int, not a dict of set-ups"),
        ("raise KeyError('x')", "KeyError: 'x', at mine.py:5: raise KeyError('x')"),
        ("raise SystemExit(2)", "called sys.exit(2) in bench_variants"),
    ],
)
def test_a_hook_that_does_not_answer_is_a_reason(body: str, reason: str) -> None:
    broken = answer(f"{HEAD}def bench_variants(exercise, part):\n    {body}\n")
    assert broken == Broken("/nowhere/mine.py", reason)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import no_such_helper", "ModuleNotFoundError: No module named 'no_such_helper'"),
        ("import sys; sys.exit(0)", "called sys.exit(0) while it was loaded"),
        ("raise SystemExit", "called sys.exit() while it was loaded"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise ValueError('mine\\ud800')", "ValueError: mine\\ud800"),
        (f"{HEAD}def bench_variant(exercise, part): ...", "/nowhere/mine.py: unknown hook 'bench_variant'"),
    ],
)
def test_a_source_that_cannot_be_loaded_is_broken(code: str, reason: str) -> None:
    broken = answer(code)
    assert isinstance(broken, Broken)
    assert broken.reason.startswith(reason)


def test_a_plugin_that_is_not_there_any_more_is_broken() -> None:
    order = Order(kind="survey", source="stale", questions=(SPEED,))
    assert survey.survey(order, Ear()) == Broken(  # type: ignore[arg-type]
        "stale", "the plugin stale is not installed here"
    )


def test_a_hook_without_its_decorator_is_named() -> None:
    answered = answer("def bench_variants(exercise, part): return {'mine': len}\ndef bench_mine(): ...\nbench_x = 1\n")
    assert isinstance(answered, Surveyed)
    assert answered.undecorated == ("bench_mine", "bench_variants")
    assert (answered.hooks, answered.offers) == ((), ())


def test_it_says_what_it_does_before_the_hook_is_called() -> None:
    """So that one that dies or hangs there can be told from one that does while it is loaded."""
    ear = Ear()
    answer("", ear=ear)
    assert ear.heard == [Progress(variant="bench_variants")]
    ear = Ear()
    answer("1 / 0", ear=ear)
    assert ear.heard == []


def test_what_was_loaded_with_it_is_known_by_content(tmp_path: Path) -> None:
    (tmp_path / "survey_helper.py").write_text("x = 1\n")
    (tmp_path / "mine.py").write_text("import survey_helper\nimport wave\nimport bench.lab\n")
    answered = answer((tmp_path / "mine.py").read_text(), str(tmp_path / "mine.py"))
    assert isinstance(answered, Surveyed)
    assert set(answered.read) == {str(tmp_path / name) for name in ("mine.py", "survey_helper.py")}
