"""What the page on writing an exercise says of testing it: every name is there, the example is the skeleton's."""

import inspect
import re
from pathlib import Path

from bench import by_profile, testing
from bench.cli.verbs import new
from bench.testing import plugin

PAGE = Path(__file__).parents[2] / "docs" / "writing-an-exercise.md"
SECTION = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
(TESTING,) = [section for section in SECTION if section.startswith("Testing it\n")]
EXAMPLE, PROSE = re.fullmatch(r".*?^```python\n(.*?)^```$(.*)", TESTING, re.MULTILINE | re.DOTALL).groups()
PUBLIC = {
    name
    for name, value in inspect.getmembers(testing, inspect.isfunction)
    if value.__module__ == testing.__name__ and not name.startswith("_")
}


def test_every_function_is_described_and_every_one_described_is_there() -> None:
    assert set(re.findall(r"`(\w+)\(", PROSE)) == {*PUBLIC, "bench_lab"}


def test_the_keywords_of_a_lab_are_there() -> None:
    described = set(re.findall(r"`(\w+)=`", PROSE))
    assert {*described, "seed"} == set(inspect.signature(testing.lab).parameters)


def test_the_fixture_is_the_plugins(bench_lab: object) -> None:
    assert bench_lab is not None
    assert hasattr(plugin, "bench_lab")


def test_the_example_is_what_bench_new_writes() -> None:
    module = re.search(r"^from (bench_exercises\.(ex\d+)\w*) import", EXAMPLE, re.MULTILINE)
    written = new.filled("test.txt", {"id": module[2], "module": module[1]})
    assert written == EXAMPLE


def test_by_profile_is_called_as_the_page_calls_it() -> None:
    (written,) = re.findall(r"`epochs=(by_profile\(.*?\))`", PAGE.read_text(encoding="utf-8"))
    assert eval(written, {"by_profile": by_profile}).at("quick") == 20
