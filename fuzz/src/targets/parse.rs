//! Any input: nothing panics, all spans are within the input, `Filter::parse` and `Checker::check`
//! agree, and a stricter preset never accepts what a more lenient one rejects.

use crate::{invariants, text};
use gchat_filter::diagnostic::{Diagnostic, Stage};
use gchat_filter::members::Filter;
use gchat_filter::{Checker, Preset, syntax};

/// Runs the target on any input, up to the first byte that is not UTF-8.
pub fn run(bytes: &[u8]) {
    let text = text(bytes);
    let checked = invariants::check(&Checker::new(), text);
    match syntax::parse(text) {
        Ok(tree) => {
            assert_ne!(
                checked.errors().next().map(Diagnostic::stage),
                Some(Stage::Syntax)
            );
            assert_eq!(checked.tree, tree);
        }
        Err(error) => {
            invariants::assert_diagnostic(text, error.diagnostic());
            assert_eq!(error.diagnostic().stage(), Stage::Syntax);
            assert_eq!(error.span(), error.diagnostic().span);
            assert_eq!(error.to_string(), error.diagnostic().message);
        }
    }

    let parsed = Filter::parse(text);
    assert_eq!(
        parsed.as_ref().ok(),
        checked.filter.as_ref(),
        "`Filter::parse` and `Checker::check` differ: {text:?}"
    );
    if let Err(error) = parsed {
        assert_eq!(error.text(), text);
        assert_eq!(error.diagnostics(), checked.diagnostics);
        assert_eq!(error.fixed(), checked.fixed.as_deref());
        assert_eq!(Some(error.first()), checked.errors().next());
        assert!(!error.to_string().contains('\n'));
    }

    for admin_access in [false, true] {
        let check = |preset| {
            let checker = Checker::new().preset(preset).admin_access(admin_access);
            invariants::check(&checker, text).filter
        };
        let [strict, default, aip] = [Preset::Strict, Preset::Default, Preset::Aip160].map(check);
        assert!(strict.is_none() || strict == default, "{text:?}");
        assert!(default.is_none() || default == aip, "{text:?}");
        assert!(
            !admin_access || default.is_none() || default == checked.filter,
            "{text:?}"
        );
    }
}
