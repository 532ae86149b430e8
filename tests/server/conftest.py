"""One app for all tests of a live server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from serving import Served, serving


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The running app."""
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def url(served: Served) -> Iterator[str]:
    """Where the app answers; what a test does to it leaves no traceback in its log."""
    yield served.url
    assert "Traceback" not in served.log.read_text(), served.log.read_text()
