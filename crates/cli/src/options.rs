//! Options for checking filters.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::parser::ValueSource;
use gchat_filter::{Checker, Context, Level, Lint, Method, Preset};

use super::filters::Filters;
use super::records::of_parser;

const HEADING: &str = "Lint options (see `gchat-filter lints`)";

/// The method that filters are for.
#[derive(clap::Args)]
pub(super) struct MethodOption {
    /// Method of the API that the filters are for.
    #[arg(
        long,
        value_name = "METHOD",
        default_value = Method::SpacesMembersList.name(),
        value_parser = method_parser()
    )]
    pub(super) method: Method,
}

/// What the filters are for, and how to check them.
#[derive(clap::Args)]
pub(super) struct FilterOptions {
    #[command(flatten)]
    method: MethodOption,
    /// Apply the rules for requests with `useAdminAccess`.
    #[arg(long)]
    admin: bool,
    #[command(flatten)]
    lints: LintOptions,
}

impl FilterOptions {
    /// Returns the check that the options describe. `matches` has their order, and whether they were
    /// given.
    ///
    /// # Errors
    ///
    /// If the method has no admin access.
    pub(super) fn filters(
        &self,
        context: Context,
        matches: &ArgMatches,
    ) -> Result<Filters, String> {
        let method = self.method.method;
        if self.admin && !method.has_admin_access() {
            return Err(format!(
                "`{method}` has no admin access; leave out `--admin`"
            ));
        }
        let is_default = matches.value_source("method") == Some(ValueSource::DefaultValue);
        let checker = self.lints.checker(matches).admin_access(self.admin);
        Ok(Filters::new(method, is_default, checker, context))
    }

    pub(super) fn has_admin_access(&self) -> bool {
        self.admin
    }
}

/// The request that filters are for.
#[derive(clap::Args)]
pub(super) struct ContextOption {
    /// JSON file with what is known about the request.
    ///
    /// An object with any of these keys: `caller` (`"users/…"`), `aliases` (`{"users/<email>":
    /// "users/…"}`), `now` (a timestamp), `parent` (`"spaces/…"`), `spaces` (an array of spaces),
    /// `unread` (an array of names of messages) and `creators` (`{"customEmojis/…": "users/…"}`).
    #[arg(long, value_name = "FILE")]
    context: Option<PathBuf>,
}

impl ContextOption {
    /// Reads the context.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or is not the JSON of a context.
    pub(super) fn read(&self) -> Result<Context, String> {
        self.context.as_deref().map_or_else(
            || Ok(Context::new()),
            |path| read_context(path).map_err(|message| format!("{}{message}", path.display())),
        )
    }
}

/// Reads a context from a file. An error begins with the position.
fn read_context(path: &Path) -> Result<Context, String> {
    let text = fs::read_to_string(path).map_err(|error| format!(": {error}"))?;
    serde_json::from_str(&text).map_err(|error| {
        let (_, message) = of_parser(text.as_bytes(), &error);
        match (error.line(), error.column()) {
            (0, _) => format!(": {message}"),
            (line, column) => format!(":{line}:{column}: {message}"),
        }
    })
}

/// Format of the output.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// Text for people.
    Text,
    /// A JSON object on one line, also if a filter is invalid.
    Json,
}

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
    fn checker(&self, matches: &ArgMatches) -> Checker {
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
