//! Any input as a filter of any method. Nothing panics, all spans are within the input, parsing agrees
//! with checking, certain fixes make progress together and alone, keep the meaning and come to an end,
//! a stricter preset never accepts what a more lenient one rejects, printed filters have the same
//! meaning, and without its redundant parts a filter still has it.

use gchat_filter::diagnostic::{Code, Diagnostic, Stage};
use gchat_filter::{
    AnyFilter, Checked, Checker, Method, Preset, custom_emojis, members, messages, messages_search,
    reactions, section_items, space_events, spaces, spaces_search,
};

use crate::invariants;

/// Runs the target on bytes of which the first one selects the method, by its index from `a` on, and
/// in upper case with admin access. The others are the filter, up to the first byte that is not UTF-8.
pub fn run(bytes: &[u8]) {
    let [choice, text @ ..] = bytes else { return };
    let text = crate::text(text);
    let index = usize::from(choice.to_ascii_lowercase().wrapping_sub(b'a'));
    let method = Method::ALL[index % Method::ALL.len()];
    let checker = Checker::new().admin_access(choice.is_ascii_uppercase());
    let checked = check(&checker, method, text);
    if !choice.is_ascii_uppercase() {
        assert_parses(method, text);
    }
    assert_fixes(&checker, method, &checked);
    assert_simplifies(&checker, method, &checked);
    assert_presets(&checker, method, text);
    for preset in [Preset::Default, Preset::Aip160] {
        let checker = checker.clone().preset(preset);
        if let Some(filter) = check(&checker, method, text).filter {
            assert_prints(&checker, method, &filter);
        }
    }
}

/// Checks the input and asserts the invariants of the result.
fn check<'a>(checker: &Checker, method: Method, text: &'a str) -> Checked<'a, AnyFilter> {
    let checked = checker.check_method(method, text);
    let stages: Vec<Stage> = checked.errors().map(Diagnostic::stage).collect();
    assert!(
        stages.windows(2).all(|pair| pair[0] == pair[1]),
        "{text:?}: {stages:?}"
    );
    assert_eq!(checked.is_valid(), stages.is_empty(), "{text:?}");
    for one in &checked.diagnostics {
        invariants::assert_diagnostic(text, one);
    }
    if let Some(tree) = &checked.tree {
        invariants::assert_tree(text, tree);
    }
    checked
}

/// Asserts that parsing, which builds no tree for common filters, agrees with checking.
fn assert_parses(method: Method, text: &str) {
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

/// Asserts the law of fixes.
fn assert_fixes(checker: &Checker, method: Method, checked: &Checked<'_, AnyFilter>) {
    for diagnostic in &checked.diagnostics {
        let Some(fix) = &diagnostic.fix else { continue };
        let fixed = fix.apply(&checked.text).unwrap();
        let after = check(checker, method, &fixed);
        if fix.certain && diagnostic.is_error() {
            assert_progress(method, checked, &after);
        }
    }
    let Some(fixed) = &checked.fixed else { return };
    assert_progress(method, checked, &check(checker, method, fixed));
    let meaning = |text| {
        let checker = Checker::new().preset(Preset::Aip160);
        checker.check_method(method, text).filter
    };
    let mut errors = checked.errors();
    let keeps_meaning = errors
        .next()
        .is_none_or(|error| error.stage() < Stage::Access);
    if keeps_meaning && let (Some(before), Some(after)) = (meaning(&checked.text), meaning(fixed)) {
        assert_eq!(before, after, "{:?} and {fixed:?}", checked.text);
    }
    // Long inputs would make the fuzzer slow.
    if fixed.len() > 256 {
        return;
    }
    let mut text = fixed.clone();
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
fn assert_simplifies(checker: &Checker, method: Method, checked: &Checked<'_, AnyFilter>) {
    let Some(filter) = &checked.filter else {
        return;
    };
    let mut text = checked.text.clone().into_owned();
    loop {
        let again = check(checker, method, &text);
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
    let start = |checked: &Checked<'_, AnyFilter>| {
        let mut errors = checked.errors();
        errors.next().map(|error| error.span.start)
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

fn assert_presets(checker: &Checker, method: Method, text: &str) {
    let check = |preset| check(&checker.clone().preset(preset), method, text).filter;
    let [strict, default, aip160] = [Preset::Strict, Preset::Default, Preset::Aip160].map(check);
    assert!(strict.is_none() || strict == default, "{text:?}");
    assert!(default.is_none() || default == aip160, "{text:?}");
}

/// Asserts that a filter prints as text with its meaning, unless that is too long.
fn assert_prints(checker: &Checker, method: Method, filter: &AnyFilter) {
    let printed = filter.to_string();
    let again = check(checker, method, &printed);
    let code = again.errors().next().map(|error| error.code);
    assert!(
        again.filter.as_ref() == Some(filter)
            || matches!(code, Some(Code::TooLong | Code::MissingFilter)),
        "{printed:?}: {:#?}",
        again.diagnostics
    );
}
