"""ex02, steps that are too few are named."""

import pytest

from bench.testing import lab
from bench_exercises.ex02_linear_networks import a_descent


def test_too_few_steps_are_named():
    with pytest.raises(ValueError, match="steps=9"):
        a_descent.study(lab(), rate=0.1, steps=9)
