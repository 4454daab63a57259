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
