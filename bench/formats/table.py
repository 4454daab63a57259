"""Rows of a run as CSV, as a frame of pandas, and as Parquet."""

from __future__ import annotations

import csv
import io
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bench.errors import Missing
from bench.formats import rows
from bench.formats.rows import Cell, Kind, Of
from bench.model import Run

if TYPE_CHECKING:
    import pandas as pd

DTYPES: dict[Kind, str] = {"text": "string", "number": "float64", "whole": "Int64", "truth": "boolean"}
"""Each can hold that there is nothing, and keeps its type in a column in which there is nothing at all."""
FORMULA = re.compile(r"""((?:^|;)[\s"]*)(?=[=+\-@＝＋－＠])""")
"""Before what a cell begins with that a spreadsheet may compute; some read the wide signs too. Where a comma stands in
numbers, spreadsheets take a semicolon for the end of a cell, within quotes too."""


def encode_csv(run: Run, of: Of = "records") -> bytes:
    """UTF-8 with a line of names. Empty cells are those without a value; numbers keep every digit; a text that a
    spreadsheet would take for a formula has an apostrophe before it."""
    table, text = rows.of_run(run, of), io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_written(cell) for cell in row] for row in table.cells)
    return text.getvalue().encode("utf-8", "backslashreplace")


def _written(cell: Cell) -> Cell:
    # A name in a run.json of somebody else's must not become a formula in the spreadsheet that opens it.
    return FORMULA.sub(r"\1'", cell) if isinstance(cell, str) else cell


def frame(run: Run, of: Of = "records") -> pd.DataFrame:
    """Raises ``Missing`` where pandas is not installed."""
    _require("a frame", "pandas")
    import pandas as pd

    table = rows.of_run(run, of)
    return pd.DataFrame(
        {name: pd.Series(table.column(name), dtype=DTYPES[kind]) for name, kind in table.columns.items()}
    )


def encode_parquet(run: Run, of: Of = "records") -> bytes:
    """Raises ``Missing`` where pandas or pyarrow is not installed."""
    _require("Parquet", "pandas", "pyarrow")
    data = io.BytesIO()
    frame(run, of).to_parquet(data, engine="pyarrow", index=False)
    return data.getvalue()


def _require(what: str, *packages: str) -> None:
    # Looked for before anything is imported: an import that fails half way leaves a broken module behind.
    if lacking := [package for package in packages if find_spec(package) is None]:
        raise Missing(f"{what} needs {' and '.join(packages)}: pip install {' '.join(lacking)}")
