import pytest
import torch

from bench.errors import BenchError
from bench.kit.data import breast_cancer, tables, tumours


def test_is_what_scikit_learn_gives():
    from sklearn.datasets import load_breast_cancer

    theirs = load_breast_cancer()
    ours = breast_cancer()
    assert torch.equal(ours.x, torch.from_numpy(theirs.data))
    assert torch.equal(ours.y, torch.from_numpy(theirs.target))
    assert ours.classes == tuple(theirs.target_names)
    assert ours.features == tuple(theirs.feature_names)
    assert ours.sizes == {"all": 569}
    assert ours.y.bincount().tolist() == [212, 357]
    assert not ours.stand_in


def test_a_file_cut_short_says_how_to_mend_it(tmp_path, monkeypatch):
    path = tmp_path / "breast_cancer.csv"
    path.write_text("569,30,malignant,benign\n" + ",".join(["1.5"] * 30) + ",0\n")
    monkeypatch.setattr(tables, "packaged", lambda *_: path)
    with pytest.raises(BenchError, match="569 rows of 31 numbers: pip install --force-reinstall scikit-learn"):
        tumours.breast_cancer.__wrapped__()
