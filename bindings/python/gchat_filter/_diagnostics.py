"""What a check reports, as plain data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from gchat_filter._native import Checked

Severity: TypeAlias = Literal["error", "warning"]
Stage: TypeAlias = Literal["syntax", "schema", "meaning", "access"]


@dataclass(frozen=True, slots=True)
class Label:
    """A note on a part of the text, `text[start:end]`."""

    start: int
    end: int
    #: The note: one line.
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement of a part of the text, `text[start:end]`; an insertion if the part is empty."""

    start: int
    end: int
    #: The replacement.
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A fix for the problem that a diagnostic reports."""

    #: Whether the fix certainly does what was intended. If not, it is a suggestion.
    certain: bool
    #: The replacements, in the order of the text, without overlaps.
    edits: tuple[Edit, ...]

    def apply(self, text: str) -> str:
        """Returns the text that was checked with only this fix applied.

        >>> from gchat_filter import check
        >>> text = "member.type = HUMAN"
        >>> fix = check(text).diagnostics[0].fix
        >>> fix.apply(text)
        'member.type = "HUMAN"'
        """
        parts, end = [], 0
        for edit in self.edits:
            parts += [text[end : edit.start], edit.text]
            end = edit.end
        return "".join([*parts, text[end:]])


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """An error or a warning about a part of a filter's text, `text[start:end]`."""

    #: `"error"` if it makes the filter invalid, else `"warning"`.
    severity: Severity
    #: The stage of the check: `"syntax"`, `"schema"`, `"meaning"` or `"access"`.
    stage: Stage
    #: A stable name such as `"unknown-value"`.
    code: str
    #: What is wrong: one line.
    message: str
    start: int
    end: int
    #: Notes on parts of the text.
    labels: tuple[Label, ...]
    #: How to fix it: one line.
    help: str | None
    fix: Fix | None


class FilterError(ValueError):
    """A filter is invalid.

    `str` is one line: the first error, where it is, and how many more errors there are.

    >>> from gchat_filter import Filter, FilterError
    >>> try:
    ...     Filter('member.type = "human"')
    ... except FilterError as error:
    ...     print(error)
    ...     print(error.fixed)
    unknown value `"human"` for `member.type` (at index 14)
    member.type = "HUMAN"
    """

    def __init__(self, message: str, checked: Checked) -> None:
        super().__init__(message)
        self._checked = checked

    def __reduce__(self) -> tuple[Callable[..., FilterError], tuple[str, Checked]]:
        return (type(self), (str(self), self._checked))

    @property
    def text(self) -> str:
        """The text that was checked."""
        return self._checked.text

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Errors and warnings, in the order of the text."""
        return self._checked.diagnostics

    @property
    def fixed(self) -> str | None:
        """The text with all certain fixes applied; `None` if there are none."""
        return self._checked.fixed

    @property
    def report(self) -> str:
        """A drawing of the diagnostics for people, of several lines."""
        return self._checked.report
