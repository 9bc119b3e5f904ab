//! Checking of groups: their terms and connectives.

use std::borrow::Cow;

use crate::chars;
use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Quoted, Severity, Span};
use crate::syntax::{Comparator, Expr, ExprKind, Member, Quotes, Restriction};

use super::declaration::Declaration;
use super::field::{EnumValue, Field, Quoting};
use super::lint::Lint;
use super::predicate::value;
use super::schema_check::{SchemaCheck, bare_member, negation, single};
use super::suggest::FieldName;

/// The connective between a term and the one before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Connective {
    And,
    Or,
    Sequence,
}

/// A term of a group: one of the parts that its connectives separate.
pub(super) struct Term<'t, 'a> {
    /// Connective to the term before; `None` for the first term.
    connective: Option<Connective>,
    expr: &'t Expr<'a>,
    role: TermRole,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TermRole {
    /// A comparison, a negation, a group.
    Operand,
    /// A value or a member alone.
    Bare,
    /// `and` or `&&`, `or` or `||`, `not`, where the keyword could be.
    Word(&'static str),
    /// The value in a pair such as `role "ROLE_MEMBER"`.
    Paired,
}

/// Collects the terms of a group, in order.
fn flatten<'t, 'a>(
    expr: &'t Expr<'a>,
    connective: Option<Connective>,
    terms: &mut Vec<Term<'t, 'a>>,
) {
    let (operands, own) = match &expr.kind {
        ExprKind::And(operands) => (operands, Connective::And),
        ExprKind::Sequence(operands) => (operands, Connective::Sequence),
        ExprKind::Or(operands) => (operands, Connective::Or),
        ExprKind::Not(..) | ExprKind::Restriction(_) => {
            terms.push(Term::new(connective, expr));
            return;
        }
    };
    for (index, operand) in operands.iter().enumerate() {
        let connective = if index == 0 { connective } else { Some(own) };
        if operand.is_parenthesized() {
            terms.push(Term::new(connective, operand));
        } else {
            flatten(operand, connective, terms);
        }
    }
}

/// Returns whether the expression is only a value or a member, perhaps negated.
fn is_bare(expr: &Expr<'_>) -> bool {
    match &expr.kind {
        ExprKind::Not(_, operand) => is_bare(operand),
        _ => bare_member(expr).is_some(),
    }
}

/// Returns the keyword that a member was meant to be.
fn keyword(member: &Member<'_>) -> Option<&'static str> {
    let value = single(member).filter(|value| !value.is_quoted())?;
    match &*value.text {
        "&&" => Some("AND"),
        "||" => Some("OR"),
        word => ["AND", "OR", "NOT"]
            .into_iter()
            .find(|keyword| keyword.eq_ignore_ascii_case(word)),
    }
}

impl<'t, 'a> Term<'t, 'a> {
    /// Creates a term with its initial role, which may depend on its neighbors later.
    fn new(connective: Option<Connective>, expr: &'t Expr<'a>) -> Self {
        let role = match bare_member(expr) {
            Some(_) => TermRole::Bare,
            None => TermRole::Operand,
        };
        Self {
            connective,
            expr,
            role,
        }
    }

    /// Returns the member if the term is only that, without parentheses.
    fn word(&self) -> Option<&'t Member<'a>> {
        bare_member(self.expr).filter(|_| !self.expr.is_parenthesized())
    }

    fn keyword(&self) -> Option<&'static str> {
        self.word().and_then(keyword)
    }

    /// Whether the term is joined to the one before by OR, or is a word for OR.
    fn is_or(&self) -> bool {
        self.connective == Some(Connective::Or) || self.role == TermRole::Word("OR")
    }

    /// Whether only OR, or something that binds tighter, is between the term and the one before.
    fn continues(&self, before: TermRole) -> bool {
        self.is_or()
            || self.role == TermRole::Paired
            || matches!(before, TermRole::Word("OR" | "NOT"))
    }

    /// Whether the term is a lone value or member that is not the value of a field.
    fn is_no_value(&self, declaration: &'static Declaration) -> bool {
        match self.role {
            TermRole::Operand => is_bare(self.expr),
            TermRole::Bare | TermRole::Paired => bare_member(self.expr)
                .and_then(|member| value_of_any_field(declaration, member))
                .is_none(),
            TermRole::Word(_) => false,
        }
    }

    /// Whether the term is negated or a comparison with `!=`.
    fn differs(&self) -> bool {
        let is_different = matches!(
            &self.expr.kind,
            ExprKind::Restriction(Restriction { comparison: Some(comparison), .. })
                if comparison.comparator == Comparator::NotEqual
        );
        is_different || self.is_negation()
    }

    fn is_negation(&self) -> bool {
        matches!(self.expr.kind, ExprKind::Not(..)) && !self.expr.is_parenthesized()
    }

    /// Returns the member if the term is only that, perhaps negated, without parentheses. If a value
    /// follows, an operator is missing.
    fn possible_field(&self) -> Option<&'t Member<'a>> {
        match &self.expr.kind {
            ExprKind::Not(_, operand) if self.is_negation() => {
                bare_member(operand).filter(|_| !operand.is_parenthesized())
            }
            _ => self.word().filter(|_| self.role == TermRole::Bare),
        }
    }

    /// Whether there is no operator between the term and the one before.
    fn is_adjacent(&self) -> bool {
        self.connective == Some(Connective::Sequence)
    }
}

/// Marks the words that are meant as keywords and are where the keyword could be.
fn find_words(declaration: &'static Declaration, terms: &mut [Term<'_, '_>]) {
    for index in (0..terms.len()).rev() {
        let keyword_at = |at: Option<usize>| at.and_then(|at| terms.get(at)?.keyword());
        let Some(keyword) = keyword_at(Some(index)) else {
            continue;
        };
        let follows_operand = terms.get(index).is_some_and(Term::is_adjacent)
            && keyword_at(index.checked_sub(1)).is_none();
        // `is not "X"`: a part of several words.
        let before = index.checked_sub(1).and_then(|before| terms.get(before));
        let follows_word = keyword == "NOT"
            && declaration.keywords().is_none()
            && terms.get(index).is_some_and(Term::is_adjacent)
            && before.is_some_and(|before| {
                let is_field = before
                    .word()
                    .is_some_and(|member| FieldName::of(declaration, member).intended().is_some());
                before.keyword().is_none() && before.is_no_value(declaration) && !is_field
            });
        if follows_word {
            continue;
        }
        let precedes_operand = terms.get(index + 1).is_some_and(|next| {
            let is_operand = match (keyword, next.keyword()) {
                // The grammar has no double negation.
                ("NOT", other) => other.is_none() && !next.is_negation(),
                (_, other) => other.is_none_or(|other| other == "NOT"),
            };
            next.is_adjacent() && is_operand
        });
        if precedes_operand
            && (follows_operand || keyword == "NOT")
            && let Some(term) = terms.get_mut(index)
        {
            term.role = TermRole::Word(keyword);
        }
    }
}

/// Marks the values that directly follow the field that they were meant to be compared with.
fn find_pairs(declaration: &'static Declaration, terms: &mut [Term<'_, '_>]) {
    let mut field = false;
    for term in terms {
        let member = term.possible_field();
        let is_field =
            member.is_some_and(|member| FieldName::of(declaration, member).intended().is_some());
        let is_value = member.is_some_and(|member| {
            single(member).is_some()
                && keyword(member).is_none()
                && !is_field
                && term.role == TermRole::Bare
        });
        if field && is_value && term.is_adjacent() {
            term.role = TermRole::Paired;
        }
        field = is_field;
    }
}

/// Whether a term is wrong, and it is not certain what was meant.
fn is_not_understood(diagnostic: &Diagnostic) -> bool {
    let is_certain = diagnostic.fix.as_ref().is_some_and(|fix| fix.certain);
    diagnostic.is_error() && Lint::of(diagnostic.code).is_none() && !is_certain
}

/// Returns the field and the documented value that a member names.
fn value_of_any_field(
    declaration: &'static Declaration,
    member: &Member<'_>,
) -> Option<(&'static Field, &'static EnumValue)> {
    let value = single(member)?;
    declaration.fields().find_map(|field| {
        let documented = field.value(&value.text).filter(|value| value.is_documented);
        documented.map(|value| (field, value))
    })
}

impl SchemaCheck<'_> {
    /// Checks the content of parentheses, or the entire filter.
    pub(super) fn group(&mut self, expr: &Expr<'_>) {
        let mut terms = Vec::new();
        flatten(expr, None, &mut terms);
        find_words(self.declaration, &mut terms);
        find_pairs(self.declaration, &mut terms);
        self.mixed_operators(expr, &terms);
        let mut follows_mistake = false;
        for (index, term) in terms.iter().enumerate() {
            let at = |index: Option<usize>| index.and_then(|index| terms.get(index));
            let (before, after) = (at(index.checked_sub(1)), terms.get(index + 1));
            // A field and its value are one term.
            let first = match before.map(|before| before.role) {
                Some(TermRole::Paired) => at(index.checked_sub(2)),
                _ => before,
            };
            let start = self.diagnostics.len();
            self.missing_connective(first, before, term, after);
            let missing = start..self.diagnostics.len();
            match term.role {
                TermRole::Operand | TermRole::Bare => {
                    self.part(term.expr, terms.len() == 1, [before, after]);
                }
                TermRole::Word(keyword) => self.word(term, keyword, after),
                TermRole::Paired => continue,
            }
            let mut own = self.diagnostics.iter().skip(missing.end);
            let is_mistake = own.any(is_not_understood);
            if follows_mistake || is_mistake {
                // The mistake may be in the place of the operator.
                let missing = self.diagnostics.get_mut(missing).unwrap_or_default();
                for fix in missing.iter_mut().filter_map(|own| own.fix.as_mut()) {
                    fix.certain = false;
                }
            }
            follows_mistake = is_mistake;
        }
    }

    fn mixed_operators(&mut self, expr: &Expr<'_>, terms: &[Term<'_, '_>]) {
        // A word is treated as the keyword that it was meant to be.
        let (mut and, mut sequence, mut or) = (false, false, false);
        let mut follows_word = false;
        for term in terms {
            match (term.role, term.connective) {
                _ if term.is_or() => or = true,
                (TermRole::Word("AND"), _) | (_, Some(Connective::And)) => and = true,
                // The value belongs to the term before.
                (TermRole::Paired, _) => {}
                _ => sequence |= term.is_adjacent() && !follows_word,
            }
            follows_word = matches!(term.role, TermRole::Word(_));
        }
        if !(or && (and || sequence)) {
            return;
        }
        let (message, label) = if and {
            (
                "`AND` and `OR` are mixed without parentheses",
                "`OR` binds tighter than `AND`",
            )
        } else {
            (
                "`OR` and an implicit `AND` are mixed without parentheses",
                "`OR` binds tighter than an implicit `AND`",
            )
        };
        self.lint(Lint::MixedOperators, || {
            let mut edits = Vec::new();
            let mut diagnostic = Diagnostic::error(Code::MixedOperators, expr.bare_span, message)
                .help("add parentheses to make the grouping explicit");
            let mut ors = terms.iter().peekable();
            while let Some(first) = ors.next() {
                let mut span = first.expr.span;
                let (mut last, mut is_or) = (first.role, false);
                while let Some(term) = ors.next_if(|term| term.continues(last)) {
                    span = span.to(term.expr.span);
                    is_or |= term.is_or();
                    last = term.role;
                }
                if is_or {
                    edits.push(Edit::new(Span::at(span.start), "("));
                    edits.push(Edit::new(Span::at(span.end), ")"));
                    diagnostic = diagnostic.label(span, label);
                }
            }
            let is_operand = |term: &Term<'_, '_>| term.role == TermRole::Operand;
            if terms.iter().all(is_operand) {
                diagnostic.fix(Fix::suggestion(edits))
            } else {
                diagnostic
            }
        });
    }

    /// Reports a missing connective between two terms.
    fn missing_connective(
        &mut self,
        first: Option<&Term<'_, '_>>,
        before: Option<&Term<'_, '_>>,
        term: &Term<'_, '_>,
        after: Option<&Term<'_, '_>>,
    ) {
        let operand = |term: &Term<'_, '_>| match term.role {
            TermRole::Operand => !is_bare(term.expr),
            role => role == TermRole::Paired,
        };
        let Some(before) = before.filter(|before| term.is_adjacent() && operand(before)) else {
            return;
        };
        let with_next = after.map_or(term.expr.span, |next| term.expr.span.to(next.expr.span));
        let span = match term.role {
            _ if after.is_some_and(|next| next.role == TermRole::Paired) => with_next,
            TermRole::Operand if operand(term) => term.expr.span,
            TermRole::Word("NOT") => with_next,
            _ => return,
        };
        if self.declaration.has_sequences {
            return;
        }
        let first = first.unwrap_or(before).expr.span.to(before.expr.span);
        let gap = Span::new(before.expr.span.end, span.start);
        // `|| field` and `field = |` have a mistaken operator, to which `AND` would be added.
        let starts = span.within(self.text).chars().next();
        let ends = self
            .text
            .get(..gap.start)
            .and_then(|text| text.chars().next_back());
        let is_punctuation = starts.is_some_and(|c| c != '(' && chars::is_punctuation(c))
            || ends.is_some_and(|c| c != ')' && chars::is_punctuation(c));
        self.lint(Lint::ImplicitAnd, || {
            let diagnostic = Diagnostic::error(
                Code::ImplicitAnd,
                span,
                "missing operator between two terms",
            )
            .label(first, "first term")
            .label(span, "second term")
            .help("join them with `AND`, which AIP-160 implies here, or with `OR`");
            if is_punctuation {
                return diagnostic;
            }
            diagnostic.fix(Fix::certain(vec![Edit::new(gap, " AND ")]))
        });
    }

    /// Reports a word in place of a keyword.
    fn word(&mut self, term: &Term<'_, '_>, keyword: &str, after: Option<&Term<'_, '_>>) {
        let span = term.expr.span;
        let word = span.within(self.text);
        let fix = Fix {
            edits: vec![Edit::new(span, keyword)],
            // The word may be meant as one to search for.
            certain: self.declaration.keywords().is_none(),
        };
        self.diagnostics.push(
            Diagnostic::error(
                Code::LowercaseKeyword,
                span,
                format!("`{word}` is not a keyword"),
            )
            .label(span, format!("expected `{keyword}`"))
            .help(format!("write `{keyword}`; keywords are uppercase words"))
            .fix(fix),
        );
        if let (TermRole::Word("NOT"), Some(operand), false) =
            (term.role, after, self.declaration.has_not)
        {
            let span = span.to(operand.expr.span);
            let opposite = self.opposite(operand.expr);
            self.lint(Lint::Negation, || {
                negation(
                    self.declaration,
                    span,
                    opposite.map(|(_, comparator)| comparator),
                )
            });
        }
    }

    /// Reports a value or a member that is not part of a comparison.
    pub(super) fn bare(&mut self, expr: &Expr<'_>, neighbors: [Option<&Term<'_, '_>>; 2]) {
        let Some(member) = bare_member(expr) else {
            return;
        };
        let own = expr.bare_span;
        if let [_, Some(value)] = neighbors
            && value.role == TermRole::Paired
        {
            self.pair(expr.span, member, value);
            if let Some(value) = value.word() {
                self.keyword(value);
            }
            self.keyword(member);
            return;
        }
        if self.declaration.keywords().is_some() {
            return self.keyword(member);
        }
        let source = own.within(self.text);
        let diagnostic = |message: String| Diagnostic::error(Code::MissingComparison, own, message);
        let diagnostic = match FieldName::of(self.declaration, member).intended() {
            Some(field) if field.is_function() => {
                let diagnostic = diagnostic(format!("{} is not called", Quoted(source)))
                    .label(own, "expected an argument in parentheses after it")
                    .help(format!("write {}", field.examples));
                // What is in parentheses after it may be the argument.
                if neighbors[1]
                    .is_some_and(|next| next.is_adjacent() && next.expr.is_parenthesized())
                {
                    diagnostic
                } else {
                    let call = field.condition().unwrap_or_default();
                    diagnostic.fix(Fix::suggestion(vec![Edit::new(own, call)]))
                }
            }
            Some(field) => diagnostic(format!("{} is not compared with a value", Quoted(source)))
                .label(own, "expected an operator and a value after it")
                .help(format!("write {}", field.examples)),
            None => match value_of_any_field(self.declaration, member) {
                Some((field, value)) => {
                    let operator = field.usual_operator().unwrap_or(" = ");
                    let text = format!("{}{operator}\"{}\"", field.path, value.name);
                    let diagnostic =
                        diagnostic(format!("{} is not compared with a field", Quoted(source)))
                            .label(own, "value without a field")
                            .help(format!("write `{text}`"));
                    // A neighbor may be the intended field, or the operator before.
                    let [before, _] = neighbors;
                    if before.is_some_and(Term::differs)
                        || neighbors
                            .into_iter()
                            .flatten()
                            .any(|term| term.is_no_value(self.declaration))
                    {
                        diagnostic
                    } else {
                        diagnostic.fix(Fix::suggestion(vec![Edit::new(own, text)]))
                    }
                }
                None => diagnostic(format!("{} is not a comparison", Quoted(source)))
                    .label(own, "expected a comparison")
                    .help(
                        match (keyword(member), FieldName::of(self.declaration, member)) {
                            (Some("NOT"), _) => "put a single `NOT` before a term".to_owned(),
                            (Some(keyword), _) => {
                                format!("put a single `{keyword}` between two terms")
                            }
                            (None, FieldName::Elsewhere(help)) => help.to_owned(),
                            _ => self.compare(),
                        },
                    ),
            },
        };
        self.diagnostics.push(diagnostic);
    }

    /// Checks a member by itself in a language where it is a keyword.
    fn keyword(&mut self, member: &Member<'_>) {
        let Some(field) = self
            .declaration
            .keywords()
            .and_then(|group| self.declaration.field(group, 0))
        else {
            return;
        };
        let Some(value) = value(field, member) else {
            let source = Quoted(member.span.within(self.text));
            self.diagnostics.push(
                Diagnostic::error(
                    Code::MissingComparison,
                    member.span,
                    format!("{source} is not a keyword"),
                )
                .label(member.span, "expected a single string")
                .help("put the words of a phrase in one string"),
            );
            return;
        };
        if value.quotes == Quotes::Single {
            self.single_quotes(&value);
        }
        self.not_empty(field, &value);
    }

    /// Reports a field and a value without an operator between them. If they are keywords, this is a
    /// warning.
    fn pair(&mut self, span: Span, member: &Member<'_>, value: &Term<'_, '_>) {
        let field = FieldName::of(self.declaration, member).intended();
        let right = value.expr.span;
        let gap = Span::new(span.end, right.start);
        let diagnostic = Diagnostic::error(
            Code::MissingComparison,
            span.to(right),
            format!(
                "missing operator between {} and the value",
                Quoted(span.within(self.text))
            ),
        )
        .label(
            gap,
            match field.and_then(Field::usual_operator) {
                Some(operator) => format!("expected `{}`", operator.trim()),
                None => "expected an operator".to_owned(),
            },
        )
        .help("compare a field with a value: `field = \"value\"`");
        let known = field
            .zip(value.word().and_then(single))
            .filter(|(field, value)| field.values.constant(Cow::Borrowed(&value.text)).is_some());
        let fix = known.and_then(|(field, value)| {
            if let Some(call) = field.condition() {
                return Some(vec![Edit::new(span.to(right), call)]);
            }
            let operator = field.usual_operator()?;
            Some(
                if value.is_quoted() || field.quoting() != Quoting::Required {
                    vec![Edit::new(gap, operator)]
                } else {
                    vec![
                        Edit::new(gap, format!("{operator}\"")),
                        Edit::new(Span::at(right.end), "\""),
                    ]
                },
            )
        });
        let severity = match self.declaration.keywords() {
            Some(_) => Severity::Warning,
            None => Severity::Error,
        };
        self.diagnostics.push(Diagnostic {
            severity,
            fix: fix.map(Fix::suggestion),
            ..diagnostic
        });
    }
}
