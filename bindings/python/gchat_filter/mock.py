"""A mock server of the API for tests, in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from types import TracebackType
from typing import Any, TypeAlias

from gchat_filter._native import Mock

#: The state that a server begins with, as JSON text or as an object.
Seed: TypeAlias = str | Mapping[str, Any]

__all__ = ["MockServer", "Seed"]


class MockServer:
    """A mock server on a free port of the loopback interface, until it is stopped.

    It answers as the Chat API does, errors included, so that Google's own clients work with it. It runs on a
    thread of its own, and needs no network.

    Args:
        seeds: The spaces, memberships, users and callers that it begins with, in one part or several; a
            response of the API is one, too. Without any, it has the space `spaces/AAAAsample`.
        now: A time such as `"2026-01-31T12:00:00Z"`, at which its clock stands still.

    Raises:
        ValueError: If a seed is invalid. The message has the line and the column in its JSON.
        OSError: If it cannot listen.

    The format of seeds and faults is that of the program's `serve`:
    https://docs.rs/gchat-filter-mock.

    >>> from urllib.request import urlopen
    >>> from gchat_filter.mock import MockServer
    >>> seed = {"memberships": [{"name": "spaces/A/members/1", "member": {"name": "users/1"}}]}
    >>> with MockServer(seed) as server, urlopen(server.url + "/v1/spaces/A/members") as response:
    ...     response.status
    200
    """

    def __init__(self, *seeds: Seed, now: str | None = None) -> None:
        self._native = Mock([_json(seed) for seed in seeds], now)

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end, such as `http://127.0.0.1:40123`."""
        return self._native.url

    @property
    def warnings(self) -> list[str]:
        """Probable mistakes in the seed that are not errors, such as a misspelled scope."""
        return self._native.warnings

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The last requests, oldest first.

        Each has a `method`, `url`, `headers`, `body`, the `status` of the response, a `time`, and the
        `fault` that affected it or `None`. Access tokens are replaced.
        """
        requests: list[dict[str, Any]] = json.loads(self._native.requests())
        return requests

    def clear_requests(self) -> None:
        """Forgets the requests."""
        self._native.clear_requests()

    @property
    def faults(self) -> list[dict[str, Any]]:
        """The faults that are left."""
        faults: list[dict[str, Any]] = json.loads(self._native.faults())
        return faults

    def add_fault(self, fault: Mapping[str, Any]) -> None:
        """Adds a fault, from the next request on.

        >>> from gchat_filter.mock import MockServer
        >>> with MockServer() as server:
        ...     server.add_fault({"path": "spaces/*/members", "status": "UNAVAILABLE", "times": 1})

        Raises:
            ValueError: If it has no effect or an invalid part.
        """
        self._native.add_fault(_json(fault))

    def clear_faults(self) -> None:
        """Removes all faults."""
        self._native.clear_faults()

    @property
    def seed(self) -> dict[str, Any]:
        """The present state as a seed that starts an equal server."""
        seed: dict[str, Any] = json.loads(self._native.seed())
        return seed

    def add_seed(self, seed: Seed) -> None:
        """Adds spaces, memberships, users, callers or faults to the present state.

        Raises:
            ValueError: If the seed is invalid, or contradicts the state.
        """
        self._native.add_seed(_json(seed))

    def reset(self) -> None:
        """Goes back to the state that the server began with."""
        self._native.reset()

    def advance(self, by: timedelta) -> None:
        """Moves the server's clock forward."""
        self._native.advance(by)

    def stop(self) -> None:
        """Closes all connections, and returns when the port is free. Stopping again does nothing."""
        self._native.stop()

    def __enter__(self) -> MockServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def _json(value: Seed) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
