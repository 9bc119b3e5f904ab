"""The mock server, and the fixture for pytest."""

import json
import socket
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from gchat_filter.mock import MockServer

pytest_plugins = ["pytester"]

SEED = {"memberships": [{"name": "spaces/A/members/1", "member": {"name": "users/1", "type": "HUMAN"}}]}


def get(server: MockServer, path: str) -> Any:
    with urlopen(f"{server.url}/v1/{path}") as response:
        return json.load(response)


def test_the_sample(mock_chat: MockServer) -> None:
    assert mock_chat.url.startswith("http://127.0.0.1:")
    assert len(get(mock_chat, "spaces/AAAAsample/members")["memberships"]) > 1
    assert mock_chat.warnings == []


@pytest.mark.mock_chat(SEED)
def test_a_seed(mock_chat: MockServer) -> None:
    (membership,) = get(mock_chat, "spaces/A/members")["memberships"]
    assert membership["name"] == "spaces/A/members/1"


@pytest.mark.mock_chat(json.dumps({"spaces": [{"name": "spaces/A"}]}), SEED, now="2026-01-31T12:00:00Z")
def test_seeds_in_parts_and_a_clock_that_stands_still(mock_chat: MockServer) -> None:
    assert len(get(mock_chat, "spaces/A/members")["memberships"]) == 1
    assert mock_chat.requests[0]["time"].startswith("2026-01-31T12:00:00")
    mock_chat.advance(timedelta(minutes=1))
    get(mock_chat, "spaces/A/members")
    assert mock_chat.requests[1]["time"].startswith("2026-01-31T12:01:00")


@pytest.mark.mock_chat(SEED)
class TestOfAClass:
    def test_the_seed_of_the_class(self, mock_chat: MockServer) -> None:
        assert len(get(mock_chat, "spaces/A/members")["memberships"]) == 1

    @pytest.mark.mock_chat({"spaces": [{"name": "spaces/A"}]})
    def test_the_closest_seed(self, mock_chat: MockServer) -> None:
        assert get(mock_chat, "spaces/A/members") == {}


def test_the_fixture_is_there_after_the_installation(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        urls = []

        @pytest.mark.mock_chat({"spaces": [{"name": "spaces/A"}]})
        @pytest.mark.parametrize("number", range(2))
        def test_url(mock_chat, number):
            urls.append(mock_chat.url)

        def test_each_test_has_a_server_of_its_own():
            assert len(set(urls)) == 2

        @pytest.mark.mock_chat({"spaces": 3})
        def test_invalid_seed(mock_chat):
            pass
        """
    )
    result = pytester.runpytest_subprocess("--strict-markers")
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*ValueError: line 1, column 12: invalid type*"])


def test_requests_and_faults(mock_chat: MockServer) -> None:
    mock_chat.add_fault({"path": "spaces/*/members", "status": "UNAVAILABLE", "times": 1})
    assert [fault["status"] for fault in mock_chat.faults] == ["UNAVAILABLE"]
    with pytest.raises(HTTPError, match="503"):
        get(mock_chat, "spaces/AAAAsample/members")
    get(mock_chat, "spaces/AAAAsample/members?pageSize=1")
    assert [request["status"] for request in mock_chat.requests] == [503, 200]
    assert mock_chat.requests[1]["url"] == "/v1/spaces/AAAAsample/members?pageSize=1"
    mock_chat.clear_requests()
    mock_chat.add_fault({"path": "*", "status": 500})
    mock_chat.clear_faults()
    assert mock_chat.requests == [] and mock_chat.faults == []
    with pytest.raises(ValueError, match="path"):
        mock_chat.add_fault({})


@pytest.mark.mock_chat(SEED)
def test_the_state_changes(mock_chat: MockServer) -> None:
    member = {"name": "spaces/A/members/2", "member": {"name": "users/2"}}
    mock_chat.add_seed({"memberships": [member]})
    assert len(get(mock_chat, "spaces/A/members")["memberships"]) == 2
    with MockServer(mock_chat.seed) as copy:
        assert get(copy, "spaces/A/members") == get(mock_chat, "spaces/A/members")
    with pytest.raises(ValueError, match="spaces/A/members/2"):
        mock_chat.add_seed({"memberships": [member]})
    mock_chat.reset()
    assert len(get(mock_chat, "spaces/A/members")["memberships"]) == 1


def test_a_stopped_server_does_not_answer() -> None:
    with MockServer() as server:
        get(server, "spaces/AAAAsample/members")
    address = urlsplit(server.url)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname, address.port))
    server.stop()


@pytest.mark.parametrize(
    ("arguments", "keywords", "message"),
    [
        (["{"], {}, "line 1, column 1: EOF"),
        ([{"memberships": [{"name": "spaces/A/members/1", "role": "OWNER"}]}], {}, "OWNER"),
        ([], {"now": "noon"}, "noon"),
    ],
)
def test_invalid_arguments(arguments: list[Any], keywords: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MockServer(*arguments, **keywords)
