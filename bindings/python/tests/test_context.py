"""What is known about a request."""

import copy
import datetime
import pickle

import pytest

from gchat_filter import Context, Filter


def search(text: str, message: object, context: Context) -> bool:
    return Filter(text, "spaces.messages.search").matches(message, context)


def test_the_caller_and_aliases() -> None:
    context = Context(caller="users/1", aliases={"users/ada@example.com": "users/1"})
    message = {"sender": {"name": "users/1"}}
    assert search('sender.name = "users/me"', message, context)
    assert search('sender.name = "users/ada@example.com"', message, context)
    assert not search('sender.name = "users/2"', message, context)


def test_spaces_in_any_form() -> None:
    for space in (
        {"name": "spaces/A", "displayName": "Plans", "spaceType": "SPACE"},
        '{"name": "spaces/A", "displayName": "Plans", "spaceType": 1}',
    ):
        context = Context(spaces=[space])
        message = {"name": "spaces/A/messages/1"}
        assert search('space.display_name:"plan" AND space.space_type = "SPACE"', message, context)
        assert not search('space.display_name:"plan"', {"name": "spaces/B/messages/1"}, context)


def test_unread_messages() -> None:
    context = Context(unread=("spaces/A/messages/1",))
    assert search("is_unread()", {"name": "spaces/A/messages/1"}, context)
    assert not search("is_unread()", {"name": "spaces/A/messages/2"}, context)


def test_contexts_are_compared_copied_and_pickled() -> None:
    context = Context(
        caller="users/1",
        aliases={"users/ada@example.com": "users/1"},
        now=datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.timezone.utc),
        parent="spaces/A",
        spaces=[{"name": "spaces/A", "displayName": "Plans"}],
        unread=["spaces/A/messages/1"],
        creators={"customEmojis/A": "users/1"},
    )
    copies = [copy.copy(context), copy.deepcopy(context), eval(repr(context))]
    copies += [pickle.loads(pickle.dumps(context, protocol)) for protocol in range(2, 6)]
    for other in copies:
        assert other == context
    assert context != Context(caller="users/1")
    assert Context() == Context()
    assert repr(Context(parent="spaces/A")) == "Context(parent='spaces/A')"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"now": "yesterday"}, ValueError, "invalid time"),
        ({"now": datetime.datetime(2026, 1, 31)}, ValueError, "a time zone is missing"),
        ({"now": 3}, TypeError, "expected a time"),
        ({"caller": 1}, TypeError, "caller"),
        ({"aliases": []}, TypeError, "aliases"),
        ({"spaces": [3]}, TypeError, "expected a space object"),
        ({"spaces": [{"displayName": 1}]}, ValueError, "displayName: invalid type"),
        ({"unread": [1]}, TypeError, "str"),
        ({"user": "users/1"}, TypeError, "user"),
    ],
)
def test_invalid_arguments(arguments: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Context(**arguments)  # type: ignore[arg-type]
