"""A table is read as it stands, or refused as a whole."""

import pytest
import torch

from bench.errors import BenchError
from bench.kit.data import tables

FEATURES = ("length", "width")


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes the file that stands for scikit-learn's."""

    def write(text):
        (tmp_path / "t.csv").write_text(text)
        monkeypatch.setattr(tables, "packaged", lambda *_: tmp_path / "t.csv")

    return write


def test_the_last_column_is_the_label_and_the_first_line_names_the_classes(write):
    write("2,2,red,blue\n1.5,2,1\n-3e-2,4,0\n")
    table = tables.table("colours", "t.csv", 2, FEATURES)
    assert torch.equal(table.x, torch.tensor([[1.5, 2.0], [-0.03, 4.0]], dtype=torch.float64))
    assert table.y.tolist() == [1, 0]
    assert (table.y.dtype, table.classes, table.features) == (torch.int64, ("red", "blue"), FEATURES)
    assert (table.name, table.source) == ("colours", "scikit-learn's t.csv")


@pytest.mark.parametrize(
    "rows",
    ["1,2,0\n", "1,2,0\n1,2,0\n1,2,0\n", "1,2,0\n1,2\n", "1,2,0\n1,2,3,0\n"],
    ids=["few", "many", "short", "long"],
)
def test_a_table_that_is_not_whole_is_refused(write, rows):
    write("2,2,red,blue\n" + rows)
    with pytest.raises(BenchError, match="should hold 2 rows of 3 numbers: pip install"):
        tables.table("colours", "t.csv", 2, FEATURES)
