"""From names to cases."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from bench import by_profile
from bench.catalogue import Listing
from bench.errors import Missing, NothingMatched, UsageError
from bench.execute import plan
from bench.execute.inquiries import Seen
from bench.execute.messages import Described, Message, Offer, Order, Probe, Question, Surveyed
from bench.execute.observations import run_of
from bench.execute.plan import Request
from bench.model import (
    Broken,
    Case,
    Description,
    Environment,
    Guest,
    Kind,
    NoiseFloor,
    PartDescription,
    Plan,
    SourceFile,
    Task,
)
from bench.results import floors, store
from tests.execute.double import Double

LISTINGS = tuple(
    Listing(id=id, title=id.upper(), tags=(), module=f"m.{id}", path=Path(id), distribution="d")
    for id in ("ex01", "ex10")
)
PARTS = (
    PartDescription(id="a", title="", kind="study", parameters={"epochs": by_profile(smoke=1, quick=2, full=3)}),
    PartDescription(id="a.speed", title="", kind="comparison", parameters={"n": (1, 2)}),
    PartDescription(id="ab", title="", kind="study", devices=("cuda",)),
)
DESCRIPTION = Description(parts=PARTS)


def asked(name: str) -> plan.Asked:
    (selection,) = plan.select([name], LISTINGS)
    return plan.Asked(selection, DESCRIPTION)


def ids(name: str, only: str = "") -> list[str]:
    return [part.id for part in asked(name).parts(only)]


def test_an_exercise_is_all_its_parts() -> None:
    assert ids("ex10") == ["a", "a.speed", "ab"]


def test_a_question_is_all_that_belongs_to_it() -> None:
    assert ids("ex10.a") == ["a", "a.speed"]
    assert ids("ex10.a.speed") == ["a.speed"]


def test_only_one_kind_of_parts() -> None:
    assert ids("ex10.a", "study") == ["a"]
    assert ids("ex10.a", "comparison") == ["a.speed"]


def test_the_whole_outranks_a_question_of_it() -> None:
    (selection,) = plan.select(["ex10.a", "ex10"], LISTINGS)
    assert selection.questions == ()


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(NothingMatched, match="did you mean ex10"):
        plan.select(["ex11"], LISTINGS)
    with pytest.raises(NothingMatched, match=r"no part 'z'; it has a, a\.speed, ab"):
        ids("ex10.z")


def test_cases_of_a_part_stand_together_and_skip_other_devices() -> None:
    wanted = plan.chosen([asked("ex10")], "", {})
    tasks = plan.first_tasks(wanted, Request(names=["ex10"], command=(), seeds=(0, 1)), ["cpu"])
    cases = [(task.kind, task.case.part, task.case.seed, task.case.parameters.get("n")) for task in tasks]
    assert cases == [
        ("study", "a", 0, None),
        ("study", "a", 1, None),
        ("agree", "a.speed", 0, 1),
        ("agree", "a.speed", 0, 2),
        ("agree", "a.speed", 1, 1),
        ("agree", "a.speed", 1, 2),
    ]


def test_devices() -> None:
    assert plan.pick_devices("auto", ["cpu", "cuda"]) == ("cuda",)
    assert plan.pick_devices("all", ["cpu", "cuda"]) == ("cpu", "cuda")
    assert plan.pick_devices("cpu", ["cpu"]) == ("cpu",)
    with pytest.raises(Missing, match="bench doctor"):
        plan.pick_devices("cuda", ["cpu"])
    with pytest.raises(UsageError, match="choose cpu"):
        plan.pick_devices("tpu", ["cpu"])


def made(answer: dict[str, Message], **options: object) -> Plan:
    """A plan whose children give these answers, by the kind of the order."""
    children = Double(lambda order: answer[order.kind])
    new_id = options.pop("new_id", lambda what, device, now: f"{what}-{device}")
    request = Request(**{"names": ["ex10"], "command": ("bench",)} | options)  # type: ignore[arg-type]
    return plan.make_plan(children, LISTINGS, request, new_id=new_id)  # type: ignore[arg-type]


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Message]:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
    return {
        "probe": Probe(("cpu", "cuda"), {"torch": "2.11"}),
        "describe": Described(DESCRIPTION, {}),
        "survey": Surveyed(offers=(Offer("ex10", "a.speed", ("mine",)),), read={"/mine.py": "0f"}),
    }


def test_a_plan_is_complete_when_it_is_made(answers: dict[str, Message]) -> None:
    found = made(answers, profile="full", device="all", seeds=(3, 4), threads=2, stop_first=True)
    assert found.id == "ex10-cpu+cuda"
    assert (found.data, found.timeout, found.threads, found.stop_first) == ("full", None, 2, True)
    assert found.modules == {"ex10": "m.ex10"}
    assert found.environment.torch == "2.11"
    assert len(found.tasks) == len(set(found.tasks)) == 2 * (2 + 2 * 2) + 2
    (info,) = found.exercises
    assert (info.title, info.parts[0].parameters) == ("EX10", {"epochs": 3})
    assert store.decode(store.encode(found), Plan) == found


def test_profiles_have_their_own_time_and_data(answers: dict[str, Message]) -> None:
    assert [made(answers, profile=name).timeout for name in ("smoke", "quick")] == [300.0, 900.0]
    assert made(answers, timeout=5.0).timeout == 5.0
    assert made(answers, profile="full", data="embedded").data == "embedded"
    assert made(answers, profile="quick").data == "embedded"


def test_of_another_machine_the_plan_keeps_what_data_it_has(answers: dict[str, Message]) -> None:
    there = Environment(python="3", torch="2", platform="l", cpu="c", cores=2, memory=1, threads=1)
    children = Double(lambda order: answers[order.kind])
    request = Request(names=["ex10"], command=(), profile="full")
    found = plan.make_plan(children, LISTINGS, request, see=lambda form: Seen(("cpu",), there, {form: "0f"}))
    assert (found.data_digests, found.environment) == ({"full": "0f"}, there)
    assert made(answers).data_digests == {}


def test_many_exercises_are_called_all() -> None:
    many = tuple(replace(LISTINGS[0], id=f"ex{n:02}") for n in range(6))
    children = Double(lambda order: Probe(("cpu",), {}) if order.kind == "probe" else Described(DESCRIPTION, {}))
    names = [listing.id for listing in many]
    for some, called in ((names, "all"), (names[:2], "ex00+ex01")):
        request = Request(names=some, command=())
        assert plan.make_plan(children, many, request, new_id=lambda *parts: parts[0]).id == called


def test_a_broken_plugin_is_in_the_plan(answers: dict[str, Message]) -> None:
    found = made(answers | {"describe": Broken("ex10", "why")})
    assert (found.broken, found.tasks, found.exercises) == ((Broken("ex10", "why"),), (), ())


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"names": ["ex11"]}, NothingMatched, "did you mean ex10"),
        ({"names": ["ex10.z"]}, NothingMatched, "has no part 'z'"),
        ({"given": {"m": ("1",)}}, UsageError, "no selected part has a parameter 'm'"),
        ({"given": {"n": ("x",)}}, UsageError, "whole number"),
        ({"device": "tpu"}, UsageError, "choose cpu"),
        ({"names": ["ex10.ab"], "device": "cpu"}, NothingMatched, "nothing to run on cpu: `bench show ex10`"),
        (
            {"names": ["ex10.ab"], "only": "comparison"},
            NothingMatched,
            "ex10.ab has no comparison that runs on cuda: `bench show ex10`",
        ),
    ],
)
def test_what_cannot_be_is_refused_before_a_folder_is_made(
    answers: dict[str, Message], options: dict[str, object], error: type, says: str
) -> None:
    def make(*given: object) -> str:
        raise AssertionError("a folder was made")

    with pytest.raises(error, match=says):
        made(answers, new_id=make, **options)


def test_a_run_on_the_cpu_keeps_the_floor_that_was_known(
    answers: dict[str, Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    floor = NoiseFloor(
        created="", widths={"convolution": 0.018}, waited=0.0, wander=1.0, cpu="", cores=2, threads=4, boot=""
    )
    monkeypatch.setattr(floors, "recall", lambda threads: floor if threads == 4 else None)
    known = made(answers, device="cpu", threads=4)
    assert run_of(known, (), finished=True).floor == floor
    assert made(answers, device="cpu").floor is None
    assert made(answers, device="cuda", threads=4).floor is None


FILES = (SourceFile("/mine.py", "x = 1\n"),)


def test_variants_from_outside_and_the_code_that_runs_are_in_the_plan(
    answers: dict[str, Message], tmp_path: Path
) -> None:
    (tmp_path / "ex10_step.py").write_text("x")
    listing = replace(LISTINGS[1], path=tmp_path / "ex10_step.py")
    children = Double(lambda order: answers[order.kind])
    found = plan.make_plan(children, [listing], Request(names=["ex10"], command=("bench",), files=FILES))
    assert found.guests == (Guest(source="/mine.py", exercise="ex10", part="a.speed", offered="mine", name="mine"),)
    assert found.files == FILES
    assert found.code == {"m/ex10.py": sha256(b"x").hexdigest(), "/mine.py": "0f"}
    assert store.decode(store.encode(found), Plan) == found


def test_a_source_is_asked_about_every_comparison_and_told_which_will_run(answers: dict[str, Message]) -> None:
    orders: list[Order] = []

    def answer(order: Order) -> Message:
        orders.append(order)
        return answers[order.kind]

    for names in (["ex10.a"], ["ex10.ab"]):
        request = Request(names=names, command=("bench",), files=FILES, device="cuda")
        plan.make_plan(Double(answer), LISTINGS, request)
    asked = [order.questions for order in orders if order.kind == "survey"]
    question = Question(exercise="ex10", part="a.speed", parameters=("n",))
    assert asked == [(question,), (replace(question, selected=False),)]


def test_a_race_that_runs_takes_no_methods_from_outside(answers: dict[str, Message]) -> None:
    race = PartDescription(id="b", title="", kind="race", target="loss ≤ 1", limit=5)
    exercise = replace(asked("ex10"), description=Description(parts=(*PARTS, race)))
    case = Case(exercise="ex10", part="b", device="cpu", seed=0)
    assert [question.part for question in plan.questions([exercise], [])] == ["a.speed"]
    _, question = plan.questions([exercise], [Task.first("race", case)])
    assert (question.part, question.selected, question.closed) == ("b", True, "a race takes no methods from outside")


def test_each_kind_of_part_begins_with_its_own_task() -> None:
    case = Case(exercise="ex10", part="b", device="cpu", seed=0)
    kinds: tuple[Kind, ...] = ("study", "comparison", "race")
    assert [Task.first(kind, case).kind for kind in kinds] == ["study", "agree", "race"]


def test_a_file_is_not_loaded_to_describe_an_exercise(answers: dict[str, Message]) -> None:
    def answer(order: Order) -> Message:
        assert not order.files or order.kind == "survey"
        return answers[order.kind]

    assert plan.make_plan(Double(answer), LISTINGS, Request(names=["ex10"], command=("bench",), files=FILES)).tasks


def test_a_file_that_is_of_no_use_is_refused_before_a_folder_is_made(answers: dict[str, Message]) -> None:
    answers["survey"] = Surveyed(undecorated=("bench_variants",))
    with pytest.raises(NothingMatched, match=r"mine\.py adds nothing to ex10: bench_variants is not marked"):
        made(answers, files=FILES, new_id=lambda *_: pytest.fail("a folder was made"))


def test_a_file_may_be_of_use_to_an_exercise_that_is_broken(answers: dict[str, Message]) -> None:
    """The exercise is told of, and not the file."""
    answers["survey"] = Surveyed(hooks=("bench_variants",))
    answers["describe"] = Broken("ex10", "SyntaxError: no")
    assert made(answers, files=FILES).broken == (Broken("ex10", "SyntaxError: no"),)


def test_a_plan_that_is_not_accepted_has_no_folder(answers: dict[str, Message]) -> None:
    def accept(plan: Plan) -> None:
        assert (plan.id, bool(plan.tasks)) == ("", True)
        raise UsageError("not here")

    children = Double(lambda order: answers[order.kind])
    request = Request(names=["ex10"], command=("bench",))
    with pytest.raises(UsageError, match="not here"):
        plan.make_plan(children, LISTINGS, request, accept=accept, new_id=lambda *_: pytest.fail("a folder was made"))


@pytest.mark.parametrize(("timeout", "seconds"), [(None, 120.0), (5.0, 5.0), (1000.0, 1000.0)])
def test_an_import_has_the_time_of_a_case_where_the_user_gives_one(timeout: float | None, seconds: float) -> None:
    assert Request(names=["ex10"], command=(), timeout=timeout).import_limit == seconds
