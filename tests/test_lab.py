"""What a study records, and what it may not."""

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from bench import Lab
from bench.model import Claim, DataSource, Findings


@pytest.fixture
def lab(bench_lab: Callable[..., Lab], tmp_path: Path) -> Lab:
    return bench_lab(3, profile="quick", folder=tmp_path / "inside")


@pytest.mark.parametrize(
    ("value", "bound", "passed"),
    [
        (1.0, {"at_most": 1.0}, True),
        (1.1, {"at_most": 1.0}, False),
        (1.0, {"at_least": 1.0}, True),
        (0.9, {"at_least": 1.0}, False),
        (2, {"equals": 2}, True),
        (torch.tensor(2.5), {"equals": 2}, False),
    ],
)
def test_a_claim_is_held_against_its_bound(lab: Lab, value: object, bound: dict[str, float], passed: bool) -> None:
    assert lab.claim("so it is", value, **bound) is passed
    assert lab.findings.claims[0].passed is passed
    assert isinstance(lab.findings.claims[0].value, float)


@pytest.mark.parametrize("bounds", [{}, {"at_most": 1.0, "at_least": 0.0}])
def test_a_claim_has_one_bound(lab: Lab, bounds: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        lab.claim("unclear", 1.0, **bounds)


def test_what_is_not_finite_is_refused_by_name(lab: Lab) -> None:
    with pytest.raises(ValueError, match="metric 'm' is nan"):
        lab.metric("m", torch.tensor(float("nan")))
    with pytest.raises(ValueError, match=r"curve 'c', y\[1\] is inf"):
        lab.curve("c", [0, 1], [1.0, float("inf")])
    with pytest.raises(ValueError, match="table 't', row 0, 'x' is nan"):
        lab.table("t", [{"x": float("nan")}])
    with pytest.raises(ValueError, match="claim 'k' is -inf"):
        lab.claim("k", -float("inf"), at_most=0)


def test_a_curve_keeps_the_extremes_and_says_that_it_was_thinned(lab: Lab) -> None:
    y = np.sin(np.arange(5000.0))
    lab.curve("long", range(5000), y)
    lab.curve("short", [1], [2])
    long, short = lab.findings.curves
    assert len(long.x) <= 600
    assert (max(long.y), min(long.y)) == (y.max(), y.min())
    assert (long.thinned_from, short.thinned_from) == (5000, None)


def test_a_curve_needs_as_many_x_as_y(lab: Lab) -> None:
    with pytest.raises(ValueError, match="2 x values and 1 y values"):
        lab.curve("c", [1, 2], [1])


def test_a_table_takes_its_columns_from_the_first_row(lab: Lab) -> None:
    lab.table("t", [{"n": 1, "ok": True, "x": torch.tensor(0.5), "w": "a"}, {"n": 2}])
    (table,) = lab.findings.tables
    assert table.columns == ("n", "ok", "x", "w")
    assert table.rows == ((1, True, 0.5, "a"), (2, None, None, None))


@pytest.mark.parametrize("picture", [torch.rand(4, 5), np.zeros((4, 5, 3), np.uint8)])
def test_a_picture_is_a_file_in_the_folder(lab: Lab, picture: object) -> None:
    lab.figure("../../A picture!", picture, "what it shows")
    (figure,) = lab.findings.figures
    assert figure.path == "a-picture-f423eb8b.png"
    assert (lab.folder / figure.path).read_bytes().startswith(b"\x89PNG")


def test_the_generator_begins_at_the_seed_each_time(lab: Lab, bench_lab: Callable[..., Lab]) -> None:
    first, second = (torch.rand(3, generator=lab.generator()) for _ in range(2))
    assert torch.equal(first, second)
    assert not torch.equal(first, torch.rand(3, generator=bench_lab(4).generator()))


def test_pick_and_track(lab: Lab) -> None:
    heard: list[tuple[str, int, int | None]] = []
    lab.tracker = lambda label, done, total: heard.append((label, done, total))
    assert lab.pick(smoke=1, quick=2, full=3) == 2
    assert list(lab.track("ab", "letters")) == ["a", "b"]
    assert list(lab.track(iter("c"))) == ["c"]
    assert heard == [("letters", 0, 2), ("letters", 1, 2), ("letters", 2, 2), ("", 0, None)]


def test_a_data_set_is_noted_once(lab: Lab) -> None:
    note = DataSource(name="mnist", source="a package", sha256="00", sizes={"train": 2}, stand_in=True)
    assert lab.uses(note) is note
    lab.uses(note)
    assert lab.findings.data == (note,)


def test_a_time_is_recorded_in_seconds_and_only_when_all_went_well(lab: Lab) -> None:
    with lab.timed("training"):
        pass
    with pytest.raises(ZeroDivisionError), lab.timed("failing"):
        1 / 0  # noqa: B018
    (metric,) = lab.findings.metrics
    assert (metric.name, metric.unit) == ("training", "s")
    assert metric.value >= 0


def test_a_checkpoint_has_a_place_of_its_own_in_the_folder(lab: Lab) -> None:
    assert lab.checkpoint("../L1, 0.01") == lab.folder / "checkpoints" / "l1-0-01-d85b9094.pt"


def test_a_claim_of_the_declared_values_is_not_made_of_others(lab: Lab) -> None:
    assert lab.as_declared
    assert not lab.claim("it learns", 0.1, at_least=0.5, as_declared=True)
    lab.changed = ("learning_rate",)
    assert lab.claim("it learns fast", float("nan"), at_least=0.5, as_declared=True)
    assert not lab.claim("by hand = autograd", 1.0, at_most=0)
    assert [claim.name for claim in lab.findings.claims] == ["it learns", "by hand = autograd"]
    assert lab.findings.unmade == ("it learns fast",)
    assert not lab.as_declared


def squares() -> dict[str, object]:
    return {"squares": torch.arange(3.0) ** 2, "name": "squares"}


def test_what_is_shared_is_computed_once_where_there_is_a_place_for_it(lab: Lab, tmp_path: Path) -> None:
    calls: list[int] = []

    def make() -> dict[str, object]:
        calls.append(len(calls))
        return squares()

    lab.sharing = tmp_path / "shared"
    first, again = (lab.shared("squares", make, timed="seconds of it", upto=3) for _ in range(2))
    lab.shared("squares", make, upto=4)
    assert calls == [0, 1]
    assert torch.equal(first["squares"], again["squares"])
    times = [(metric.name, metric.unit, metric.value) for metric in lab.findings.metrics]
    assert [time[:2] for time in times] == [("seconds of it", "s")] * 2
    assert times[0] == times[1]


def test_another_lab_shares_nothing_with_it(lab: Lab, tmp_path: Path) -> None:
    lab.sharing = tmp_path / "shared"
    lab.shared("squares", squares)
    for field, value in {"seed": 7, "dtype": torch.float32, "data": "full", "profile": "full"}.items():
        setattr(lab, field, value)
        assert lab.shared("squares", lambda field=field: {"made for": field})["made for"] == field  # type: ignore[misc]


def test_without_a_place_what_is_shared_is_computed_each_time(lab: Lab) -> None:
    assert lab.shared("squares", squares)["name"] == "squares"
    assert lab.shared("squares", lambda: {"name": "anew"})["name"] == "anew"


def test_what_is_shared_records_nothing_while_it_is_made(lab: Lab) -> None:
    def make() -> dict[str, object]:
        lab.metric("only in one of the parts", 1)
        return {}

    with pytest.raises(ValueError, match="what is shared as 'squares' records findings"):
        lab.shared("squares", make)


def data_set(**sizes: object) -> SimpleNamespace:
    return SimpleNamespace(name="n", source="s", sha256="x", sizes=sizes, stand_in=False)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (lambda lab: lab.claim(5, 1, at_most=1), "the name of a claim is an int (5)"),
        (lambda lab: lab.claim("c", "abc", at_most=1), "claim 'c' is a str ('abc')"),
        (lambda lab: lab.claim("c", "1e5", at_most=1), "claim 'c' is a str ('1e5')"),
        (lambda lab: lab.claim("c", np.ma.masked, at_most=1), "claim 'c' is a MaskedConstant (masked)"),
        (lambda lab: lab.curve("c", 5, [1]), "curve 'c', x is an int (5): give numbers"),
        (lambda lab: lab.curve("c", [1], torch.tensor(2.0)), "curve 'c', y is a float (2.0): give numbers"),
        (lambda lab: lab.curve("c", torch.ones(2).to_sparse(), [1]), "curve 'c', x is a Tensor (tensor(indices="),
        (lambda lab: lab.curve("c", "12", [1, 2]), "curve 'c', x[0] is a str ('1')"),
        (lambda lab: lab.table("t", 5), "table 't' is an int (5): give mappings, one a row"),
        (lambda lab: list(lab.track(5)), "what lab.track goes through is an int (5): give an iterable"),
        (lambda lab: lab.uses(data_set(train=None)), "the size of 'train' of a data set is a NoneType (None)"),
        (lambda lab: lab.claim("c", 1, at_most="1e"), "the bound of claim 'c' is a str ('1e')"),
        (lambda lab: lab.metric("m", 1, 5), "the unit of metric 'm' is an int (5)"),
        (lambda lab: lab.curve("c", [1], [1], scale="cubic"), "scale of curve 'c' is 'cubic'"),
        (lambda lab: lab.curve("c", [1], [1], kind=3), "kind of curve 'c' is 3"),
        (lambda lab: lab.curve("c", [1], [1], series=3), "the series of curve 'c' is an int (3)"),
        (lambda lab: lab.table(None, []), "the name of a table is a NoneType (None)"),
        (lambda lab: lab.table("t", [5]), "table 't', row 0 is an int (5)"),
        (lambda lab: lab.table("t", [{1: 2}]), "a column of table 't' is an int (1)"),
        (lambda lab: lab.figure("f", "abc"), "figure 'f' is a str ('abc')"),
        (lambda lab: lab.figure("f", np.zeros((2, 2)), 5), "the caption of figure 'f' is an int (5)"),
        (lambda lab: lab.checkpoint(5), "the name of a checkpoint is an int (5)"),
        (lambda lab: list(lab.track([1], 7)), "the label of lab.track is an int (7)"),
    ],
)
def test_a_value_of_another_type_is_refused_by_its_field(
    lab: Lab, record: Callable[[Lab], object], reason: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(reason)}"):
        record(lab)
    assert lab.findings == Findings()


def test_names_are_recorded_without_what_moves_a_cursor(lab: Lab) -> None:
    lab.claim("a\0b", 0, at_most=1)
    lab.curve("\x1b[2J", [1], [1], series="two\nlines")
    assert lab.findings.claims[0].name == "a\\x00b"
    assert (lab.findings.curves[0].name, lab.findings.curves[0].series) == ("\\x1b[2J", "two\\nlines")


def test_a_second_figure_of_one_name_is_refused(lab: Lab) -> None:
    for name in ("误差", "精度", "A b", "a-b"):
        lab.figure(name, np.zeros((2, 2)))
    assert len({figure.path for figure in lab.findings.figures}) == 4
    with pytest.raises(ValueError, match=r"^figure 'A b' is recorded twice"):
        lab.figure("A b", np.zeros((2, 2)))


def test_a_table_that_nobody_reads_is_cut_and_says_so(lab: Lab) -> None:
    lab.table("t", [{"i": i, "j": i} for i in range(100_000)])
    rows = lab.findings.tables[0].rows
    assert len(rows) == 2_001
    assert rows[-2:] == ((1_999, 1_999), ("… and 98,000 more rows", None))


def test_a_study_records_only_so_many_of_a_kind(lab: Lab) -> None:
    lab.findings = Findings(claims=(Claim("c", 0.0, "at_most", 1.0),) * 2_000)
    with pytest.raises(ValueError, match=r"^a study records at most 2,000 claims"):
        lab.claim("one more", 0, at_most=1)


def test_what_only_saves_itself_is_no_figure(lab: Lab) -> None:
    """Its size is not known before it is drawn; it was an AttributeError."""

    class Fat:
        def savefig(self, *_: object, **__: object) -> None:
            pytest.fail("it was drawn")

    with pytest.raises(TypeError, match=r"^figure 'f' is a Fat \(.*: give a matplotlib Figure, or an array"):
        lab.figure("f", Fat())


def test_a_figure_of_too_many_inches_is_refused(lab: Lab) -> None:
    class Huge:
        def get_size_inches(self) -> tuple[float, float]:
            return 200.0, 200.0

        def savefig(self, *_: object, **__: object) -> None:
            pytest.fail("it was drawn")

    with pytest.raises(ValueError, match=r"^figure 'f' has 30000 × 30000 pixels"):
        lab.figure("f", Huge())


def test_no_file_is_named_by_a_secret(lab: Lab) -> None:
    lab.secrets = {"token=***": "hunter 2"}
    lab.figure("seen by hunter 2", np.zeros((2, 2)))
    (figure,) = lab.findings.figures
    assert figure.name == "seen by ***"
    for path in (lab.folder / figure.path, lab.checkpoint("hunter 2")):
        assert "hunter" not in path.name
    assert (lab.folder / figure.path).is_file()
