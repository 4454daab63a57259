import pytest
import torch

from bench.errors import BenchError
from bench.kit.data import flowers, iris, tables


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


def test_a_file_cut_short_says_how_to_mend_it(tmp_path, monkeypatch):
    path = tmp_path / "iris.csv"
    path.write_text("150,4,setosa,versicolor,virginica\n5.1,3.5,1.4,0.2,0\n")
    monkeypatch.setattr(tables, "packaged", lambda *_: path)
    with pytest.raises(BenchError, match="150 rows of 5 numbers: pip install --force-reinstall scikit-learn"):
        flowers.iris.__wrapped__()
