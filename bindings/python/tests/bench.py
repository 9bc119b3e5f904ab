"""Measures the package beside what a program in Python would do without it.

Prints medians of ratios, each of two measurements one right after the other, because machines are noisy.
`bindings/python/test bench` runs it.
"""

import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from gchat_filter import Filter, FilterError, _native, check

ROUNDS = 31

# A parser of valid filters of memberships, without diagnostics: a filter becomes the set of what it matches,
# as a bit for each of 25 combinations of a role and a type.
TOKEN = re.compile(r'\s*(?:(role|member\.type)\s*(!?=)\s*"(\w+)"|(AND|OR)(?=\s)|([()])|($))')
ROLES = ["MEMBERSHIP_ROLE_UNSPECIFIED", "ROLE_MEMBER", "ROLE_MANAGER", "ROLE_ASSISTANT_MANAGER", ""]
TYPES = ["", "TYPE_UNSPECIFIED", "HUMAN", "BOT", " "]
ALL = (1 << 25) - 1
VALUES = {
    "role": {
        role: sum(1 << (5 * index + kind) for kind in range(5)) for index, role in enumerate(ROLES) if role in ROLES[1:3]
    },
    "member.type": {
        kind: sum(1 << (5 * role + index) for role in range(5)) for index, kind in enumerate(TYPES) if kind in TYPES[2:4]
    },
}


class Parser:
    """A parser by recursive descent: OR binds tighter than AND."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.advance()

    def advance(self) -> None:
        match = TOKEN.match(self.text, self.at)
        if match is None:
            raise ValueError(self.text)
        self.field, self.operator, self.value, self.word, self.parenthesis, _ = match.groups()
        self.at = match.end()

    def parse(self) -> int:
        cells = self.conjunction()
        if self.at < len(self.text) or self.field or self.word or self.parenthesis:
            raise ValueError(self.text)
        return cells

    def conjunction(self) -> int:
        cells = self.disjunction()
        while self.word == "AND":
            self.advance()
            cells &= self.disjunction()
        if not cells:
            raise ValueError(self.text)
        return cells

    def disjunction(self) -> int:
        cells = self.term()
        while self.word == "OR":
            self.advance()
            cells |= self.term()
        return cells

    def term(self) -> int:
        if self.field:
            cells = VALUES[self.field][self.value]
            if self.operator == "!=":
                if self.field == "role":
                    raise ValueError(self.text)
                cells = ALL & ~cells
            self.advance()
            return cells
        if self.parenthesis != "(":
            raise ValueError(self.text)
        self.advance()
        cells = self.conjunction()
        if self.parenthesis != ")":
            raise ValueError(self.text)
        self.advance()
        return cells


FILTERS = [
    'role = "ROLE_MANAGER"',
    'member.type = "HUMAN" AND role = "ROLE_MANAGER"',
    'member.type != "BOT" AND (role = "ROLE_MANAGER" OR role = "ROLE_MEMBER")',
    '(role = "ROLE_MANAGER" OR member.type = "HUMAN") AND (role = "ROLE_MEMBER" OR member.type != "BOT")',
]

PREDICATES: list[tuple[str, Callable[[dict], bool]]] = [
    ('role = "ROLE_MANAGER"', lambda m: m.get("role") == "ROLE_MANAGER"),
    ('member.type = "HUMAN"', lambda m: m.get("member", {}).get("type") == "HUMAN"),
    (
        'member.type = "HUMAN" AND role = "ROLE_MANAGER"',
        lambda m: m.get("member", {}).get("type") == "HUMAN" and m.get("role") == "ROLE_MANAGER",
    ),
    (
        'member.type != "BOT" AND (role = "ROLE_MANAGER" OR role = "ROLE_MEMBER")',
        lambda m: m.get("member", {}).get("type") != "BOT" and m.get("role") in ("ROLE_MANAGER", "ROLE_MEMBER"),
    ),
]

MEMBERS = [
    {
        "name": f"spaces/AAAA/members/{number}",
        "state": "JOINED",
        "role": ["ROLE_MEMBER", "ROLE_MANAGER"][number % 2],
        "createTime": "2026-01-31T12:00:00.000000Z",
        "member": {"name": f"users/{number}", "displayName": "Ada", "type": ["HUMAN", "HUMAN", "BOT"][number % 3]},
    }
    for number in range(1_000)
]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(one: Callable[[], object], other: Callable[[], object]) -> float:
    """Returns the median of how much longer `one` takes than `other`."""
    return statistics.median(seconds(one) / seconds(other) for _ in range(ROUNDS))


def repeated(work: Callable[[], object], times: int = 2_000) -> Callable[[], None]:
    def repeat() -> None:
        for _ in range(times):
            work()

    return repeat


def row(name: str, value: float, unit: str = "times") -> None:
    print(f"{value:8.2f} {unit:6} {name}")


def main() -> None:
    print("Filter(text), faster than a parser in Python without diagnostics:")
    for text in FILTERS:
        parsed, filter = Parser(text).parse(), Filter(text)
        for member in MEMBERS:
            role, kind = ROLES.index(member["role"]), TYPES.index(member["member"]["type"])
            assert bool(parsed >> (5 * role + kind) & 1) == filter.matches(member)
        row(text, ratio(repeated(lambda: Parser(text).parse()), repeated(lambda: Filter(text))))

    print("filter.matches(dict), as long as a lambda for this filter:")
    for text, predicate in PREDICATES:
        filter = Filter(text)
        assert list(filter.select(MEMBERS)) == [member for member in MEMBERS if predicate(member)]
        row(
            text,
            ratio(
                lambda: [member for member in MEMBERS if filter.matches(member)],
                lambda: [member for member in MEMBERS if predicate(member)],
            ),
        )

    text, predicate = PREDICATES[2]
    filter = Filter(text)
    print("filter.select(dicts), as long as a comprehension with the lambda:")
    row(text, ratio(lambda: list(filter.select(MEMBERS)), lambda: [own for own in MEMBERS if predicate(own)]))

    print("Time for twice the text, which is long and invalid:")
    half, whole = (" OR ".join(['role = "é"'] * count) for count in (500, 1_000))
    for name, work in [
        ("check(text)", lambda text: check(text)),
        ("check(text).diagnostics", lambda text: check(text).diagnostics),
        ("check(text).report", lambda text: check(text).report),
        ("Filter(text)", refused),
    ]:
        row(name, ratio(lambda: work(whole), lambda: work(half)))

    size = Path(_native.__file__).stat().st_size
    print(f"{size / 1e6:8.2f} MB    the extension module, with the mock server and the command")
    print(sys.version)


def refused(text: str) -> None:
    try:
        Filter(text)
    except FilterError:
        return
    raise AssertionError


if __name__ == "__main__":
    main()
