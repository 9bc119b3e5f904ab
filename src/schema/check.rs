//! Checking of expressions: negations, functions, and what their parts are.

use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Quoted, Span};
use crate::syntax::{Arg, Comparable, Comparator, Expr, ExprKind, Function, Negation, Restriction};

use super::comparison::{other_values, swapped};
use super::declaration::Declaration;
use super::field::Values;
use super::lint::{Level, Levels, Lint};
use super::predicate::value;
use super::schema_check::{SchemaCheck, negation};
use super::shape;
use super::suggest::FieldName;
use super::terms::Term;

/// Reports everything that is wrong with a tree, independent of its meaning.
///
/// What AND and OR may join is only checked if each comparison by itself is valid.
pub(crate) fn check(
    declaration: &'static Declaration,
    levels: &Levels,
    text: &str,
    tree: &Expr<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut check = SchemaCheck {
        declaration,
        levels,
        text,
        diagnostics,
    };
    check.group(tree);
    let is_shape = |diagnostic: &Diagnostic| shape::is_shape(declaration, diagnostic.code);
    let is_wrong = |diagnostic: &Diagnostic| diagnostic.is_error() && !is_shape(diagnostic);
    if diagnostics.iter().any(is_wrong) {
        diagnostics.retain(|diagnostic| !is_shape(diagnostic));
    } else {
        shape::check(declaration, tree, diagnostics);
    }
}

impl SchemaCheck<'_> {
    /// Checks a term or a negated operand. `alone` is whether it is the only term in its group, and
    /// `neighbors` are the terms before and after it.
    pub(super) fn part(
        &mut self,
        expr: &Expr<'_>,
        alone: bool,
        neighbors: [Option<&Term<'_, '_>>; 2],
    ) {
        match &expr.kind {
            ExprKind::Not(kind, operand) => {
                self.negated(*kind, expr, operand, alone);
                self.part(operand, false, neighbors);
            }
            ExprKind::Restriction(restriction) => {
                let alone = alone || expr.is_parenthesized();
                match (&restriction.comparison, &restriction.comparable) {
                    (Some(comparison), left) => {
                        self.comparison(expr.bare_span, left, comparison, alone);
                    }
                    (None, Comparable::Function(function)) => self.function(function),
                    (None, Comparable::Member(_)) => self.bare(expr, neighbors),
                }
            }
            _ => self.group(expr),
        }
    }

    /// Reports a negation; that of a comparison can be replaced by the opposite comparator.
    fn negated(&mut self, kind: Negation, expr: &Expr<'_>, operand: &Expr<'_>, alone: bool) {
        if self.declaration.has_not {
            if kind == Negation::Minus {
                self.minus(expr, operand);
            }
            return;
        }
        let opposite = self.opposite(operand);
        let others = self.other_values(operand, alone);
        self.lint(Lint::Negation, || {
            let diagnostic = negation(
                self.declaration,
                expr.bare_span,
                opposite.map(|(_, comparator)| comparator),
            );
            let Some((span, comparator)) = opposite else {
                return Diagnostic {
                    fix: others.map(|text| Fix::suggestion(vec![Edit::new(expr.bare_span, text)])),
                    ..diagnostic
                };
            };
            let prefix = Span::new(expr.bare_span.start, operand.span.start);
            diagnostic.fix(Fix::certain(vec![
                Edit::new(prefix, ""),
                Edit::new(span, comparator.as_str()),
            ]))
        });
    }

    /// Returns the comparisons with all other values, for a negated comparison with one of a few.
    fn other_values(&self, operand: &Expr<'_>, alone: bool) -> Option<String> {
        let ExprKind::Restriction(Restriction {
            comparable: Comparable::Member(left),
            comparison: Some(comparison),
        }) = &operand.kind
        else {
            return None;
        };
        let field = FieldName::of(self.declaration, left).written()?;
        let is_equal = comparison.comparator == Comparator::Equal;
        other_values(field, comparison, alone).filter(|_| is_equal)
    }

    /// Returns the span of an expression's comparator and the opposite comparator, if the expression
    /// is a comparison and the method accepts the opposite.
    pub(super) fn opposite(&self, expr: &Expr<'_>) -> Option<(Span, Comparator)> {
        let ExprKind::Restriction(Restriction {
            comparable: Comparable::Member(left),
            comparison: Some(comparison),
        }) = &expr.kind
        else {
            return None;
        };
        let name = FieldName::of(self.declaration, left);
        let field = match swapped(self.declaration, left, name, &comparison.arg) {
            Some((_, field, _)) => field,
            None => name.written()?,
        };
        let comparator = match comparison.comparator {
            Comparator::Equal => Comparator::NotEqual,
            Comparator::NotEqual => Comparator::Equal,
            _ => return None,
        };
        let is_accepted = field.operator(comparator)?.instead.is_none()
            || self.levels.of(Lint::UndocumentedOperator) < Level::Deny;
        is_accepted.then_some((comparison.comparator_span, comparator))
    }

    /// Reports `-` where only `NOT` is documented.
    fn minus(&mut self, expr: &Expr<'_>, operand: &Expr<'_>) {
        self.lint(Lint::Negation, || {
            Diagnostic::error(
                Code::Negation,
                expr.bare_span,
                "negation with `-` is not documented for filters",
            )
            .label(expr.bare_span, "negated here")
            .help("use `NOT`")
            .fix(Fix::certain(vec![Edit::new(
                Span::new(expr.bare_span.start, operand.span.start),
                "NOT ",
            )]))
        });
    }

    /// Checks a call in place of a comparison.
    fn function(&mut self, function: &Function<'_>) {
        let field = match FieldName::of(self.declaration, &function.name) {
            FieldName::Exact(field) if field.is_function() => field,
            FieldName::OtherCase(field) if field.is_function() => {
                let span = function.name.span;
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::UnknownField,
                        span,
                        format!("unknown function {}", Quoted(span.within(self.text))),
                    )
                    .label(span, format!("expected `{}`", field.path))
                    .help(format!("names are case-sensitive; write `{}`", field.path))
                    .fix(Fix::certain(vec![Edit::new(span, field.path)])),
                );
                field
            }
            _ => return self.misplaced_call(function),
        };
        let number = if let Values::Call(None) = field.values {
            "no"
        } else {
            "one"
        };
        let has_argument = !matches!(field.values, Values::Call(None));
        match function.args.as_slice() {
            [] if !has_argument => {}
            [Arg::Comparable(Comparable::Member(member))] if has_argument => {
                match value(field, member) {
                    Some(value) => self.value(field, &value),
                    None => self.not_a_value(field, member.span),
                }
            }
            [Arg::Comparable(Comparable::Function(function))] if has_argument => {
                self.misplaced_call(function);
            }
            [arg] if has_argument => self.not_a_value(field, arg.span()),
            _ => self.diagnostics.push(
                Diagnostic::error(
                    Code::FunctionCall,
                    function.span,
                    format!("`{}` has {number} argument", field.path),
                )
                .label(function.span, format!("expected {number} argument"))
                .help(format!("write {}", field.examples)),
            ),
        }
    }

    /// Returns the diagnostic for a keyword in lower case before parentheses, which reads as a call.
    fn called_keyword(&self, function: &Function<'_>) -> Option<Diagnostic> {
        let span = function.name.span;
        let word = span.within(self.text);
        let keyword = ["AND", "OR", "NOT"]
            .into_iter()
            .find(|keyword| keyword.eq_ignore_ascii_case(word))?;
        let diagnostic = Diagnostic::error(
            Code::LowercaseKeyword,
            span,
            format!("`{word}` is not a keyword"),
        )
        .label(span, format!("expected `{keyword}`"))
        .help(format!(
            "write `{keyword}` with white space on both sides; keywords are uppercase words"
        ));
        let before = self.text.get(..span.start).unwrap_or_default().trim_end();
        if keyword != "NOT" && (before.is_empty() || before.ends_with('(')) {
            // Nothing is before it that it could join.
            return Some(diagnostic);
        }
        let edit = Edit::new(span, format!("{keyword} "));
        Some(diagnostic.fix(Fix::certain(vec![edit])))
    }

    /// Reports a call of an unknown function, or where a function cannot be called.
    pub(super) fn misplaced_call(&mut self, function: &Function<'_>) {
        let name = function.name.to_string();
        let diagnostic = |message: String, label: &str| {
            Diagnostic::error(Code::FunctionCall, function.span, message)
                .label(function.span, label)
        };
        if let Some(diagnostic) = self.called_keyword(function) {
            return self.diagnostics.push(diagnostic);
        }
        let known = FieldName::of(self.declaration, &function.name).written();
        self.diagnostics.push(match known {
            Some(field) if field.is_function() => diagnostic(
                format!("the call of {} is not a condition by itself", Quoted(&name)),
                "cannot be compared",
            )
            .help(format!("write {} as a condition", field.examples)),
            _ => diagnostic(
                format!("unknown function {}", Quoted(&name)),
                &match self.declaration.function_names("or") {
                    names if names.is_empty() => "functions are not supported".to_owned(),
                    names => format!("expected {names}"),
                },
            )
            .help(self.compare()),
        });
    }
}
