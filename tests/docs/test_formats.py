"""docs/formats.md: the notebook prints what it says, and tables have the columns that it tells."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from bench.cli.verbs import export
from bench.formats.rows import CASE, COLUMNS, OF, PLACE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
CELL = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_notebook_prints_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    cells, names = CELL.findall(PAGE), {}
    assert len(cells) == PAGE.count("```python") == 2
    for code, expected in cells:
        with redirect_stdout(io.StringIO()) as printed:
            exec(code, names)
        assert [line.rstrip() for line in printed.getvalue().splitlines()] == expected.splitlines()


def test_every_format_has_its_row() -> None:
    formats = PAGE[PAGE.index("| `--to` |") : PAGE.index("## Names")]
    assert tuple(re.findall(r"^\| `(\w[\w-]*)` \|", formats, re.MULTILINE)) == export.FORMATS


def test_every_column_has_its_row_under_the_tables_that_have_it() -> None:
    told: dict[str, set[str]] = {}
    for row, where in re.findall(r"^\| (`.+?) \| (all|records|samples|claims|metrics) \|", PAGE, re.MULTILINE):
        told.setdefault(where, set()).update(re.findall(r"`([\w.]+)`", row))
    assert told.pop("all") - {"parameters.batch"} == {*CASE, *PLACE}
    assert told == {of: set(COLUMNS[of]) for of in OF}
