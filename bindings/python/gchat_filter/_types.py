"""Names that arguments have."""

from __future__ import annotations

from typing import Literal, TypeAlias

#: A method of the API that has a filter.
Method: TypeAlias = Literal[
    "spaces.members.list",
    "spaces.list",
    "spaces.search",
    "spaces.messages.list",
    "spaces.messages.search",
    "spaces.messages.reactions.list",
    "spaces.spaceEvents.list",
    "customEmojis.list",
    "users.sections.items.list",
]
Preset: TypeAlias = Literal["default", "strict", "aip160"]
Level: TypeAlias = Literal["allow", "warn", "deny"]
Dialect: TypeAlias = Literal["duckdb", "sqlite", "postgres", "spark", "bigquery"]
Layout: TypeAlias = Literal["flat", "nested", "json"]
