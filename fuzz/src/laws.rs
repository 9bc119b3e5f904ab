//! Laws of the filters of every method.

use gchat_filter::diagnostic::{Code, Edit, Fix, Stage};
use gchat_filter::syntax::{self, Expr, ExprKind};
use gchat_filter::{
    AnyFilter, Checked, Checker, IntersectionError, Method, Preset, custom_emojis, members,
    messages, messages_search, reactions, section_items, space_events, spaces, spaces_search,
};
use oracle::operators;

use crate::invariants;

/// Asserts that parsing, which builds no tree for common filters, agrees with checking.
pub fn assert_parses(method: Method, text: &str) {
    macro_rules! parse {
        ($($method:ident: $language:ident,)+) => {
            match method {
                $(Method::$method => {
                    let checked = $language::Filter::check(&Checker::new(), text);
                    let parsed = $language::Filter::parse(text);
                    assert_eq!(parsed.as_ref().ok(), checked.filter.as_ref(), "{text:?}");
                    if let Err(error) = parsed {
                        assert_eq!(error.diagnostics(), checked.diagnostics, "{text:?}");
                    }
                })+
                _ => unreachable!("{method}"),
            }
        };
    }
    parse! {
        SpacesMembersList: members,
        SpacesList: spaces,
        SpacesSearch: spaces_search,
        SpacesMessagesList: messages,
        SpacesMessagesSearch: messages_search,
        SpacesMessagesReactionsList: reactions,
        SpacesSpaceEventsList: space_events,
        CustomEmojisList: custom_emojis,
        UsersSectionsItemsList: section_items,
    }
}

/// The stage of the first error. Errors in what AND and OR join are a stage of their own.
fn stage(method: Method, checked: &Checked<'_, AnyFilter>) -> Option<(Stage, bool)> {
    let error = checked.errors().next()?;
    let is_shape = match error.code {
        Code::CrossFieldOr
        | Code::OrNotSupported
        | Code::AndNotSupported
        | Code::MixedWithinField
        | Code::NotAnInterval => true,
        Code::MixedOperators => matches!(
            method,
            Method::SpacesMessagesReactionsList | Method::SpacesMessagesSearch
        ),
        _ => false,
    };
    Some((error.stage(), is_shape))
}

/// Asserts the law of fixes. Certain fixes make progress, together and each on its own: after them, the
/// filter is valid, or its errors are in a later stage, or the text follows the grammar further, or the
/// stage has fewer errors. They keep the meaning of the filter if it has one, and the operators that
/// were typed, and repeating them comes to an end.
pub fn assert_fixes(checker: &Checker, method: Method, checked: &Checked<'_, AnyFilter>) {
    assert_each_fix(checker, method, checked);
    let text = &*checked.text;
    let Some(fixed) = &checked.fixed else {
        let mut fixes = fixes(checked);
        return assert!(!fixes.any(|fix| fix.certain), "{text:?}");
    };
    assert_ne!(fixed, text);
    let after = invariants::check_method(checker, method, fixed);
    assert_progress(method, checked, &after);
    assert_all_applied(checked, fixed);

    let meaning = |text| {
        let checker = Checker::new().preset(Preset::Aip160);
        checker.check_method(method, text).filter
    };
    let mut errors = checked.errors();
    let keeps_meaning = errors
        .next()
        .is_none_or(|error| error.stage() < Stage::Access);
    if keeps_meaning && let (Some(before), Some(after)) = (meaning(text), meaning(fixed)) {
        assert_eq!(
            before, after,
            "{text:?} and {fixed:?} have different meanings"
        );
    }
    assert_terminates(checker, method, fixed);
}

fn fixes<'c>(checked: &'c Checked<'_, AnyFilter>) -> impl Iterator<Item = &'c Fix> {
    let diagnostics = checked.diagnostics.iter();
    diagnostics.filter_map(|one| one.fix.as_ref())
}

/// Applies each fix separately. Certain fixes of errors must make progress on their own too.
fn assert_each_fix(checker: &Checker, method: Method, checked: &Checked<'_, AnyFilter>) {
    for diagnostic in &checked.diagnostics {
        let Some(fix) = &diagnostic.fix else { continue };
        let is_rewritten = matches!(diagnostic.code, Code::SwappedSides | Code::Negation);
        // There, `=` means `start_time >` and `end_time <=`.
        let is_same_bound =
            method == Method::SpacesSpaceEventsList && diagnostic.code == Code::UnsupportedOperator;
        if fix.certain && !is_rewritten && !is_same_bound {
            let edits = fix.edits.iter();
            let edits = edits.map(|edit| (edit.span.start..edit.span.end, &*edit.text));
            operators::assert_kept(&checked.text, edits);
        }
        let text = fix.apply(&checked.text).unwrap();
        let after = invariants::check_method(checker, method, &text);
        if fix.certain && diagnostic.is_error() {
            assert_progress(method, checked, &after);
        }
    }
}

/// Asserts that all certain fixes are applied, unless some overlap or are adjacent.
fn assert_all_applied(checked: &Checked<'_, AnyFilter>, fixed: &str) {
    let certain = fixes(checked).filter(|fix| fix.certain);
    let mut edits: Vec<&Edit> = certain.flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| edit.span);
    if edits
        .windows(2)
        .any(|pair| pair[0].span.end >= pair[1].span.start)
    {
        return;
    }
    let mut text = checked.text.clone().into_owned();
    for edit in edits.iter().rev() {
        text.replace_range(edit.span.start..edit.span.end, &edit.text);
    }
    assert_eq!(text, fixed);
}

/// Asserts that fixing repeatedly terminates. Skips long inputs, to keep the fuzzer fast.
fn assert_terminates(checker: &Checker, method: Method, fixed: &str) {
    if fixed.len() > 256 {
        return;
    }
    let mut text = fixed.to_owned();
    for _ in 0..4 * fixed.len() + 64 {
        match checker.check_method(method, &text).fixed {
            Some(fixed) => text = fixed,
            None => return,
        }
    }
    panic!("fixes do not terminate: {fixed:?}, last {text:?}");
}

/// Asserts that removing the redundant parts of a filter, the last one first, keeps its meaning and
/// comes to an end.
pub fn assert_simplifies(checker: &Checker, method: Method, checked: &Checked<'_, AnyFilter>) {
    let Some(filter) = &checked.filter else {
        return;
    };
    let mut text = checked.text.clone().into_owned();
    loop {
        let again = invariants::check_method(checker, method, &text);
        assert_eq!(
            again.filter.as_ref(),
            Some(filter),
            "{:?}: {text:?}",
            checked.text
        );
        let redundant = again.diagnostics.iter().rev();
        let mut redundant = redundant.filter(|one| one.code == Code::RedundantTerm);
        let Some(fix) = redundant.find_map(|one| one.fix.as_ref()) else {
            return;
        };
        let fixed = fix.apply(&text).unwrap();
        assert!(fixed.len() < text.len(), "{text:?}: {fixed:?}");
        text = fixed;
    }
}

/// Asserts that a fix makes progress.
fn assert_progress(
    method: Method,
    checked: &Checked<'_, AnyFilter>,
    after: &Checked<'_, AnyFilter>,
) {
    // Where the grammar stumbles. The error that is reported may explain more, from further left.
    let start = |checked: &Checked<'_, AnyFilter>| {
        let error = syntax::parse(&checked.text).err()?;
        Some(error.diagnostic().span.start)
    };
    let [before_stage, after_stage] = [stage(method, checked), stage(method, after)];
    let has_fewer = if before_stage == Some((Stage::Syntax, false)) {
        start(after) > start(checked)
    } else {
        after.errors().count() < checked.errors().count()
    };
    assert!(
        after.is_valid() || after_stage > before_stage || after_stage == before_stage && has_fewer,
        "the fix of {:?} is {:?}\n{:#?}\n{:#?}",
        checked.text,
        after.text,
        checked.diagnostics,
        after.diagnostics
    );
}

/// Asserts that a stricter preset accepts nothing that a more lenient one rejects.
pub fn assert_presets(checker: &Checker, method: Method, text: &str) {
    let check = |preset| {
        let checker = checker.clone().preset(preset);
        invariants::check_method(&checker, method, text).filter
    };
    let [strict, default, aip160] = [Preset::Strict, Preset::Default, Preset::Aip160].map(check);
    assert!(strict.is_none() || strict == default, "{text:?}");
    assert!(default.is_none() || default == aip160, "{text:?}");
}

/// Asserts that a filter prints as text with its meaning, unless that is too long.
pub fn assert_prints(checker: &Checker, method: Method, filter: &AnyFilter) {
    let printed = filter.to_string();
    let again = invariants::check_method(checker, method, &printed);
    let code = again.errors().next().map(|error| error.code);
    assert!(
        again.filter.as_ref() == Some(filter)
            || matches!(code, Some(Code::TooLong | Code::MissingFilter)),
        "{printed:?}: {:#?}",
        again.diagnostics
    );
}

/// Asserts that the printed text of a valid filter has no more comparisons than the filter.
pub fn assert_no_longer(checker: &Checker, method: Method, checked: &Checked<'_, AnyFilter>) {
    let (Some(filter), Some(tree)) = (&checked.filter, &checked.tree) else {
        return;
    };
    let printed = filter.to_string();
    let again = checker.check_method(method, &printed);
    let printed_count = again.tree.as_ref().map_or(0, comparisons);
    assert!(
        printed_count <= comparisons(tree),
        "{:?} is printed as {printed:?}",
        checked.text
    );
}

/// Counts the comparisons, and the words and calls that stand alone.
fn comparisons(expr: &Expr<'_>) -> usize {
    match &expr.kind {
        ExprKind::And(operands) | ExprKind::Sequence(operands) | ExprKind::Or(operands) => {
            operands.iter().map(comparisons).sum()
        }
        ExprKind::Not(_, operand) => comparisons(operand),
        ExprKind::Restriction(_) => 1,
    }
}

/// Asserts that equality, implication and intersection of two filters of a method agree. Those of
/// memberships have an exact model in the target `check`.
pub fn assert_related(a: &AnyFilter, b: &AnyFilter) {
    macro_rules! relate {
        ($($language:ident)+) => {
            match (a, b) {
                $((AnyFilter::$language(a), AnyFilter::$language(b)) => {
                    assert_eq!(a == b, a.implies(b) && b.implies(a), "{a} and {b}");
                    assert_eq!(a.is_disjoint(b), b.is_disjoint(a), "{a} and {b}");
                    let both = a.intersection(b);
                    assert_eq!(both, b.intersection(a), "{a} and {b}");
                    let is_empty = both == Err(IntersectionError::Empty);
                    assert_eq!(is_empty, a.is_disjoint(b), "{a} and {b}");
                    if let Ok(both) = both {
                        assert!(both.implies(a) && both.implies(b), "{both} of {a} and {b}");
                        assert_eq!(both == *a, a.implies(b), "{both} of {a} and {b}");
                    }
                })+
                _ => {}
            }
        };
    }
    relate! {
        Spaces SpacesSearch Messages MessagesSearch Reactions SpaceEvents CustomEmojis SectionItems
    }
}
