"""A filter of each method, with a resource that it matches and one that it does not match."""

from gchat_filter import METHODS, Context, Method

CONTEXT = Context(
    caller="users/1",
    creators={"customEmojis/A": "users/1", "customEmojis/B": "users/2"},
    unread=["spaces/A/messages/1"],
)

CREATED = "google.workspace.chat.message.v1.created"

CASES: dict[Method, tuple[str, dict[str, object], dict[str, object]]] = {
    "spaces.members.list": (
        'role = "ROLE_MANAGER" AND member.type = "HUMAN"',
        {"role": "ROLE_MANAGER", "member": {"name": "users/1", "type": "HUMAN"}},
        {"role": "ROLE_MANAGER", "groupMember": {"name": "groups/1"}},
    ),
    "spaces.list": ('space_type = "SPACE"', {"spaceType": "SPACE"}, {"spaceType": "GROUP_CHAT"}),
    "spaces.search": (
        'display_name:"fun" AND space_type = "SPACE"',
        {"displayName": "Fun event", "spaceType": "SPACE"},
        {"displayName": "Work", "spaceType": "SPACE"},
    ),
    "spaces.messages.list": (
        'create_time > "2026-01-31T12:00:00Z" AND thread.name = spaces/A/threads/B',
        {"createTime": "2026-01-31T12:00:00.000000001Z", "thread": {"name": "spaces/A/threads/B"}},
        {"createTime": "2026-01-31T12:00:00Z", "thread": {"name": "spaces/A/threads/B"}},
    ),
    "spaces.messages.search": (
        'reports AND sender.name = "users/me" AND is_unread()',
        {"name": "spaces/A/messages/1", "text": "All reports", "sender": {"name": "users/1"}},
        {"name": "spaces/A/messages/2", "text": "All reports", "sender": {"name": "users/1"}},
    ),
    "spaces.messages.reactions.list": (
        'emoji.unicode = "🙂"',
        {"emoji": {"unicode": "🙂"}, "user": {"name": "users/1"}},
        {"emoji": {"customEmoji": {"uid": "1"}}},
    ),
    "spaces.spaceEvents.list": (
        f'event_types:"{CREATED}" AND start_time = "2026-01-31T12:00:00Z"',
        {"eventType": CREATED, "eventTime": "2026-01-31T12:00:01Z"},
        {"eventType": CREATED, "eventTime": "2026-01-31T11:00:00Z"},
    ),
    "customEmojis.list": ('creator("users/me")', {"name": "customEmojis/A"}, {"name": "customEmojis/B"}),
    "users.sections.items.list": ("space = spaces/A", {"space": "spaces/A"}, {"space": "spaces/B"}),
}

assert tuple(CASES) == METHODS
