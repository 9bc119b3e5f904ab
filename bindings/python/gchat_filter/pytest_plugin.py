"""The fixture `mock_chat` for pytest: a mock server of the API for each test.

pytest loads it by itself once the package is installed.

    import pytest

    def test_with_the_sample(mock_chat):
        ...  # mock_chat.url

    @pytest.mark.mock_chat({"spaces": [{"name": "spaces/A"}]}, now="2026-01-31T12:00:00Z")
    def test_with_a_seed(mock_chat):
        ...

The marker has the arguments of `gchat_filter.mock.MockServer`, and may be on a class or a module. Of several, the
closest one counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from gchat_filter.mock import MockServer

__all__ = ["mock_chat"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "mock_chat(*seeds, now=None): what the mock server of the fixture `mock_chat` begins with.",
    )


@pytest.fixture
def mock_chat(request: pytest.FixtureRequest) -> Iterator[MockServer]:
    """A mock server of the Chat API, with the seeds of the marker `mock_chat` or the sample."""
    # Tests that do not use the fixture do not load the server.
    from gchat_filter.mock import MockServer

    marker = request.node.get_closest_marker("mock_chat")
    arguments, keywords = (marker.args, marker.kwargs) if marker else ((), {})
    with MockServer(*arguments, **keywords) as server:
        yield server
