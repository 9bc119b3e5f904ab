//! Options for checking filters.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use gchat_filter::members::Filter;
use gchat_filter::{Checked, Checker, Level, Lint, Method, Preset, Report};

const HEADING: &str = "Lint options (see `gchat-filter lints`)";

/// Levels of the lints.
#[derive(clap::Args)]
pub(super) struct LintOptions {
    /// Turn off a lint.
    ///
    /// Accepts a comma-separated list of lints and may be repeated. If `--allow`, `--warn` and
    /// `--deny` name the same lint, the last one wins.
    #[arg(
        long,
        help_heading = HEADING,
        value_name = "LINT",
        value_delimiter = ',',
        hide_possible_values = true,
        value_parser = lint_parser()
    )]
    allow: Vec<Lint>,
    /// Report a lint as a warning.
    ///
    /// Accepts a comma-separated list of lints and may be repeated.
    #[arg(
        long,
        help_heading = HEADING,
        value_name = "LINT",
        value_delimiter = ',',
        hide_possible_values = true,
        value_parser = lint_parser()
    )]
    warn: Vec<Lint>,
    /// Report a lint as an error.
    ///
    /// Accepts a comma-separated list of lints and may be repeated.
    #[arg(
        long,
        help_heading = HEADING,
        value_name = "LINT",
        value_delimiter = ',',
        hide_possible_values = true,
        value_parser = lint_parser()
    )]
    deny: Vec<Lint>,
    /// Set the level of every lint.
    ///
    /// `--allow`, `--warn` and `--deny` override the preset, regardless of the order of the options.
    #[arg(
        long,
        help_heading = HEADING,
        value_name = "PRESET",
        value_enum,
        default_value = "default",
        overrides_with = "preset"
    )]
    preset: PresetName,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum PresetName {
    /// Every lint has its default level.
    Default,
    /// Every lint is an error.
    Strict,
    /// Every lint is off; any construct that AIP-160 defines is accepted.
    Aip160,
}

/// Accepts the name of a method.
pub(super) fn method_parser() -> impl TypedValueParser<Value = Method> {
    PossibleValuesParser::new(Method::ALL.iter().map(|method| method.name()))
        .try_map(|name| name.parse::<Method>())
}

fn lint_parser() -> impl TypedValueParser<Value = Lint> {
    PossibleValuesParser::new(Lint::ALL.iter().map(|lint| lint.name()))
        .try_map(|name| name.parse::<Lint>())
}

impl LintOptions {
    /// Returns the checker that the options describe. Their order is taken from `matches`.
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
            let indices = matches.indices_of(id).into_iter().flatten();
            levels.extend(
                indices
                    .zip(lints)
                    .map(|(index, lint)| (index, *lint, level)),
            );
        }
        levels.sort_by_key(|(index, ..)| *index);
        let checker = Checker::new().preset(preset);
        levels
            .into_iter()
            .fold(checker, |checker, (_, lint, level)| {
                checker.level(lint, level)
            })
    }
}

/// Checks a filter and prints its errors and warnings. Returns `None` if it is invalid.
pub(super) fn required<'a>(
    checker: &Checker,
    text: &'a str,
) -> Option<(Checked<'a, Filter>, Filter)> {
    required_from(None, checker, text)
}

/// Like [`required`], but `origin` names the filter in the report.
pub(super) fn required_from<'a>(
    origin: Option<&str>,
    checker: &Checker,
    text: &'a str,
) -> Option<(Checked<'a, Filter>, Filter)> {
    let checked = Filter::check(checker, text);
    if !checked.diagnostics.is_empty() {
        let report = Report::from(&checked);
        super::print_report(match origin {
            Some(origin) => report.origin(origin, 1),
            None => report,
        });
    }
    let filter = checked.filter?;
    Some((checked, filter))
}
