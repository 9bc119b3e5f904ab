//! Checks of filters, and the reports about them.

use std::borrow::Borrow;

use gchat_filter::diagnostic::{Stage, visible};
use gchat_filter::{AnyFilter, Checked, Checker, Context, Method, Report};

use super::{print_error, print_report, to_stderr};

/// A check of filters.
pub(super) struct Filters {
    pub(super) method: Method,
    /// Whether the method was not chosen.
    is_default: bool,
    checker: Checker,
    pub(super) context: Context,
}

impl Filters {
    pub(super) fn new(
        method: Method,
        is_default: bool,
        checker: Checker,
        context: Context,
    ) -> Self {
        Self {
            method,
            is_default,
            checker,
            context,
        }
    }

    pub(super) fn check<'a>(&self, text: &'a str) -> Checked<'a, AnyFilter> {
        self.checker
            .check_method_in(&self.context, self.method, text)
    }

    /// Checks a filter of a request with admin access.
    pub(super) fn check_for_admin<'a>(&self, text: &'a str) -> Checked<'a, AnyFilter> {
        let checker = self.checker.clone().admin_access(true);
        checker.check_method_in(&self.context, self.method, text)
    }

    /// Prints the errors and warnings of a check. `origin` names the filter, with its line.
    pub(super) fn report(&self, checked: &Checked<'_, AnyFilter>, origin: Option<(&str, usize)>) {
        if checked.diagnostics.is_empty() {
            return;
        }
        let report = Report::from(checked).allow_option("--allow");
        print_report(match origin {
            Some((origin, line)) => report.origin(origin, line),
            None => report,
        });
        if let Some(hint) = self.hint(&checked.text) {
            to_stderr(hint);
        }
    }

    /// Returns the hint for a filter of another method, unless the method was chosen.
    fn hint(&self, text: &str) -> Option<String> {
        if !self.is_default {
            return None;
        }
        match self.checker.other_methods(self.method, text).as_slice() {
            [] => None,
            [method] => Some(format!(
                "help: this is a filter of `{method}`: use `--method {method}`"
            )),
            [others @ .., last] => {
                let others: Vec<String> = others.iter().map(|own| format!("`{own}`")).collect();
                Some(format!(
                    "help: this may be a filter of another method: use `--method` with {} or `{last}`",
                    others.join(", ")
                ))
            }
        }
    }

    /// Checks a filter and prints its errors and warnings. Returns `None` if it is invalid.
    pub(super) fn required<'a>(
        &self,
        text: &'a str,
        origin: Option<&str>,
    ) -> Option<(Checked<'a, AnyFilter>, AnyFilter)> {
        let checked = self.check(text);
        self.report(&checked, origin.map(|origin| (origin, 1)));
        let filter = checked.filter.clone()?;
        Some((checked, filter))
    }

    /// Returns the filter that arguments are together because the shell has split it, with the quotes
    /// that the shell has removed if that is certain. `None` if they are not one filter, or each may be
    /// one.
    pub(super) fn joined(&self, arguments: &[&str]) -> Option<String> {
        let has_syntax_error = |checked: &Checked<'_, AnyFilter>| {
            let mut errors = checked.errors();
            errors.any(|error| error.stage() == Stage::Syntax)
        };
        let mut parts = arguments.iter();
        if arguments.len() < 2 || !parts.any(|part| has_syntax_error(&self.check(part))) {
            return None;
        }
        let text = self.rejoined(arguments);
        (!has_syntax_error(&self.check(&text))).then_some(text)
    }

    /// Returns arguments as one text, with the quotes that the shell has removed if that is certain.
    pub(super) fn rejoined<T: Borrow<str>>(&self, arguments: &[T]) -> String {
        let text = arguments.join(" ");
        let fixed = self.check(&text).fixed;
        fixed
            .filter(|fixed| self.check(fixed).is_valid())
            .unwrap_or(text)
    }

    /// Returns whether a text is a filter, perhaps after certain fixes.
    pub(super) fn takes(&self, text: &str) -> bool {
        let checked = self.check(text);
        let fixed = checked.fixed.as_deref();
        checked.is_valid() || fixed.is_some_and(|fixed| self.check(fixed).is_valid())
    }

    /// Reports arguments that are filters which the shell has split. `rest` are further arguments.
    pub(super) fn report_split(&self, command: &str, filters: &[String], rest: &[&str]) {
        let (split, quote) = match filters {
            [_] => ("the filter into several arguments", "the whole filter"),
            _ => ("the filters into more than two arguments", "each filter"),
        };
        print_error(format_args!("the shell has split {split}"));
        let mut arguments = vec!["gchat-filter".to_owned(), command.to_owned()];
        if !self.is_default {
            arguments.push(format!("--method {}", self.method));
        }
        if filters.iter().any(|filter| filter.starts_with('-')) {
            arguments.push("--".to_owned());
        }
        let filters = filters.iter();
        arguments.extend(filters.map(|filter| format!("'{}'", filter.replace('\'', r"'\''"))));
        arguments.extend(rest.iter().map(|argument| (*argument).to_owned()));
        to_stderr(format_args!(
            "help: put {quote} in single quotes: {}",
            visible(&arguments.join(" "))
        ));
    }
}
