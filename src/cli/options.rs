//! The options that say how filters are checked.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use gchat_filter::{Checked, Checker, Filter, Level, Lint, Preset, Report};

/// The levels of the lints.
#[derive(clap::Args)]
#[command(
    next_help_heading = "Lints (`gchat-filter lints` lists them; of several options the last counts)"
)]
pub(super) struct LintOptions {
    /// Let a lint pass.
    #[arg(
        long,
        value_name = "LINT",
        value_delimiter = ',',
        hide_possible_values = true,
        value_parser = lint_parser()
    )]
    allow: Vec<Lint>,
    /// Warn where a lint finds something.
    #[arg(
        long,
        value_name = "LINT",
        value_delimiter = ',',
        hide_possible_values = true,
        value_parser = lint_parser()
    )]
    warn: Vec<Lint>,
    /// Make what a lint finds an error.
    #[arg(
        long,
        value_name = "LINT",
        value_delimiter = ',',
        hide_possible_values = true,
        value_parser = lint_parser()
    )]
    deny: Vec<Lint>,
    /// The levels of all lints, before the options above.
    #[arg(
        long,
        value_name = "PRESET",
        value_enum,
        default_value = "default",
        overrides_with = "preset"
    )]
    preset: PresetName,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum PresetName {
    /// Each lint's own level.
    Default,
    /// Every lint is an error.
    Strict,
    /// No lint counts: all that AIP-160 gives a meaning.
    Aip160,
}

fn lint_parser() -> impl TypedValueParser<Value = Lint> {
    PossibleValuesParser::new(Lint::ALL.map(Lint::name)).try_map(|name| name.parse::<Lint>())
}

impl LintOptions {
    /// The checker that they describe; `matches` tells their order.
    pub(super) fn checker(&self, matches: &clap::ArgMatches) -> Checker {
        let preset = match self.preset {
            PresetName::Default => Preset::Default,
            PresetName::Strict => Preset::Strict,
            PresetName::Aip160 => Preset::Aip160,
        };
        let mut levels: Vec<(usize, Lint, Level)> = Vec::new();
        for (id, lints, level) in [
            ("allow", &self.allow, Level::Allow),
            ("warn", &self.warn, Level::Warn),
            ("deny", &self.deny, Level::Deny),
        ] {
            let places = matches.indices_of(id).into_iter().flatten();
            levels.extend(places.zip(lints).map(|(place, lint)| (place, *lint, level)));
        }
        levels.sort_by_key(|(place, ..)| *place);
        let checker = Checker::new().preset(preset);
        levels
            .into_iter()
            .fold(checker, |checker, (_, lint, level)| {
                checker.level(lint, level)
            })
    }
}

/// Checks a filter that a command needs; shows what is wrong with it, and its warnings.
pub(super) fn required(checker: Checker, text: &str) -> Option<(Checked<'_>, Filter)> {
    required_from(None, checker, text)
}

/// The same for one of several filters, with what to call it.
pub(super) fn required_from<'a>(
    origin: Option<&str>,
    checker: Checker,
    text: &'a str,
) -> Option<(Checked<'a>, Filter)> {
    let checked = checker.check(text);
    if !checked.diagnostics.is_empty() {
        let report = Report::from(&checked);
        super::show(match origin {
            Some(origin) => report.origin(origin, 1),
            None => report,
        });
    }
    let filter = checked.filter?;
    Some((checked, filter))
}
