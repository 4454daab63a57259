"""Weighing one variant, an own one or a guest, and that what it gave is right."""

from pathlib import Path

import pytest

from bench.errors import PluginError
from bench.execute.child.weighing import weigh
from bench.execute.outcomes import Told
from bench.measure import memory
from bench.measure.agreement import Disagreement
from bench.model import VariantResult
from tests.execute import hosting
from tests.execute.hosting import HONEST

SETUP = "def setup(lab):\n    x, w = drawn(lab)\n    "


@pytest.fixture(autouse=True)
def keeping_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The allocator of this process, which runs other tests, is left as it is."""
    monkeypatch.setattr(memory, "return_memory_at_once", lambda: None)


def weighed(folder: Path, variant: str | None, codes: dict[str, str]) -> VariantResult:
    seen = weigh(hosting.context("weigh", codes, folder, variant=variant))
    assert list(seen.variants) == [variant or "product"]
    return seen.variants[variant or "product"]


@pytest.mark.parametrize("variant", ["own", "product", None])
def test_own_variants_are_weighed_here(tmp_path: Path, variant: str | None) -> None:
    result = weighed(tmp_path, variant, {"mine": "1 / 0"})
    assert result.outcome == "ok"
    assert result.memory is not None
    assert len(result.memory.peaks) == 1


def test_a_guest_is_weighed_in_its_process(tmp_path: Path) -> None:
    code = SETUP + "big = 4 << 20\n    return lambda: (torch.ones(big), x @ w)[1]"
    result = weighed(tmp_path, "mine", {"mine": code, "other": "1 / 0"})
    assert result.memory is not None
    if memory.can_reset():
        assert 15 << 20 < result.memory.peaks[0] < 32 << 20  # a page or two had been there before


def test_a_guest_that_is_called_like_an_own_variant_is_told_apart(tmp_path: Path) -> None:
    noted = "import os\nos.chdir('/')\n" + HONEST
    assert weighed(tmp_path, "own", {"own": noted}).notes == ()
    (note,) = weighed(tmp_path, "own (own.py)", {"own": noted}).notes
    assert "the working directory" in note


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        (
            "calls = []\n" + SETUP + "calls.append(0)\n    return lambda: x @ w if len(calls) < 2 else w @ x",
            Disagreement,
            r"output\[",
        ),
        ("def setup(lab):\n    return lambda: torch.zeros(3)", Disagreement, r"output has shape \(3,\)"),
        ("def setup(lab):\n    return lambda: [1]", Told, "'output' is a list"),
        ("1 / 0", Told, "ZeroDivisionError"),
        ("import os\ndef setup(lab):\n    return lambda: os._exit(4)", Told, "ended its process with exit status 4"),
    ],
    ids=range(5),
)
def test_a_wrong_answer_weighs_nothing(tmp_path: Path, code: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        weighed(tmp_path, "mine", {"mine": code})


def test_a_variant_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="'nobody' is not among the variants product, own"):
        weighed(tmp_path, "nobody", {"mine": HONEST})
