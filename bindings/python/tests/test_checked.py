"""What checks report."""

import copy
import pickle

import pytest

from gchat_filter import Context, Diagnostic, Edit, Filter, FilterError, Fix, Label, check

CONTRADICTION = 'role = "ROLE_MANAGER" AND member.type = "HUMAN" AND role = "ROLE_MEMBER"'


def test_an_error_has_all_its_parts() -> None:
    checked = check('member.type = "human"')
    assert not checked.valid and not checked and checked.filter is None
    assert checked.text == 'member.type = "human"'
    (diagnostic,) = checked.diagnostics
    assert (diagnostic.severity, diagnostic.stage, diagnostic.code) == ("error", "schema", "unknown-value")
    assert diagnostic.message == 'unknown value `"human"` for `member.type`'
    assert checked.text[diagnostic.start : diagnostic.end] == '"human"'
    assert diagnostic.help and "HUMAN" in diagnostic.help
    assert diagnostic.fix is not None and diagnostic.fix.certain
    assert checked.fixed == 'member.type = "HUMAN"'
    assert diagnostic.fix.apply(checked.text) == checked.fixed
    assert checked.report.startswith('error[unknown-value]: unknown value `"human"` for `member.type`\n')


def test_labels_are_in_the_order_of_the_text() -> None:
    (diagnostic,) = check(CONTRADICTION).diagnostics
    assert [CONTRADICTION[label.start : label.end] for label in diagnostic.labels] == [
        'role = "ROLE_MANAGER"',
        'role = "ROLE_MEMBER"',
    ]
    assert diagnostic.labels[0].text == "requires `role` to be `ROLE_MANAGER`"
    assert diagnostic.fix is not None and not diagnostic.fix.certain


def test_a_valid_filter_can_have_warnings() -> None:
    checked = check("member.type = 'HUMAN'")
    assert checked.valid and checked
    assert checked.filter == Filter('member.type = "HUMAN"')
    assert [(own.severity, own.code) for own in checked.diagnostics] == [("warning", "single-quotes")]
    assert checked.fixed == 'member.type = "HUMAN"'


def test_nothing_to_report() -> None:
    checked = check('member.type = "HUMAN"')
    assert checked.diagnostics == () and checked.fixed is None and checked.report == ""


def test_diagnostics_are_computed_once() -> None:
    checked = check("member.type = 'HUMAN'")
    assert checked.diagnostics is checked.diagnostics


@pytest.mark.parametrize("prefix", ["", "ä", "√", "🙂", "👩‍👩‍👧🙂", "e\u0301", "a\u00a0"])
@pytest.mark.parametrize("suffix", ["", "é🙂"])
def test_offsets_are_indexes_of_the_string(prefix: str, suffix: str) -> None:
    text = f'role = "{prefix}" OR member.type = "{suffix}" OR role = HUMAN OR "{prefix}{suffix}" = role'
    parts = [text[own.start : own.end] for own in check(text).diagnostics]
    assert f'"{prefix}"' in parts and f'"{suffix}"' in parts
    assert "HUMAN" in parts and f'"{prefix}{suffix}" = role' in parts


def test_edits_are_indexes_of_the_string() -> None:
    text = 'role = "🙂é" OR member.type = “HUMAN”'
    checked = check(text)
    fixes = [own.fix for own in checked.diagnostics if own.fix]
    assert [fix.apply(text) for fix in fixes] == ['role = "🙂é" OR member.type = "HUMAN"']
    assert [text[edit.start : edit.end] for fix in fixes for edit in fix.edits] == ["“", "”"]


def test_an_offset_at_the_end_of_the_text() -> None:
    text = 'role = "🙂" AND'
    (diagnostic,) = check(text).diagnostics
    assert (diagnostic.code, diagnostic.start, diagnostic.end) == ("unexpected-end", len(text), len(text))


def test_a_text_over_the_limit_has_an_index_at_the_limit() -> None:
    text = '"' + "é" * 10_000 + '"'
    (diagnostic,) = check(text).diagnostics
    assert diagnostic.code == "too-long"
    assert len(text[: diagnostic.start].encode()) in (16_383, 16_384)
    with pytest.raises(FilterError, match=f"at index {diagnostic.start}"):
        Filter(text)


def test_the_exception_has_what_the_check_reports() -> None:
    with pytest.raises(FilterError) as caught:
        Filter('role = "é" AND role = "OWNER" AND member.type = "HUMAN"')
    error = caught.value
    assert str(error) == 'unknown value `"é"` for `role` (at index 7), and 1 more error'
    assert isinstance(error, ValueError) and error.args == (str(error),)
    checked = check(error.text)
    assert error.diagnostics == checked.diagnostics
    assert error.fixed == checked.fixed
    assert error.report == checked.report


def test_the_exception_has_the_settings_of_the_filter() -> None:
    with pytest.raises(FilterError) as caught:
        Filter("space = 'spaces/A'", "users.sections.items.list")
    assert caught.value.fixed == "space = spaces/A"
    with pytest.raises(FilterError) as caught:
        Filter('role = "ROLE_MANAGER"', admin_access=True)
    assert caught.value.fixed == 'role = "ROLE_MANAGER" AND member.type != "BOT"'


def test_warnings_that_depend_on_the_request() -> None:
    text = "thread.name = spaces/B/threads/C"
    assert not check(text, "spaces.messages.list").diagnostics
    (warning,) = check(text, "spaces.messages.list", context=Context(parent="spaces/A")).diagnostics
    assert (warning.severity, warning.code) == ("warning", "foreign-thread")


def test_results_and_exceptions_are_copied_and_pickled() -> None:
    checked = check(
        "thread.name = spaces/🙂/threads/C AND thread.name = 'spaces/A/threads/C'",
        "spaces.messages.list",
        preset="aip160",
        levels={"single-quotes": "warn"},
        context=Context(parent="spaces/A", now="2026-01-31T12:00:00Z"),
    )
    for other in (pickle.loads(pickle.dumps(checked)), copy.copy(checked), copy.deepcopy(checked)):
        assert other.text == checked.text
        assert other.diagnostics == checked.diagnostics != ()
        assert other.fixed == checked.fixed and other.filter == checked.filter
    with pytest.raises(FilterError) as caught:
        Filter('role = "OWNER"', admin_access=True)
    other = pickle.loads(pickle.dumps(caught.value))
    assert str(other) == str(caught.value)
    assert other.diagnostics == caught.value.diagnostics
    assert other.report == caught.value.report


def test_the_result_does_not_depend_on_later_changes_of_the_levels() -> None:
    levels = {"single-quotes": "deny"}
    checked = check("role = 'ROLE_MANAGER'", levels=levels)  # type: ignore[arg-type]
    levels["single-quotes"] = "allow"
    assert pickle.loads(pickle.dumps(checked)).diagnostics == checked.diagnostics


def test_what_is_reported_is_data() -> None:
    edit = Edit(0, 4, "member.type")
    fix = Fix(True, (edit,))
    diagnostic = Diagnostic("error", "schema", "unknown-field", "m", 0, 4, (Label(0, 4, "l"),), None, fix)
    assert {diagnostic} == {pickle.loads(pickle.dumps(diagnostic))}
    assert fix.apply("type = 1") == "member.type = 1"
    with pytest.raises(AttributeError):
        diagnostic.code = "other"  # type: ignore[misc]


def test_repr_says_whether_the_filter_is_valid() -> None:
    assert repr(check('role = "é"')) == "<Checked 'role = \"é\"', invalid>"
    assert repr(check("")) == "<Checked '', valid>"


def test_long_texts() -> None:
    text = " OR ".join(['role = "é"'] * 1_000)
    checked = check(text)
    assert [text[own.start : own.end] for own in checked.diagnostics] == ['"é"'] * 1_000
    assert checked.report.count("error[unknown-value]") == 16
