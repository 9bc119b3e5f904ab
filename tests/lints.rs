//! The levels of lints, in all combinations of two lints.

use gchat_filter::members::Filter;
use gchat_filter::{Checker, Level, Lint, Preset};

/// Filters without errors other than lints.
const FILTERS: [&str; 14] = [
    r#"role = "ROLE_MEMBER""#,
    "role = ROLE_MEMBER",
    "role = 'ROLE_MEMBER'",
    r#"role = "ROLE_MEMBER" AND member.type = "HUMAN" OR member.type = "BOT""#,
    r#"role = "ROLE_MEMBER" member.type = "HUMAN""#,
    r#"NOT role = "ROLE_MEMBER""#,
    r#"role != "ROLE_MEMBER""#,
    r#"role = "ROLE_ASSISTANT_MANAGER""#,
    r#"role = "ROLE_MEMBER" OR role = "ROLE_MEMBER""#,
    r#"member.type = "HUMAN" OR member.type != "HUMAN""#,
    r#"member.type = "HUMAN" OR member.type != "HUMAN" OR role = "ROLE_MEMBER""#,
    "NOT (role != ROLE_MEMBER AND role != 'ROLE_MEMBER')",
    r#"-role = TYPE_UNSPECIFIED OR role != "ROLE_MEMBER" role = "ROLE_MEMBER""#,
    r#"role = "ROLE_MEMBER" AND (member.type != "BOT" OR member.type = BOT)"#,
];

const LEVELS: [Level; 3] = [Level::Allow, Level::Warn, Level::Deny];

/// A filter is invalid if any lint that finds something is denied, whatever the levels of the others.
#[test]
fn a_denied_lint_is_never_skipped() {
    let aip160 = Checker::new().preset(Preset::Aip160);
    let mut lints_found = 0;
    for text in FILTERS {
        let checked = Filter::check(&aip160, text);
        if !checked.is_valid() {
            continue;
        }
        let finds = |lint: &&Lint| {
            let checker = aip160.clone().level(**lint, Level::Warn);
            let found = Filter::check(&checker, text);
            found.warnings().next().is_some()
        };
        let found: Vec<Lint> = Lint::ALL.iter().filter(finds).copied().collect();
        lints_found += found.len();
        for base in [Preset::Default, Preset::Strict, Preset::Aip160] {
            for first in Lint::ALL {
                for second in Lint::ALL {
                    for (a, b) in LEVELS.into_iter().flat_map(|a| LEVELS.map(|b| (a, b))) {
                        let checker = Checker::new().preset(base);
                        let checker = checker.level(*first, a).level(*second, b);
                        let is_denied = |lint: &Lint| checker.level_of(*lint) == Level::Deny;
                        let checked = Filter::check(&checker, text);
                        assert_eq!(
                            checked.is_valid(),
                            !found.iter().any(is_denied),
                            "{text}: {first} {a:?}, {second} {b:?}, {base:?}"
                        );
                        for diagnostic in &checked.diagnostics {
                            let mut lints = found.iter();
                            assert!(
                                lints.any(|lint| lint.code() == diagnostic.code
                                    && checker.level_of(*lint) != Level::Allow),
                                "{text}: {diagnostic:?}"
                            );
                        }
                    }
                }
            }
        }
    }
    assert!(lints_found >= 16, "{lints_found}");
}
