"""Resources as dicts and as JSON text."""

import collections
import datetime
import enum
import json
import types
from collections.abc import Iterator

import pytest
from cases import CASES, CONTEXT

from gchat_filter import METHODS, Filter, Method

HUMANS = Filter('member.type = "HUMAN"')
NOT_BOTS = Filter('member.type != "BOT"')
MANAGERS = Filter('role = "ROLE_MANAGER"')
AFTER = Filter('create_time > "2026-01-31T12:00:00Z"', "spaces.messages.list")


class Type(enum.IntEnum):
    HUMAN = 1
    BOT = 2


class Broken(collections.abc.Mapping[str, object]):
    def __getitem__(self, key: str) -> object:
        raise OSError("gone")

    def __iter__(self) -> Iterator[str]:
        return iter(["role"])

    def __len__(self) -> int:
        return 1


@pytest.mark.parametrize("method", METHODS)
def test_resources_of_all_methods(method: Method) -> None:
    text, matching, other = CASES[method]
    filter = Filter(text, method)
    for resource, expected in [(matching, True), (other, False)]:
        assert filter.matches(resource, CONTEXT) is expected
        assert filter.matches(json.dumps(resource), CONTEXT) is expected
        assert filter.matches(json.dumps(resource).encode(), CONTEXT) is expected
        assert filter.matches(types.MappingProxyType(resource), CONTEXT) is expected
        assert filter.matches(collections.ChainMap(resource), CONTEXT) is expected
    assert list(filter.select([matching, other, matching], CONTEXT)) == [matching, matching]


def test_a_group_has_no_member() -> None:
    group = {"name": "spaces/A/members/group-1", "groupMember": {"name": "groups/1"}}
    assert NOT_BOTS.matches(group) and not HUMANS.matches(group)


def test_what_is_absent_or_none_has_its_default() -> None:
    unspecified = Filter('role = "MEMBERSHIP_ROLE_UNSPECIFIED"', preset="aip160")
    for resource in ({}, {"role": None}, {"role": ""}, {"role": 0}, "{}", '{"role": null}'):
        assert unspecified.matches(resource)
    no_type = Filter('member.type = "TYPE_UNSPECIFIED"', preset="aip160")
    assert no_type.matches({"member": {}}) and no_type.matches({"member": {"type": None}})
    assert not no_type.matches({"member": None}) and not no_type.matches({})


def test_enums_are_names_or_integers() -> None:
    for value in ("HUMAN", 1, Type.HUMAN):
        assert HUMANS.matches({"member": {"type": value}})
    for value in ("BOT", 2, Type.BOT, "human", "CYBORG", 99, -1):
        assert not HUMANS.matches({"member": {"type": value}})


def test_both_spellings_of_keys_are_read() -> None:
    assert HUMANS.matches({"member": {"type_": "HUMAN"}})
    assert AFTER.matches({"create_time": "2026-01-31T12:00:01Z"})
    assert AFTER.matches({"createTime": "2026-01-31T12:00:01Z"})


def test_times_are_text_datetimes_or_objects() -> None:
    hour = datetime.timedelta(hours=1)
    zone = datetime.timezone(hour)
    for time, expected in [
        ("2026-01-31T12:00:00.000000001Z", True),
        ("2026-01-31T13:00:00+01:00", False),
        (datetime.datetime(2026, 1, 31, 13, 0, 0, 1, zone), True),
        (datetime.datetime(2026, 1, 31, 13, tzinfo=zone), False),
        ({"seconds": "1769860800", "nanos": 1}, True),
        ({"seconds": 1769860800}, False),
    ]:
        assert AFTER.matches({"createTime": time}) is expected
    with pytest.raises(ValueError, match="createTime: invalid time .*: a time zone is missing"):
        AFTER.matches({"createTime": datetime.datetime(2026, 1, 31)})


def test_other_keys_and_their_values_are_ignored() -> None:
    resource = {"role": "ROLE_MANAGER", "name": object(), 3: 4, "member": {"email": 1j}}
    assert MANAGERS.matches(resource)
    assert MANAGERS.matches(collections.UserDict(resource))


@pytest.mark.parametrize("resource", [None, 3, 1.5, True, [], (), object(), {1}, Type.HUMAN])
def test_what_is_not_a_resource_is_a_type_error(resource: object) -> None:
    with pytest.raises(TypeError, match="expected a membership object"):
        HUMANS.matches(resource)


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        ({"role": []}, "role: invalid type: sequence, expected a membership role: a name or a 32-bit int"),
        ({"role": True}, "role: invalid type: boolean `true`"),
        ({"role": 1.5}, "role: invalid type: floating point `1.5`"),
        ({"role": 2**31}, "role: invalid value: integer `2147483648`"),
        ({"role": 2**64}, "role: invalid value: integer of more than 64 bits"),
        ({"role": object()}, "role: invalid type: `object`"),
        ({"member": "users/1"}, "member: invalid type: string .users/1., expected a user object"),
        ({"member": {"type": {}}}, "member.type: invalid type: map"),
        ({"member": {"type": 1, "type_": 1}}, "member: duplicate field `type`"),
        ("", "JSON text: EOF while parsing"),
        ("{} {}", "JSON text: trailing characters at line 1 column 4"),
        ('{"role": []}', "JSON text: invalid type: sequence.* at line 1 column 11"),
        (b"\xff", "JSON text: "),
    ],
)
def test_invalid_resources_are_value_errors(resource: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        HUMANS.matches(resource)


def test_the_path_of_an_error_has_all_keys() -> None:
    filter = Filter('annotations.user_mentions.user.name:"users/1"', "spaces.messages.search")
    message = {"annotations": [{"type": "USER_MENTION", "userMention": {"user": {"name": 1}}}]}
    with pytest.raises(ValueError, match="^annotations.userMention.user.name: invalid type"):
        filter.matches(message)


def test_exceptions_of_resources_are_not_caught() -> None:
    with pytest.raises(OSError, match="gone"):
        MANAGERS.matches(Broken())
    with pytest.raises(OSError, match="gone"):
        MANAGERS.matches({"member": Broken()})
    with pytest.raises(UnicodeEncodeError):
        MANAGERS.matches({"role": "\ud800"})


def test_long_json_text() -> None:
    text = json.dumps({"role": "ROLE_MANAGER", "other": ["x" * 100] * 1000})
    assert MANAGERS.matches(text) and not HUMANS.matches(text)


def test_what_the_context_does_not_have_is_a_value_error() -> None:
    filter = Filter('creator("users/me")', "customEmojis.list")
    with pytest.raises(ValueError, match="depends on the caller, which the context does not have"):
        filter.matches({"name": "customEmojis/A"})


def test_select_reads_one_resource_at_a_time() -> None:
    read = []

    def pages() -> Iterator[dict[str, str]]:
        for role in ("ROLE_MEMBER", "ROLE_MANAGER", "ROLE_MANAGER"):
            read.append(role)
            yield {"role": role}

    selection = MANAGERS.select(pages())
    assert read == []
    assert next(selection) == {"role": "ROLE_MANAGER"}
    assert read == ["ROLE_MEMBER", "ROLE_MANAGER"]
    assert len(list(selection)) == 1
    assert list(selection) == []


def test_select_returns_the_same_objects() -> None:
    resource = {"role": "ROLE_MANAGER"}
    (selected,) = MANAGERS.select(iter([resource]))
    assert selected is resource


def test_select_raises_what_its_resources_raise() -> None:
    with pytest.raises(TypeError):
        MANAGERS.select(3)  # type: ignore[arg-type]
    selection = MANAGERS.select([{"role": []}, {"role": "ROLE_MANAGER"}])
    with pytest.raises(ValueError, match="role: invalid type"):
        next(selection)
    assert next(selection) == {"role": "ROLE_MANAGER"}
