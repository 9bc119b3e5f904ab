//! Lints with levels of one's own: what a program accepts, warns about and rejects.
//!
//! ```console
//! $ cargo run --features report --example lint_levels
//! ```

use gchat_filter::{Checker, Level, Lint, Method, Preset, Report};

fn main() {
    // All that AIP-160 defines is accepted, but negations are pointed out and redundant parts are
    // errors.
    let checker = Checker::new()
        .preset(Preset::Aip160)
        .level(Lint::Negation, Level::Warn)
        .level(Lint::RedundantTerm, Level::Deny);
    for (text, is_valid) in [
        ("NOT member.type = BOT", true),
        ("role = ROLE_MANAGER OR role = ROLE_MANAGER", false),
    ] {
        let checked = checker.check_method(Method::SpacesMembersList, text);
        print!("{}", Report::from(&checked));
        assert_eq!(checked.is_valid(), is_valid);
        assert_eq!(checked.diagnostics.len(), 1);
    }
    println!();
    for lint in Method::SpacesMembersList.lints() {
        println!(
            "{lint}: {}, here {}",
            lint.default_level(),
            checker.level_of(lint)
        );
    }
}
