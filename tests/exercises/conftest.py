"""What the tests of exercises share: the pictures of studies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import pictures_once, sharing_out


@pytest.fixture(scope="module", autouse=True)
def pictures_drawn_once(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A study that many tests run draws its pictures for the first of them."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.getbasetemp() / "pictures"
        pictures_once.keep(sharing_out.scope(request.node.nodeid), folder, patch)
        yield
