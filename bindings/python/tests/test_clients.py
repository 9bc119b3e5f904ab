"""Google's clients against the mock server: validate, then call."""

from typing import Any

import pytest
from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import BadRequest
from google.apps import chat_v1
from google.auth.credentials import AnonymousCredentials
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from gchat_filter import Filter, FilterError, check
from gchat_filter.mock import MockServer

PARENT = "spaces/A"
FILTERS = [
    "",
    'member.type = "HUMAN"',
    'member.type != "BOT"',
    'role = "ROLE_MANAGER" OR member.type = "BOT"',
    'member.type = "HUMAN" AND role = "ROLE_MEMBER"',
]

pytestmark = pytest.mark.mock_chat(
    {
        "spaces": [{"name": PARENT}],
        "memberships": [
            {"name": f"{PARENT}/members/{number}", "role": role, "member": {"name": f"users/{number}", "type": kind}}
            for number, (role, kind) in enumerate(
                [
                    ("ROLE_MANAGER", "HUMAN"),
                    ("ROLE_MEMBER", "HUMAN"),
                    ("ROLE_ASSISTANT_MANAGER", "HUMAN"),
                    ("ROLE_MEMBER", "BOT"),
                ],
                1,
            )
        ]
        + [{"name": f"{PARENT}/members/group-1", "groupMember": {"name": "groups/1"}}],
    }
)


def discovered(url: str) -> Any:
    options = {"api_endpoint": url}
    return build("chat", "v1", credentials=Credentials("any"), client_options=options)


def generated(url: str) -> chat_v1.ChatServiceClient:
    options = ClientOptions(api_endpoint=url)
    return chat_v1.ChatServiceClient(
        transport="rest", credentials=AnonymousCredentials(), client_options=options
    )


def listed(members: Any, **arguments: object) -> list[dict[str, object]]:
    """Returns the memberships of all pages."""
    found: list[dict[str, object]] = []
    request = members.list(parent=PARENT, pageSize=2, showGroups=True, **arguments)
    while request is not None:
        response = request.execute()
        found += response.get("memberships", [])
        request = members.list_next(request, response)
    return found


def test_google_api_python_client(mock_chat: MockServer) -> None:
    members = discovered(mock_chat.url).spaces().members()
    every = listed(members)
    assert len(every) == 5
    for text in FILTERS:
        filter = Filter(text)
        assert list(filter.select(every)) == listed(members, filter=str(filter))


def test_google_apps_chat(mock_chat: MockServer) -> None:
    client = generated(mock_chat.url)
    request = {"parent": PARENT, "page_size": 2, "show_groups": True}
    every = list(client.list_memberships(request))
    assert len(every) == 5
    for text in FILTERS:
        filter = Filter(text)
        found = list(client.list_memberships({**request, "filter": str(filter)}))
        assert list(filter.select(every)) == found
        assert list(filter.select(client.list_memberships(request))) == found


def test_an_invalid_filter_costs_no_request(mock_chat: MockServer) -> None:
    members = discovered(mock_chat.url).spaces().members()
    with pytest.raises(FilterError):
        members.list(parent=PARENT, filter=str(Filter("member.type = HUMAN"))).execute()
    assert mock_chat.requests == []


def test_the_server_rejects_what_the_check_rejects(mock_chat: MockServer) -> None:
    members = discovered(mock_chat.url).spaces().members()
    client = generated(mock_chat.url)
    for text in ("member.type = HUMAN", 'role = "OWNER"', "role =", 'role = "ROLE_MANAGER" role = "ROLE_MEMBER"'):
        assert not check(text)
        with pytest.raises(HttpError) as caught:
            members.list(parent=PARENT, filter=text).execute()
        assert caught.value.status_code == 400
        with pytest.raises(BadRequest):
            client.list_memberships({"parent": PARENT, "filter": text})


def test_admin_access(mock_chat: MockServer) -> None:
    members = discovered(mock_chat.url).spaces().members()
    with pytest.raises(FilterError) as caught:
        Filter('role = "ROLE_MANAGER"', admin_access=True)
    assert caught.value.fixed is not None
    filter = Filter(caught.value.fixed, admin_access=True)
    found = members.list(parent=PARENT, filter=str(filter), useAdminAccess=True).execute()
    assert [own["name"] for own in found["memberships"]] == [f"{PARENT}/members/1"]
