"""Filters: construction, comparison, copies."""

import copy
import pickle
import threading

import pytest
from cases import CASES, CONTEXT

from gchat_filter import METHODS, Filter, FilterError, check

MANAGERS = Filter('role = "ROLE_MANAGER"')
HUMANS = Filter('member.type = "HUMAN"')
BOTS = Filter('member.type = "BOT"')
SPACES = Filter('space_type = "SPACE"', "spaces.list")


def test_str_is_the_shortest_text() -> None:
    filter = Filter('(role = "ROLE_MANAGER") AND member.type="HUMAN"')
    assert str(filter) == 'member.type = "HUMAN" AND role = "ROLE_MANAGER"'
    assert str(Filter("")) == ""


def test_repr_creates_an_equal_filter() -> None:
    for method, (text, _, _) in CASES.items():
        filter = Filter(text, method)
        assert eval(repr(filter)) == filter
        assert filter.method == method


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("member.type = 'HUMAN'", {"preset": "strict"}),
        ("member.type = 'HUMAN'", {"levels": {"single-quotes": "deny"}}),
        ('role = "ROLE_MANAGER"', {"admin_access": True}),
        ('member.type != "BOT"', {"method": "spaces.list"}),
    ],
)
def test_settings_are_applied(text: str, settings: dict[str, object]) -> None:
    Filter(text)
    with pytest.raises(FilterError):
        Filter(text, **settings)  # type: ignore[arg-type]


def test_a_preset_allows_what_is_not_documented() -> None:
    with pytest.raises(FilterError, match="negation"):
        Filter('NOT role = "ROLE_MANAGER"')
    assert Filter('NOT role = "ROLE_MANAGER"', preset="aip160").isdisjoint(MANAGERS)
    assert Filter("member.type = HUMAN", levels={"unquoted-value": "warn"}) == HUMANS


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "spaces.get"}, "unknown method with a filter `spaces.get`, expected one of `spaces.mem"),
        ({"preset": "lax"}, "unknown preset `lax`, expected one of `default`"),
        ({"levels": {"quotes": "deny"}}, "unknown lint `quotes`"),
        ({"levels": {"single-quotes": "off"}}, "unknown level `off`"),
    ],
)
def test_unknown_names_are_value_errors(arguments: dict[str, object], message: str) -> None:
    for create in (Filter, check):
        with pytest.raises(ValueError, match=message) as caught:
            create("", **arguments)  # type: ignore[arg-type]
        assert not isinstance(caught.value, FilterError)


def test_other_types_are_type_errors() -> None:
    for text in (None, 1, b"", ["role"]):
        with pytest.raises(TypeError):
            Filter(text)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Filter("", context={})  # type: ignore[arg-type]


def test_a_lone_surrogate_is_a_value_error() -> None:
    with pytest.raises(UnicodeEncodeError):
        Filter('role = "\ud800"')


def test_operators_of_memberships() -> None:
    both = HUMANS & MANAGERS
    assert str(both) == 'member.type = "HUMAN" AND role = "ROLE_MANAGER"'
    assert str(HUMANS | BOTS) == 'member.type = "BOT" OR member.type = "HUMAN"'
    assert (HUMANS | BOTS) - BOTS == HUMANS
    assert HUMANS - MANAGERS | both == HUMANS
    with pytest.raises(ValueError, match="nothing matches both filters"):
        HUMANS & BOTS
    with pytest.raises(ValueError, match="nothing"):
        both - HUMANS


def test_filters_are_ordered_by_what_they_match() -> None:
    both = HUMANS & MANAGERS
    assert both <= HUMANS and both < HUMANS and HUMANS >= both and HUMANS > both
    assert HUMANS <= HUMANS and not HUMANS < HUMANS
    assert not HUMANS <= BOTS and not BOTS <= HUMANS
    assert HUMANS.isdisjoint(BOTS) and not HUMANS.isdisjoint(both)


@pytest.mark.parametrize("method", METHODS[1:])
def test_operators_of_other_methods(method: str) -> None:
    filter = Filter(CASES[method][0], method)  # type: ignore[index, arg-type]
    assert filter & filter == filter
    assert filter <= filter and not filter.isdisjoint(filter)
    for operate in (lambda: filter | filter, lambda: filter - filter):
        with pytest.raises(TypeError, match=f"only for filters of spaces.members.list, not of {method}"):
            operate()


def test_an_intersection_that_the_language_cannot_express_is_a_value_error() -> None:
    one = Filter('creator("users/me")', "customEmojis.list")
    other = Filter('NOT creator("users/me")', "customEmojis.list")
    with pytest.raises(ValueError, match="nothing matches both"):
        one & other
    mentions = 'annotations.user_mentions.user.name:"users/{}"'
    either = Filter(f"{mentions.format(1)} OR {mentions.format(2)}", "spaces.messages.search")
    third = Filter(mentions.format(3), "spaces.messages.search")
    with pytest.raises(ValueError, match="cannot express"):
        either & third


def test_filters_of_different_methods_are_not_compared() -> None:
    assert HUMANS != SPACES
    for operate in (
        lambda: HUMANS & SPACES,
        lambda: HUMANS | SPACES,
        lambda: HUMANS - SPACES,
        lambda: HUMANS <= SPACES,
        lambda: HUMANS > SPACES,
        lambda: HUMANS.isdisjoint(SPACES),
    ):
        with pytest.raises(TypeError):
            operate()


def test_other_objects_are_not_filters() -> None:
    assert HUMANS != 'member.type = "HUMAN"'
    for operate in (lambda: HUMANS & "", lambda: "" | HUMANS, lambda: HUMANS < 1, lambda: HUMANS - None):
        with pytest.raises(TypeError):
            operate()


def test_equal_filters_have_equal_hashes() -> None:
    written = [
        Filter('role = "ROLE_MANAGER" AND member.type = "HUMAN"'),
        Filter('member.type = "HUMAN" AND (role = "ROLE_MANAGER")'),
        HUMANS & MANAGERS,
    ]
    assert len(set(written)) == 1
    every = {Filter(text, method) for method, (text, _, _) in CASES.items()}
    assert len(every) == len(METHODS)


def test_filters_are_copied_and_pickled() -> None:
    undocumented = Filter('NOT role = "ROLE_MANAGER" AND member.type = TYPE_UNSPECIFIED', preset="aip160")
    filters = [Filter(text, method) for method, (text, _, _) in CASES.items()]
    for filter in [*filters, undocumented, Filter("")]:
        copies = [copy.copy(filter), copy.deepcopy(filter)]
        copies += [pickle.loads(pickle.dumps(filter, protocol)) for protocol in range(6)]
        for other in copies:
            assert other == filter and hash(other) == hash(filter) and str(other) == str(filter)


def test_filters_cannot_be_changed_or_subclassed() -> None:
    with pytest.raises(AttributeError):
        HUMANS.method = "spaces.list"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        HUMANS.other = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        type("Other", (Filter,), {})


def test_threads_share_filters() -> None:
    failures: list[object] = []

    def work() -> None:
        for _ in range(200):
            for method, (text, matching, other) in CASES.items():
                filter = Filter(text, method)
                if not filter.matches(matching, CONTEXT) or filter.matches(other, CONTEXT):
                    failures.append(method)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_sql() -> None:
    filter = Filter('role = "ROLE_MANAGER" AND member.type != "BOT"')
    nested = "role = 'ROLE_MANAGER' AND (member.type <> 'BOT' OR member.type IS NULL)"
    assert filter.to_sql("duckdb", "nested") == nested
    assert filter.to_sql("postgres", columns={"role": "m.role"}).startswith("m.role = 'ROLE_MANAGER' AND")
    assert "member_type" in filter.to_sql("sqlite")
    assert "(doc ->> '$.member.type')" in filter.to_sql("sqlite", "json", document="doc")
    assert filter.to_sql("spark", value=True).startswith("COALESCE(")
    mine = Filter('creator("users/me")', "customEmojis.list")
    assert mine.to_sql("duckdb", caller="users/1") == "creator = 'users/1'"
    for arguments, message in [
        (("oracle",), "unknown dialect `oracle`"),
        (("duckdb", "columnar"), "unknown layout `columnar`"),
        (("sqlite", "nested"), "has no structs"),
    ]:
        with pytest.raises(ValueError, match=message):
            filter.to_sql(*arguments)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unknown property `kind`"):
        filter.to_sql("duckdb", columns={"kind": "k"})
    with pytest.raises(ValueError, match="depends on the caller"):
        mine.to_sql("duckdb")


def test_sql_selects_what_matches() -> None:
    import sqlite3

    resources = [
        {"role": role, "member_type": kind}
        for role in (None, "ROLE_MEMBER", "ROLE_MANAGER")
        for kind in (None, "HUMAN", "BOT")
    ]
    rows = sqlite3.connect(":memory:")
    rows.execute("CREATE TABLE memberships (role, member_type)")
    rows.executemany("INSERT INTO memberships VALUES (:role, :member_type)", resources)
    for filter in (HUMANS, MANAGERS, HUMANS & MANAGERS, HUMANS | MANAGERS, Filter('member.type != "BOT"')):
        found = rows.execute(f"SELECT role, member_type FROM memberships WHERE {filter.to_sql('sqlite')}")
        expected = [
            (row["role"], row["member_type"])
            for row in resources
            if filter.matches({"role": row["role"], "member": row["member_type"] and {"type": row["member_type"]}})
        ]
        assert found.fetchall() == expected
