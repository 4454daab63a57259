"""JSON for other tools."""

import json
from math import inf, nan

import pytest

from bench.formats import documents


def test_it_is_ascii_and_comes_back() -> None:
    data = documents.encode({"η": "½ \ud800"})
    assert data.isascii()
    assert json.loads(data) == {"η": "½ \ud800"}


@pytest.mark.parametrize("number", [nan, inf, -inf])
def test_no_number_that_json_has_not(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        documents.encode({"value": number})
