//! Checking of comparisons: field, operator, value.

use std::borrow::Cow;
use std::fmt::Write;

use crate::chars;
use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Quoted, Span};
use crate::syntax::lexical::is_plain_member;
use crate::syntax::{
    Arg, Comparable, Comparator, Comparison, Expr, ExprKind, Member, Quotes, Value,
};

use super::declaration::Declaration;
use super::field::{Field, Quoting, Relation, Values, op};
use super::lint::Lint;
use super::predicate::{Constant, value};
use super::schema_check::{SchemaCheck, bare_member, single};
use super::suggest::{FieldName, ValueName};

impl SchemaCheck<'_> {
    /// Checks a comparison; `span` is its span without enclosing parentheses.
    pub(super) fn comparison(
        &mut self,
        span: Span,
        left: &Comparable<'_>,
        comparison: &Comparison<'_>,
        alone: bool,
    ) {
        let left = match left {
            Comparable::Function(function) => {
                self.misplaced_call(function);
                return self.arg(FieldName::Unknown, span, comparison, alone);
            }
            Comparable::Member(member) => member,
        };
        let name = FieldName::of(self.declaration, left);
        if comparison.comparator == Comparator::Has
            && let Arg::Comparable(Comparable::Member(right)) = &comparison.arg
            && name == FieldName::Unknown
            && let Some(field) = self.colon_in_field(span)
        {
            return self.without_value(span, right.span, field);
        }
        if let Some(field) = name.written().filter(|field| field.is_function()) {
            return self.compared_function(field, span, comparison);
        }
        if let Some((value, field, right)) = swapped(self.declaration, left, name, &comparison.arg)
        {
            return self.swapped(span, value, field, right, comparison);
        }
        self.field(left, name);
        // The value of another field says nothing about an operator of this one.
        if let Some(field) = name.intended()
            && !self.is_of_other_field(field, comparison)
        {
            let start = self.diagnostics.len();
            self.operator(field, Some((span, alone)), comparison);
            if name.written().is_none() {
                // The field is a guess, and with it the operator.
                let own = self.diagnostics.get_mut(start..).unwrap_or_default();
                for fix in own.iter_mut().filter_map(|own| own.fix.as_mut()) {
                    fix.certain = false;
                }
            }
        }
        self.arg(name, span, comparison, alone);
    }

    /// Returns the field if a comparison with `:` is its name with a colon instead of the dot.
    fn colon_in_field(&self, span: Span) -> Option<&'static Field> {
        let path = span.within(self.text).replace(':', ".");
        self.declaration.fields().find(|field| field.path == path)
    }

    /// Reports the name of a field, with a colon instead of the dot before `last`.
    fn without_value(&mut self, span: Span, last: Span, field: &'static Field) {
        self.diagnostics.push(
            Diagnostic::error(
                Code::MissingComparison,
                span,
                format!(
                    "{} is not compared with a value",
                    Quoted(span.within(self.text))
                ),
            )
            .label(
                Span::new(last.start.saturating_sub(1), last.start),
                "expected `.`",
            )
            .help(format!(
                "the field is `{}`; write {}",
                field.path, field.examples
            )),
        );
    }

    fn is_of_other_field(&self, field: &'static Field, comparison: &Comparison<'_>) -> bool {
        let Arg::Comparable(Comparable::Member(member)) = &comparison.arg else {
            return false;
        };
        value(field, member).is_some_and(|value| {
            let name = ValueName::of(self.declaration, field, &value.text);
            matches!(name, ValueName::OtherField(_))
        })
    }

    /// Reports a comparison of a function that should be called.
    fn compared_function(
        &mut self,
        field: &'static Field,
        span: Span,
        comparison: &Comparison<'_>,
    ) {
        let call = field.condition().unwrap_or_default();
        let comparator = comparison.comparator_span;
        let diagnostic = Diagnostic::error(
            Code::UnsupportedOperator,
            comparator,
            format!("`{}` is a function, not a field", field.path),
        )
        .label(comparator, "expected a call")
        .help(format!("write `{call}`"));
        let value = match &comparison.arg {
            Arg::Comparable(Comparable::Member(member)) => value(field, member),
            _ => None,
        };
        let Some(value) = value else {
            self.diagnostics.push(diagnostic);
            return self.not_a_value(field, comparison.arg.span());
        };
        self.content(field, &value);
        let is_equality = matches!(comparison.comparator, Comparator::Equal | Comparator::Has);
        let is_call = is_equality && field.values.constant(value.text).is_some();
        self.diagnostics.push(if is_call {
            diagnostic.fix(Fix::certain(vec![Edit::new(span, call)]))
        } else {
            diagnostic
        });
    }

    /// Checks the member on the side of the field.
    fn field(&mut self, member: &Member<'_>, name: FieldName) {
        if let Some(field) = name.written()
            && member.path.iter().any(Value::is_quoted)
        {
            self.diagnostics.push(
                Diagnostic::error(
                    Code::QuotedField,
                    member.span,
                    format!("the field `{}` is quoted", field.path),
                )
                .label(member.span, "a string, not a field")
                .help("remove the quotes; only values are quoted")
                .fix(Fix::certain(vec![Edit::new(member.span, field.path)])),
            );
        }
        let replace = |field: &Field| vec![Edit::new(member.span, field.path)];
        match name {
            FieldName::Exact(_) => return,
            FieldName::Misspelled(field) => {
                return self.lint(Lint::FieldSpelling, || {
                    Diagnostic::error(
                        Code::FieldSpelling,
                        member.span,
                        format!("undocumented spelling of the field `{}`", field.path),
                    )
                    .label(member.span, format!("expected `{}`", field.path))
                    .help(format!("write `{}`", field.path))
                    .fix(Fix::certain(replace(field)))
                });
            }
            _ => {}
        }
        let source = Quoted(member.span.within(self.text)).to_string();
        let diagnostic = Diagnostic::error(
            Code::UnknownField,
            member.span,
            format!("unknown field {source}"),
        )
        .label(
            member.span,
            format!("expected {}", self.declaration.field_names("or")),
        );
        self.diagnostics.push(match name {
            FieldName::OtherCase(field) => diagnostic
                .help(format!(
                    "field names are case-sensitive; write `{}`",
                    field.path
                ))
                .fix(Fix::certain(replace(field))),
            FieldName::OtherName(field) => diagnostic
                .help(format!("the field is `{}`", field.path))
                .fix(Fix::certain(replace(field))),
            FieldName::Synonym(field) | FieldName::Near(field) => diagnostic
                .help(did_you_mean(&source, field.path))
                .fix(Fix::suggestion(replace(field))),
            FieldName::Elsewhere(help) => diagnostic.help(help),
            _ => diagnostic.help(format!(
                "the supported fields are {}",
                self.declaration.field_names("and")
            )),
        });
    }

    /// Checks the comparator for a field; `whole` is the span of the comparison, and whether it is alone
    /// in its group, if the comparison can be replaced.
    fn operator(
        &mut self,
        field: &'static Field,
        whole: Option<(Span, bool)>,
        comparison: &Comparison<'_>,
    ) {
        let span = comparison.comparator_span;
        let comparator = comparison.comparator;
        if let Some(operator) = field.operator(comparator) {
            if let Some(instead) = operator.instead {
                self.lint(Lint::UndocumentedOperator, || {
                    let diagnostic = Diagnostic::error(
                        Code::UndocumentedOperator,
                        span,
                        format!("`{comparator}` is not documented for `{}`", field.path),
                    )
                    .label(
                        span,
                        format!("only {} is documented", field.operator_names("and")),
                    )
                    .help(instead);
                    let others = whole
                        .filter(|_| comparator == Comparator::NotEqual)
                        .and_then(|(whole, alone)| {
                            let text = other_values(field, comparison, alone)?;
                            Some(Fix::suggestion(vec![Edit::new(whole, text)]))
                        });
                    Diagnostic {
                        fix: others,
                        ..diagnostic
                    }
                });
            }
            return;
        }
        if comparator == Comparator::Has && is_any(&comparison.arg) {
            return self.presence(field, span.to(comparison.arg.span()));
        }
        let diagnostic = Diagnostic::error(
            Code::UnsupportedOperator,
            span,
            format!("`{}` does not support `{comparator}`", field.path),
        )
        .label(span, format!("expected {}", field.operator_names("or")))
        .help(format!("write {}", field.examples));
        // What the comparator means in AIP-160.
        let relation = op(comparator).relation;
        let same = field.comparator(relation);
        let fix = match (comparator, same) {
            (Comparator::Has, _) if field.operator(Comparator::Equal).is_some() => {
                Some(Fix::suggestion(vec![Edit::new(span, "=")]))
            }
            (_, Some(same)) => Some(Fix {
                edits: vec![Edit::new(span, same.as_str())],
                // A word is part of a text, not all of it.
                certain: !matches!(field.values, Values::Words { .. }),
            }),
            (Comparator::NotEqual, _) => whole.and_then(|(whole, alone)| {
                let text = other_values(field, comparison, alone)?;
                Some(Fix::suggestion(vec![Edit::new(whole, text)]))
            }),
            _ => neighboring_bound(field, comparison, relation).map(Fix::suggestion),
        };
        self.diagnostics.push(Diagnostic { fix, ..diagnostic });
    }

    /// Reports `:*` for a field that does not support it.
    fn presence(&mut self, field: &'static Field, span: Span) {
        self.diagnostics.push(
            Diagnostic::error(
                Code::UnsupportedOperator,
                span,
                format!("filters cannot ask whether `{}` is set", field.path),
            )
            .label(
                span,
                format!("expected {} and a value", field.operator_names("or")),
            )
            .help(format!("write {}", field.examples)),
        );
    }

    /// Checks the right side; `name` is the left side.
    fn arg(&mut self, name: FieldName, span: Span, comparison: &Comparison<'_>, alone: bool) {
        match (&comparison.arg, name.intended()) {
            (Arg::Comparable(Comparable::Function(function)), _) => self.misplaced_call(function),
            (Arg::Group(group), _) => {
                self.group_argument(name, span, comparison.comparator, group, alone);
            }
            (_, None) => {}
            // Reported with the operator.
            (arg, Some(field))
                if comparison.comparator == Comparator::Has
                    && field.operator(Comparator::Has).is_none()
                    && is_any(arg) => {}
            (Arg::Comparable(Comparable::Member(member)), Some(field)) => {
                match value(field, member) {
                    Some(value) => self.value(field, &value),
                    None => self.not_a_value(field, member.span),
                }
            }
            (Arg::Negative(value), Some(field)) => self.not_a_value(field, value.span),
        }
    }

    /// Reports a comparison with the value on the left and the field on the right.
    fn swapped(
        &mut self,
        span: Span,
        value: &Value<'_>,
        field: &'static Field,
        right: &Member<'_>,
        comparison: &Comparison<'_>,
    ) {
        let source = value.span.within(self.text);
        let quoted = if value.is_quoted() || field.quoting() != Quoting::Required {
            source.to_owned()
        } else {
            format!("\"{source}\"")
        };
        let before = self.diagnostics.len();
        self.field(right, FieldName::of(self.declaration, right));
        self.value(field, value);
        // The fix below adds the quotes, and solves the other problems too, or moves them.
        let mut index = 0;
        self.diagnostics.retain_mut(|diagnostic| {
            index += 1;
            if index > before {
                diagnostic.fix = None;
            }
            index <= before || diagnostic.code != Code::UnquotedValue
        });
        let mirrored = mirrored(comparison.comparator);
        if mirrored == comparison.comparator || field.operator(mirrored).is_none() {
            self.operator(field, None, comparison);
        }
        self.diagnostics.push(
            Diagnostic::error(
                Code::SwappedSides,
                span,
                "the field and the value are swapped",
            )
            .label(value.span, "the value")
            .label(right.span, "the field")
            .help("the field goes on the left, the value on the right")
            .fix(Fix::certain(vec![
                Edit::new(value.span, field.path),
                Edit::new(comparison.comparator_span, mirrored.as_str()),
                Edit::new(right.span, quoted),
            ])),
        );
    }

    /// Reports a group in place of a value.
    fn group_argument(
        &mut self,
        name: FieldName,
        span: Span,
        comparator: Comparator,
        group: &Expr<'_>,
        alone: bool,
    ) {
        let diagnostic = Diagnostic::error(
            Code::GroupArgument,
            group.span,
            "a field cannot be compared with a group",
        )
        .label(group.span, "expected a single value")
        .help("compare the field with each value separately");
        let Some(field) = name.intended() else {
            self.diagnostics.push(diagnostic);
            return;
        };
        self.group_values(field, group);
        // Differing from “A or B” means differing from A and from B.
        let swap = comparator == Comparator::NotEqual;
        let prefix = match comparator {
            Comparator::Has => format!("{}:", field.path),
            _ => format!("{} {comparator} ", field.path),
        };
        let mut text = String::new();
        let spelled = spell_out(group, field, &prefix, swap, &mut text).map(|()| text);
        self.diagnostics.push(match spelled {
            Some(text) => {
                let text = match &group.kind {
                    ExprKind::And(_) | ExprKind::Or(_) if !alone => format!("({text})"),
                    _ => text,
                };
                let edits = vec![Edit::new(span, text)];
                let is_certain = name.written().is_some()
                    && (comparator == Comparator::Equal
                        || field.comparator(Relation::Is) == Some(comparator))
                    && match &group.kind {
                        ExprKind::Or(values) => {
                            values.iter().all(|value| bare_member(value).is_some())
                        }
                        kind => matches!(kind, ExprKind::Restriction(_)),
                    };
                diagnostic.fix(if is_certain {
                    Fix::certain(edits)
                } else {
                    Fix::suggestion(edits)
                })
            }
            None => diagnostic,
        });
    }

    /// Checks whether the values in a group are the field's.
    fn group_values(&mut self, field: &'static Field, expr: &Expr<'_>) {
        match &expr.kind {
            ExprKind::And(operands) | ExprKind::Or(operands) | ExprKind::Sequence(operands) => {
                for operand in operands {
                    self.group_values(field, operand);
                }
            }
            ExprKind::Not(_, operand) => self.group_values(field, operand),
            ExprKind::Restriction(_) => {
                if let Some(value) = bare_member(expr).and_then(single) {
                    self.content(field, value);
                }
            }
        }
    }
}

/// Returns the help for a name that is similar to another one.
pub(super) fn did_you_mean(source: &str, name: &str) -> String {
    match chars::described_lookalike(source) {
        Some(character) => format!("{character}; write `{name}`"),
        None => format!("did you mean `{name}`?"),
    }
}

/// Whether an argument is `*`.
fn is_any(arg: &Arg<'_>) -> bool {
    matches!(arg, Arg::Comparable(Comparable::Member(member))
        if single(member).is_some_and(|value| value.text == "*" && !value.is_quoted()))
}

/// Returns the comparator that means the same with the sides swapped.
const fn mirrored(comparator: Comparator) -> Comparator {
    match comparator {
        Comparator::Less => Comparator::Greater,
        Comparator::LessOrEqual => Comparator::GreaterOrEqual,
        Comparator::Greater => Comparator::Less,
        Comparator::GreaterOrEqual => Comparator::LessOrEqual,
        Comparator::Equal | Comparator::NotEqual | Comparator::Has => comparator,
    }
}

/// Returns the value, the field and the right side of a comparison whose sides are swapped.
pub(super) fn swapped<'t, 'a>(
    declaration: &'static Declaration,
    left: &'t Member<'a>,
    name: FieldName,
    arg: &'t Arg<'a>,
) -> Option<(&'t Value<'a>, &'static Field, &'t Member<'a>)> {
    let Arg::Comparable(Comparable::Member(right)) = arg else {
        return None;
    };
    let value = single(left).filter(|_| name.written().is_none())?;
    let field = FieldName::of(declaration, right)
        .written()
        .filter(|_| !right.path.iter().any(Value::is_quoted))?;
    let is_value = value.is_quoted()
        || field.values.constant(Cow::Borrowed(&value.text)).is_some()
        || matches!(
            ValueName::of(declaration, field, &value.text),
            ValueName::OtherCase(_) | ValueName::Synonym(..)
        );
    is_value.then_some((value, field, right))
}

/// Returns comparisons with all values of an enum field but one, if these are few.
pub(super) fn other_values(
    field: &Field,
    comparison: &Comparison<'_>,
    alone: bool,
) -> Option<String> {
    const MOST: usize = 3;
    let Arg::Comparable(Comparable::Member(member)) = &comparison.arg else {
        return None;
    };
    let value = single(member)?;
    let documented = field.enum_values().iter().filter(|own| own.is_documented);
    let (own, others): (Vec<_>, Vec<_>) = documented.partition(|own| own.name == value.text);
    if own.is_empty() || others.is_empty() || others.len() > MOST {
        return None;
    }
    let comparator = field.comparator(Relation::Is)?;
    let others: Vec<String> = others
        .into_iter()
        .map(|own| format!("{} {comparator} \"{}\"", field.path, own.name))
        .collect();
    let text = others.join(" OR ");
    Some(if alone || others.len() < 2 {
        text
    } else {
        format!("({text})")
    })
}

/// Returns the edits that replace a bound by an equivalent one at a neighboring timestamp, if the
/// field supports only that.
fn neighboring_bound(
    field: &Field,
    comparison: &Comparison<'_>,
    relation: Relation,
) -> Option<Vec<Edit>> {
    let Arg::Comparable(Comparable::Member(member)) = &comparison.arg else {
        return None;
    };
    let arg = single(member).filter(|value| value.is_quoted())?;
    let Constant::Timestamp(timestamp) = field.values.constant(Cow::Borrowed(&arg.text))? else {
        return None;
    };
    let (relation, timestamp) = match relation {
        Relation::NotBefore => (Relation::After, timestamp.previous()?),
        Relation::After => (Relation::NotBefore, timestamp.next()?),
        Relation::NotAfter => (Relation::Before, timestamp.next()?),
        Relation::Before => (Relation::NotAfter, timestamp.previous()?),
        Relation::Is | Relation::IsNot => return None,
    };
    Some(vec![
        Edit::new(
            comparison.comparator_span,
            field.comparator(relation)?.as_str(),
        ),
        Edit::new(arg.span, format!("\"{timestamp}\"")),
    ])
}

/// Writes a group of values to `out` with `prefix` before each value. With `swap`, AND and OR are
/// swapped. `None` if the group contains anything but values, AND and OR.
fn spell_out(
    expr: &Expr<'_>,
    field: &Field,
    prefix: &str,
    swap: bool,
    out: &mut String,
) -> Option<()> {
    let (operands, is_and) = match &expr.kind {
        // Differing from “A and B” means differing from A or from B, which everything does.
        ExprKind::And(_) if swap => return None,
        ExprKind::And(operands) => (operands, true),
        ExprKind::Or(operands) => (operands, false),
        ExprKind::Sequence(_) | ExprKind::Not(..) => return None,
        ExprKind::Restriction(_) => {
            let value = single(bare_member(expr)?)?;
            let value = Value {
                text: Cow::Borrowed(&*value.text),
                quotes: match field.quoting() {
                    Quoting::Rejected if is_plain_member(&value.text) => Quotes::None,
                    _ => Quotes::Double,
                },
                ..*value
            };
            return write!(out, "{prefix}{value}").ok();
        }
    };
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            out.push_str(if is_and || swap { " AND " } else { " OR " });
        }
        if let ExprKind::Restriction(_) = operand.kind {
            spell_out(operand, field, prefix, swap, out)?;
        } else {
            out.push('(');
            spell_out(operand, field, prefix, swap, out)?;
            out.push(')');
        }
    }
    Some(())
}
