"""A program that uses the package, for `mypy --strict`. It is not run."""

from collections.abc import Iterator

from typing_extensions import assert_type

from gchat_filter import Checked, Context, Diagnostic, Filter, FilterError, Fix, Method, check
from gchat_filter.mock import MockServer


def managers(members: list[dict[str, str]]) -> list[dict[str, str]]:
    filter = Filter('role = "ROLE_MANAGER"', admin_access=False, preset="strict")
    assert_type(filter.matches(members[0]), bool)
    assert_type(filter.select(members), Iterator[dict[str, str]])
    assert_type(filter & filter | filter - filter, Filter)
    assert_type(filter <= filter, bool)
    assert_type(filter.to_sql("duckdb", "nested", columns={"role": "r"}), str)
    assert_type(filter.method, Method)
    return list(filter.select(members, Context(caller="users/1")))


def explain(text: str, method: Method) -> str | None:
    checked = check(text, method, levels={"single-quotes": "deny"})
    assert_type(checked, Checked)
    assert_type(checked.filter, Filter | None)
    for diagnostic in checked.diagnostics:
        assert_type(diagnostic, Diagnostic)
        assert_type(diagnostic.start, int)
        assert_type(diagnostic.fix, Fix | None)
    try:
        Filter(text, method)
    except FilterError as error:
        return error.fixed
    return None


def url() -> str:
    with MockServer({"spaces": [{"name": "spaces/A"}]}, now="2026-01-31T12:00:00Z") as server:
        return server.url


# What type checkers reject.
Filter(1)  # type: ignore[arg-type]
Filter("", "spaces.member.list")  # type: ignore[arg-type]
check("", preset="lax")  # type: ignore[arg-type]
Filter("") & ""  # type: ignore[operator]
Filter("").method = "spaces.list"  # type: ignore[misc]
Filter("").to_sql("oracle")  # type: ignore[arg-type]
