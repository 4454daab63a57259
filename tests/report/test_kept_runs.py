"""The kept runs are redrawn as they were: the data behind each page, held to its digest.

The digests were made by the commit b5f710e, before the house was built anew. Whoever changes what a page says makes
them again, by ``python -m tests.report.test_kept_runs``, and says so.
"""

import json
from dataclasses import MISSING, Field, fields, is_dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from bench.report.page import view
from bench.results import store

KEPT = Path(__file__).parents[2] / "results" / "reference"
DIGESTS = Path(__file__).with_name("kept_runs.json")
FOLDERS = sorted(path.parent.name for path in KEPT.glob("*/run.json"))


def plain(value: object) -> object:
    """Names and values of every field, all the way down; a mapping keeps its order. A field that holds its default is
    left out: the runs were written before it was thought of."""
    if is_dataclass(value) and not isinstance(value, type):
        told = [field for field in fields(value) if getattr(value, field.name) != default(field)]
        return {field.name: plain(getattr(value, field.name)) for field in told}
    if isinstance(value, dict):
        return [[plain(key), plain(item)] for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if type(value) is float:
        # The least squares of a law end in another last bit when their arrays lie elsewhere in memory.
        return float(f"{value:.8g}")
    if value is None or type(value) in (bool, int, str):
        return value
    return str(value) if isinstance(value, bool | int | float | str) else repr(value)


def default(field: Field[object]) -> object:
    return field.default if field.default_factory is MISSING else field.default_factory()


def digest(folder: str) -> str:
    data = json.dumps(plain(view.view(store.read(KEPT / folder))), ensure_ascii=False)
    return sha256(data.encode()).hexdigest()


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_data_behind_a_page_are_what_they_were(folder: str) -> None:
    assert digest(folder) == json.loads(DIGESTS.read_text())[folder]


def test_every_kept_run_has_a_digest() -> None:
    assert sorted(json.loads(DIGESTS.read_text())) == FOLDERS


if __name__ == "__main__":
    DIGESTS.write_text(json.dumps({folder: digest(folder) for folder in FOLDERS}, indent=1) + "\n")
