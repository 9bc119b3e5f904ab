"""Writes the seeds of the servers for the clients, open.json and guarded.json, to a directory."""

import json
import pathlib
import sys


def person(space, number, role="ROLE_MEMBER", state="JOINED"):
    return {
        "name": f"spaces/{space}/members/{number}",
        "role": role,
        "state": state,
        "createTime": "2026-01-02T03:04:05.678901Z",
        "affiliation": "INTERNAL",
        "member": {"name": f"users/{number}", "type": "HUMAN"},
    }


def app(space, number):
    user = {"name": f"users/{number}", "type": "BOT"}
    return {"name": f"spaces/{space}/members/{number}", "member": user}


def group(space, name):
    return {
        "name": f"spaces/{space}/members/group-{name}",
        "groupMember": {"name": f"groups/{name}"},
    }


seed = {
    "spaces": [
        {"name": "spaces/A", "spaceType": "SPACE", "displayName": "Team", "creator": "users/100"},
        {"name": "spaces/BIG", "spaceType": "SPACE"},
        {"name": "spaces/CHAT", "spaceType": "GROUP_CHAT"},
        {"name": "spaces/FLAKY"},
        {"name": "spaces/DOWN"},
        {"name": "spaces/OFF"},
        {"name": "spaces/LOST"},
        {"name": "spaces/SLOW"},
        {"name": "spaces/EMPTY"},
    ],
    "memberships": [
        person("A", 100, "ROLE_MANAGER"),
        person("A", 101),
        person("A", 102, state="INVITED"),
        app("A", 900),
        app("A", 901),
        group("A", "g1"),
        *[person("BIG", 1000 + n, "ROLE_MANAGER" if n % 10 == 0 else "ROLE_MEMBER") for n in range(95)],
        person("CHAT", 100),
        person("CHAT", 101),
        person("FLAKY", 100),
        person("DOWN", 100),
        person("OFF", 100),
        person("LOST", 100),
        person("SLOW", 100),
    ],
    "users": [
        {"name": "users/100", "email": "ada@example.com", "displayName": "Ada", "admin": True},
        {"name": "users/101", "email": "grace+x@example.com", "displayName": "Grace"},
        {"name": "users/103", "email": "shy@example.com", "autoAccept": False},
    ],
    "faults": [
        {"path": "spaces/FLAKY/*", "status": 503, "times": 2},
        {"path": "spaces/DOWN/*", "status": 429},
        {"path": "spaces/OFF/*", "status": 503},
        {"path": "spaces/LOST/*", "connection": "reset", "times": 1},
        {"path": "spaces/LOST/*", "connection": "empty", "times": 1},
        {"path": "spaces/SLOW/*", "delayMs": 2000},
    ],
}
directory = pathlib.Path(sys.argv[1])
(directory / "open.json").write_text(json.dumps(seed))
seed["callers"] = [
    {"token": "reader", "user": "users/101", "scopes": ["chat.memberships.readonly"]},
    {"token": "bot", "app": "users/900", "scopes": ["chat.bot"]},
    {"token": "stranger", "user": "users/103", "scopes": ["chat.memberships"]},
]
(directory / "guarded.json").write_text(json.dumps(seed))
