"""Files inside installed packages are found without an import, or it is said how to get them."""

import pytest

from bench.errors import Missing
from bench.kit.data.packaged import packaged


def test_a_package_that_is_not_installed():
    with pytest.raises(Missing, match="no_such_package is not installed: pip install --force-reinstall its-name"):
        packaged("no_such_package", "its-name", "file.csv")


def test_a_package_without_the_file():
    with pytest.raises(Missing, match=r"sklearn has no datasets/tulips.csv: pip install"):
        packaged("sklearn", "scikit-learn", "datasets", "tulips.csv")


def test_a_file_is_found_without_an_import(tmp_path, monkeypatch):
    package = tmp_path / "a_package_that_must_not_run"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('it was imported')")
    (package / "data" / "a.csv").write_text("1,2\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert packaged(package.name, "its-name", "data", "a.csv") == package / "data" / "a.csv"
