//! Any input as a filter of any method. Nothing panics, all spans are within the input, parsing agrees
//! with checking, certain fixes make progress, a stricter preset never accepts what a more lenient one
//! rejects, and printed filters have the same meaning.

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
    assert_progress(&checker, method, &checked);
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

/// Asserts that the certain fixes make progress.
fn assert_progress(checker: &Checker, method: Method, checked: &Checked<'_, AnyFilter>) {
    let Some(fixed) = &checked.fixed else { return };
    let after = check(checker, method, fixed);
    let start = |checked: &Checked<'_, AnyFilter>| {
        let mut errors = checked.errors();
        errors.next().map(|error| error.span.start)
    };
    let [before_stage, after_stage] = [stage(method, checked), stage(method, &after)];
    let has_fewer = if before_stage == Some((Stage::Syntax, false)) {
        start(&after) > start(checked)
    } else {
        after.errors().count() < checked.errors().count()
    };
    assert!(
        after.is_valid() || after_stage > before_stage || after_stage == before_stage && has_fewer,
        "the fix of {:?} is {fixed:?}\n{:#?}\n{:#?}",
        checked.text,
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
