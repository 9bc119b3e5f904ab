"""Messages of google-apps-chat."""

import json
from typing import Any

import pytest
from cases import CASES, CONTEXT
from google.apps import chat_v1

from gchat_filter import METHODS, Context, Filter, Method

CLASSES: dict[Method, Any] = {
    "spaces.members.list": chat_v1.Membership,
    "spaces.list": chat_v1.Space,
    "spaces.search": chat_v1.Space,
    "spaces.messages.list": chat_v1.Message,
    "spaces.messages.search": chat_v1.Message,
    "spaces.messages.reactions.list": chat_v1.Reaction,
    "spaces.spaceEvents.list": chat_v1.SpaceEvent,
    "customEmojis.list": chat_v1.CustomEmoji,
    "users.sections.items.list": chat_v1.SectionItem,
}

HUMANS = Filter('member.type = "HUMAN"')
NOT_BOTS = Filter('member.type != "BOT"')


@pytest.mark.parametrize("method", METHODS)
def test_messages_of_all_methods(method: Method) -> None:
    text, matching, other = CASES[method]
    filter, cls = Filter(text, method), CLASSES[method]
    for resource, expected in [(matching, True), (other, False)]:
        message = cls.from_json(json.dumps(resource))
        assert filter.matches(message, CONTEXT) is expected
        assert filter.matches(cls.pb(message), CONTEXT) is expected
        assert filter.matches(cls.to_json(message), CONTEXT) is expected
        assert filter.matches(cls.to_json(message, use_integers_for_enums=False), CONTEXT) is expected
        assert filter.matches(cls.to_dict(message), CONTEXT) is expected
        assert filter.matches(cls.to_dict(message, preserving_proto_field_name=False), CONTEXT) is expected


def test_the_member_of_a_group_is_absent() -> None:
    group = chat_v1.Membership(group_member=chat_v1.Group(name="groups/1"))
    # It reads as an empty message.
    assert group.member == chat_v1.User()
    assert NOT_BOTS.matches(group) and not HUMANS.matches(group)
    unspecified = Filter('member.type = "TYPE_UNSPECIFIED"', preset="aip160")
    assert not unspecified.matches(group)
    assert unspecified.matches(chat_v1.Membership(member=chat_v1.User()))


def test_enum_values() -> None:
    User, Role = chat_v1.User, chat_v1.Membership.MembershipRole
    filter = Filter('member.type = "HUMAN" AND role = "ROLE_MANAGER"')
    assert filter.matches(chat_v1.Membership(role=Role.ROLE_MANAGER, member=User(type_=User.Type.HUMAN)))
    assert not filter.matches(chat_v1.Membership(role=Role.ROLE_MEMBER, member=User(type_=User.Type.HUMAN)))
    # A value that neither knows.
    assert not filter.matches(chat_v1.Membership(role=77, member=User(type_=User.Type.HUMAN)))


def test_a_time_before_1970_and_one_in_1970() -> None:
    filter = Filter('create_time < "1970-01-01T00:00:00.000000001Z"', "spaces.messages.list")
    for time, expected in [
        ("1970-01-01T00:00:00Z", True),
        ("1969-12-31T23:59:59.5Z", True),
        ("1970-01-01T00:00:00.000000001Z", False),
    ]:
        assert filter.matches(chat_v1.Message.from_json(json.dumps({"createTime": time}))) is expected
    assert not filter.matches(chat_v1.Message())


def test_repeated_fields() -> None:
    filter = Filter('annotations.user_mentions.user.name:"users/2" AND attachment:*', "spaces.messages.search")
    mentions = [
        {"type": "USER_MENTION", "userMention": {"user": {"name": f"users/{number}"}}} for number in (1, 2)
    ]
    resource = {"annotations": mentions, "attachment": [{"name": "a"}]}
    message = chat_v1.Message.from_json(json.dumps(resource))
    assert filter.matches(message) and filter.matches(resource)
    del message.annotations[1]
    assert not filter.matches(message)


def test_spaces_of_a_context() -> None:
    space = chat_v1.Space(name="spaces/A", display_name="Plans")
    context = Context(spaces=[space])
    message = chat_v1.Message(name="spaces/A/messages/1")
    assert Filter('space.display_name:"plans"', "spaces.messages.search").matches(message, context)


def test_select_returns_the_messages() -> None:
    messages = [chat_v1.Membership(member=chat_v1.User(type_=kind)) for kind in (1, 2, 1)]
    assert [own.member.type_ for own in HUMANS.select(messages)] == [1, 1]
