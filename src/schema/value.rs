//! Checking of values.

use std::borrow::Cow;

use crate::chars;
use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Quoted, Span};
use crate::syntax::lexical::is_plain_member;
use crate::syntax::{Quotes, Value};
use crate::values::{InvalidTimestamp, Timestamp, resource_name};

use super::field::{EnumValue, Field, Quoting, Values};
use super::lint::{Level, Lint};
use super::schema_check::SchemaCheck;
use super::suggest::ValueName;

impl SchemaCheck<'_> {
    /// Reports a right side that cannot be a value.
    pub(super) fn not_a_value(&mut self, field: &'static Field, span: Span) {
        let diagnostic = self.unknown_value(field, span);
        self.diagnostics.push(diagnostic);
    }

    fn unknown_value(&self, field: &'static Field, span: Span) -> Diagnostic {
        let (name, source) = (field.path, Quoted(span.within(self.text)));
        Diagnostic::error(
            Code::UnknownValue,
            span,
            format!("unknown value {source} for `{name}`"),
        )
        .label(span, format!("expected {}", field.value_names("or")))
        .help(match field.values {
            Values::Enum { .. } => format!(
                "the supported values of `{name}` are {}",
                field.value_names("and")
            ),
            _ => format!("write {}", field.examples),
        })
    }

    /// Checks a value of a field.
    pub(super) fn value(&mut self, field: &'static Field, value: &Value<'_>) {
        if let Values::Any = field.values {
            return self.any_value(field, value);
        }
        self.quotes(field, value);
        self.content(field, value);
    }

    /// Checks a value, except for its quotes.
    pub(super) fn content(&mut self, field: &'static Field, value: &Value<'_>) {
        match field.values {
            Values::Enum { .. } => self.enum_value(field, value),
            Values::Timestamp => self.timestamp(field, value),
            Values::Name {
                pattern,
                has_aliases,
                ..
            } => self.resource_name(field, value, pattern, has_aliases),
            Values::Call(argument) => {
                if Some(&*value.text) != argument {
                    self.not_a_value(field, value.span);
                }
            }
            Values::Any => self.any_value(field, value),
            Values::Words { .. } | Values::Keywords | Values::Text => self.not_empty(field, value),
        }
    }

    /// Checks whether a value is `*` without quotes.
    fn any_value(&mut self, field: &'static Field, value: &Value<'_>) {
        if value.text == "*" && !value.is_quoted() {
            return;
        }
        let diagnostic = self.unknown_value(field, value.span);
        self.diagnostics.push(if value.text == "*" {
            diagnostic.fix(Fix::certain(vec![Edit::new(value.span, "*")]))
        } else {
            diagnostic
        });
    }

    /// Checks the quotes of a value.
    fn quotes(&mut self, field: &'static Field, value: &Value<'_>) {
        let span = value.span;
        let source = span.within(self.text);
        match value.quotes {
            Quotes::Single | Quotes::Double if field.quoting() == Quoting::Rejected => {
                self.needless_quotes(value);
            }
            Quotes::Double => {}
            Quotes::None => {
                if field.quoting() != Quoting::Required {
                    return;
                }
                let name = ValueName::of(self.declaration, field, &value.text);
                let is_exact = field.values.constant(Cow::Borrowed(&value.text)).is_some();
                let is_other_case = matches!(name, ValueName::OtherCase(_));
                // Quotes would not make a field or a wildcard valid.
                let is_value = is_exact
                    || matches!(field.values, Values::Enum { .. })
                        && !matches!(name, ValueName::Wildcard)
                        && !self
                            .declaration
                            .fields()
                            .any(|field| field.is_spelled(&value.text));
                if is_value {
                    let level = self.levels.or_default(Lint::UnquotedValue, field.unquoted);
                    level.report(self.diagnostics, || {
                        let diagnostic = Diagnostic::error(
                            Code::UnquotedValue,
                            span,
                            format!("the value {} is not quoted", Quoted(source)),
                        )
                        .label(
                            span,
                            if is_exact {
                                format!("expected {}", Quoted(&format!("\"{source}\"")))
                            } else {
                                "expected double quotes".to_owned()
                            },
                        )
                        .help("put the value in double quotes");
                        // Quotes alone would not make anything else valid.
                        if !(is_exact || is_other_case) {
                            return diagnostic;
                        }
                        // Anything is a text, also what is around the value.
                        let is_any = matches!(field.values, Values::Text | Values::Name { .. });
                        let has_marks = source.contains(|c: char| {
                            c.is_ascii_punctuation() && !matches!(c, '/' | '-' | '_' | '.' | '@')
                        });
                        diagnostic.fix(Fix {
                            edits: vec![
                                Edit::new(Span::at(span.start), "\""),
                                Edit::new(Span::at(span.end), "\""),
                            ],
                            certain: !(is_any && has_marks),
                        })
                    });
                }
            }
            Quotes::Single => self.single_quotes(value),
        }
    }

    /// Reports single quotes around a value.
    pub(super) fn single_quotes(&mut self, value: &Value<'_>) {
        let span = value.span;
        let source = span.within(self.text);
        self.lint(Lint::SingleQuotes, || {
            let diagnostic =
                Diagnostic::error(Code::SingleQuotes, span, "the value is in single quotes")
                    .label(span, "expected double quotes")
                    .help("use double quotes, as Google's examples do");
            if source.contains('"') {
                return diagnostic;
            }
            diagnostic.fix(Fix::certain(vec![
                Edit::new(Span::new(span.start, span.start + 1), "\""),
                Edit::new(Span::new(span.end - 1, span.end), "\""),
            ]))
        });
    }

    /// Reports quotes around a value of a field whose values have none.
    fn needless_quotes(&mut self, value: &Value<'_>) {
        let span = value.span;
        let levels = self.levels;
        let is_single = value.quotes == Quotes::Single
            && levels.of(Lint::SingleQuotes) >= levels.of(Lint::QuotedValue);
        let (lint, message) = if is_single {
            (Lint::SingleQuotes, "the value is in single quotes")
        } else {
            (Lint::QuotedValue, "the value is in quotes")
        };
        self.lint(lint, || {
            let diagnostic = Diagnostic::error(lint.code(), span, message)
                .label(span, "expected no quotes")
                .help("remove the quotes; the service rejects them here");
            let inner = inner(value);
            if !is_plain_member(&value.text) {
                return diagnostic;
            }
            diagnostic.fix(Fix::certain(if inner.within(self.text) == value.text {
                vec![
                    Edit::new(Span::new(span.start, inner.start), ""),
                    Edit::new(Span::new(inner.end, span.end), ""),
                ]
            } else {
                vec![Edit::new(span, &*value.text)]
            }))
        });
    }

    /// Checks whether a value is one of an enum field's.
    fn enum_value(&mut self, field: &'static Field, value: &Value<'_>) {
        if let Some(known) = field.value(&value.text) {
            if !known.is_documented {
                self.lint(Lint::UndocumentedValue, || {
                    Diagnostic::error(
                        Code::UndocumentedValue,
                        value.span,
                        format!("`{}` is not documented for filters", known.name),
                    )
                    .label(value.span, format!("expected {}", field.value_names("or")))
                    .help(format!(
                        "the API has this value, but the filter documentation lists only {}",
                        field.value_names("and")
                    ))
                });
            }
            return;
        }
        let mut values = field.enum_values().iter();
        if let Some(known) = values.find(|known| known.batch == Some(&*value.text)) {
            self.diagnostics.push(
                Diagnostic::error(
                    Code::BatchEventType,
                    value.span,
                    "filters cannot name the type of a batch of events",
                )
                .label(value.span, format!("expected `\"{}\"`", known.name))
                .help("name the type of the single event; it matches batches of such events, too")
                .fix(Fix::certain(vec![Edit::new(inner(value), known.name)])),
            );
            return;
        }
        let replace = |with: &EnumValue| vec![Edit::new(inner(value), with.name)];
        let suggest = |with: &EnumValue| vec![replacement(value, with.name)];
        let is_accepted = |known: &EnumValue| {
            known.is_documented || self.levels.of(Lint::UndocumentedValue) < Level::Deny
        };
        let note = |known: &EnumValue| {
            if known.is_documented {
                ""
            } else {
                ", which the filter documentation does not list"
            }
        };
        let diagnostic = self.unknown_value(field, value.span);
        let diagnostic = match ValueName::of(self.declaration, field, &value.text) {
            ValueName::OtherCase(known) => {
                let why = if value.text.trim() == value.text {
                    "values are case-sensitive"
                } else {
                    "white space is part of the value"
                };
                Diagnostic {
                    fix: is_accepted(known).then(|| Fix {
                        edits: replace(known),
                        certain: known.is_documented,
                    }),
                    ..diagnostic.help(format!("{why}; write `\"{}\"`{}", known.name, note(known)))
                }
            }
            ValueName::Synonym(help, known) => {
                let diagnostic = diagnostic.help(help);
                match known {
                    Some(known) => diagnostic.fix(Fix::suggestion(suggest(known))),
                    None => diagnostic,
                }
            }
            ValueName::Near(known) => Diagnostic {
                fix: is_accepted(known).then(|| Fix::suggestion(suggest(known))),
                ..diagnostic.help(match chars::described_lookalike(&value.text) {
                    Some(character) => format!("{character}; write `\"{}\"`", known.name),
                    None => format!("did you mean `\"{}\"`{}?", known.name, note(known)),
                })
            },
            ValueName::OtherField(other) => diagnostic.help(format!(
                "this is a value of `{}`; the values of `{}` are {}",
                other.path,
                field.path,
                field.value_names("and")
            )),
            ValueName::Empty => diagnostic.help(format!(
                "use {}, or omit the comparison to match every value",
                field.value_names("or")
            )),
            ValueName::Wildcard => diagnostic.help(format!(
                "wildcards are not supported; use {}, or omit the comparison to match every value",
                field.value_names("or")
            )),
            ValueName::Unknown => diagnostic,
        };
        self.diagnostics.push(diagnostic);
    }

    /// Checks a timestamp.
    fn timestamp(&mut self, field: &'static Field, value: &Value<'_>) {
        let Err(error) = value.text.parse::<Timestamp>() else {
            return;
        };
        let diagnostic = Diagnostic::error(
            Code::BadTimestamp,
            value.span,
            format!(
                "invalid timestamp {} for `{}`",
                Quoted(&value.text),
                field.path
            ),
        )
        .label(value.span, error.to_string());
        let text = &value.text;
        self.diagnostics.push(match error {
            InvalidTimestamp::Separators => {
                let fixed = Timestamp::with_separators(text).unwrap_or_default();
                diagnostic
                    .help(format!("write `\"{fixed}\"`"))
                    .fix(Fix::certain(vec![replacement(value, &fixed)]))
            }
            InvalidTimestamp::DateOnly | InvalidTimestamp::NoOffset => {
                let fixed = match error {
                    InvalidTimestamp::NoOffset => format!("{text}Z"),
                    _ => format!("{text}T00:00:00Z"),
                };
                diagnostic
                    .help(format!("for UTC, write `\"{fixed}\"`"))
                    .fix(Fix::suggestion(vec![replacement(value, &fixed)]))
            }
            _ => match Timestamp::meant(text) {
                Some((fixed, has_offset)) => {
                    let condition = if has_offset { "" } else { "for UTC, " };
                    diagnostic
                        .help(format!("{condition}write `\"{fixed}\"`"))
                        .fix(Fix::suggestion(vec![replacement(value, &fixed)]))
                }
                None => diagnostic.help(format!("write {}", field.examples)),
            },
        });
    }

    /// Checks a resource name.
    fn resource_name(
        &mut self,
        field: &'static Field,
        value: &Value<'_>,
        pattern: &str,
        has_aliases: bool,
    ) {
        if !resource_name::matches(pattern, &value.text) {
            self.diagnostics.push(
                Diagnostic::error(
                    Code::BadName,
                    value.span,
                    format!(
                        "invalid resource name {} for `{}`",
                        Quoted(&value.text),
                        field.path
                    ),
                )
                .label(value.span, format!("expected {}", field.value_names("or")))
                .help(format!("write {}", field.examples)),
            );
        } else if !has_aliases && resource_name::is_user_alias(&value.text) {
            self.lint(Lint::UserAlias, || {
                Diagnostic::error(
                    Code::UserAlias,
                    value.span,
                    format!("{} is an alias, not a user's ID", Quoted(&value.text)),
                )
                .label(value.span, "expected `users/` and the user's ID")
                .help("get the user's ID, for example from a membership of the space")
            });
        }
    }

    /// Checks a text that only must not be empty.
    pub(super) fn not_empty(&mut self, field: &'static Field, value: &Value<'_>) {
        let constant = field.values.constant(Cow::Borrowed(&value.text));
        if constant.is_none() {
            let path = field.path;
            let (message, label) = match field.values {
                Values::Words { .. } => (
                    format!("the value of `{path}` has no words"),
                    "expected a word",
                ),
                Values::Keywords => ("the keyword has no words".to_owned(), "expected a word"),
                _ => (
                    format!("the value of `{path}` is empty"),
                    "expected some text",
                ),
            };
            self.diagnostics.push(
                Diagnostic::error(Code::EmptyValue, value.span, message)
                    .label(value.span, label)
                    .help(format!("write {}", field.examples)),
            );
        }
    }
}

/// Returns the span of a value without its quotes.
fn inner(value: &Value<'_>) -> Span {
    match value.quotes {
        Quotes::None => value.span,
        Quotes::Single | Quotes::Double => Span::new(value.span.start + 1, value.span.end - 1),
    }
}

/// Returns the edit that replaces a value by another one. A suggestion is applied without other
/// fixes, so it includes the quotes.
fn replacement(value: &Value<'_>, text: &str) -> Edit {
    match value.quotes {
        Quotes::None => Edit::new(value.span, format!("\"{text}\"")),
        Quotes::Single | Quotes::Double => Edit::new(inner(value), text),
    }
}
