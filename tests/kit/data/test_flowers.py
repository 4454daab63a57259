import subprocess
import sys

import pytest
import torch

from bench.errors import BenchError, Missing
from bench.kit.data import flowers, iris, tables
from bench.kit.data.packaged import packaged


def test_is_what_scikit_learn_gives():
    from sklearn.datasets import load_iris

    theirs = load_iris()
    ours = iris()
    assert torch.equal(ours.x, torch.from_numpy(theirs.data))
    assert torch.equal(ours.y, torch.from_numpy(theirs.target))
    assert ours.classes == tuple(theirs.target_names)
    assert ours.features == tuple(theirs.feature_names)
    assert ours.sizes == {"all": 150}
    assert not ours.stand_in


def test_imports_neither_scikit_learn_nor_pandas():
    code = (
        "import sys; from bench.kit.data import iris, mnist; iris(); mnist();"
        "print({'sklearn', 'pandas', 'scipy', 'matplotlib', 'mlxtend', 'torchvision'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"


def test_a_file_cut_short_says_how_to_mend_it(tmp_path, monkeypatch):
    path = tmp_path / "iris.csv"
    path.write_text("150,4,setosa,versicolor,virginica\n5.1,3.5,1.4,0.2,0\n")
    monkeypatch.setattr(tables, "packaged", lambda *_: path)
    with pytest.raises(BenchError, match="150 rows of 5 numbers: pip install --force-reinstall scikit-learn"):
        flowers.iris.__wrapped__()


def test_a_package_that_is_not_installed():
    with pytest.raises(Missing, match="no_such_package is not installed: pip install --force-reinstall its-name"):
        packaged("no_such_package", "its-name", "file.csv")


def test_a_package_without_the_file():
    with pytest.raises(Missing, match=r"sklearn has no datasets/tulips.csv: pip install"):
        packaged("sklearn", "scikit-learn", "datasets", "tulips.csv")
