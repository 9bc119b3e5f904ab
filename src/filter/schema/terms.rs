//! The terms of a group, and what joins them.

use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Quoted, Span};
use crate::filter::fields::{Field, FieldValue};
use crate::filter::lint::Lint;
use crate::filter::suggest::FieldName;
use crate::steps;
use crate::syntax::{Expr, ExprKind, Member};

use super::comparison::examples;
use super::{Schema, bare_member, negation, single};

/// What joins a term to the one before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
    Sequence,
}

/// A term of a group: what stands between its parentheses and its operators.
pub(super) struct Term<'t, 'a> {
    /// What joins it to the term before it; `None` for the first one.
    joint: Option<Joint>,
    expr: &'t Expr<'a>,
    role: TermRole,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TermRole {
    /// A comparison, a negation, a group.
    Operand,
    /// A value or a member on its own.
    Bare,
    /// `and` or `&&`, `or` or `||`, `not`, where the keyword could stand.
    Word(&'static str),
    /// The value or the second half of a pair such as `role "ROLE_MEMBER"`.
    Paired,
}

/// The terms of a group, in order.
fn flatten<'t, 'a>(expr: &'t Expr<'a>, joint: Option<Joint>, terms: &mut Vec<Term<'t, 'a>>) {
    steps::count(1);
    let (operands, own) = match &expr.kind {
        ExprKind::And(operands) => (operands, Joint::And),
        ExprKind::Sequence(operands) => (operands, Joint::Sequence),
        ExprKind::Or(operands) => (operands, Joint::Or),
        ExprKind::Not(..) | ExprKind::Restriction(_) => {
            terms.push(Term::new(joint, expr));
            return;
        }
    };
    for (index, operand) in operands.iter().enumerate() {
        let joint = if index == 0 { joint } else { Some(own) };
        if operand.is_parenthesized() {
            terms.push(Term::new(joint, operand));
        } else {
            flatten(operand, joint, terms);
        }
    }
}

/// Whether all that there is, perhaps negated, is a value or a member.
fn holds_bare(expr: &Expr<'_>) -> bool {
    steps::count(1);
    match &expr.kind {
        ExprKind::Not(_, operand) => holds_bare(operand),
        _ => bare_member(expr).is_some(),
    }
}

/// The keyword that a member was meant to be.
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
    /// A term as it stands, before its neighbours give it another role.
    fn new(joint: Option<Joint>, expr: &'t Expr<'a>) -> Self {
        let role = match bare_member(expr) {
            Some(_) => TermRole::Bare,
            None => TermRole::Operand,
        };
        Self { joint, expr, role }
    }

    /// The member that stands on its own, without parentheses.
    fn word(&self) -> Option<&'t Member<'a>> {
        bare_member(self.expr).filter(|_| !self.expr.is_parenthesized())
    }

    fn keyword(&self) -> Option<&'static str> {
        self.word().and_then(keyword)
    }

    /// Whether OR, or a word for it, joins something to the term before.
    fn is_or(&self) -> bool {
        self.joint == Some(Joint::Or) || self.role == TermRole::Word("OR")
    }

    /// Whether nothing but OR, or what binds tighter, stands between it and the term before.
    fn continues(&self, before: TermRole) -> bool {
        self.is_or()
            || self.role == TermRole::Paired
            || matches!(before, TermRole::Word("OR" | "NOT"))
    }

    /// Whether it stands on its own, and is no field's value.
    fn is_no_value(&self) -> bool {
        match self.role {
            TermRole::Operand => holds_bare(self.expr),
            TermRole::Bare => bare_member(self.expr)
                .and_then(value_of_any_field)
                .is_none(),
            TermRole::Word(_) | TermRole::Paired => false,
        }
    }

    fn is_negation(&self) -> bool {
        matches!(self.expr.kind, ExprKind::Not(..)) && !self.expr.is_parenthesized()
    }

    /// The member that stands on its own or is negated, without parentheses: with a value behind it
    /// an operator is missing.
    fn opening(&self) -> Option<&'t Member<'a>> {
        match &self.expr.kind {
            ExprKind::Not(_, operand) if self.is_negation() => {
                bare_member(operand).filter(|_| !operand.is_parenthesized())
            }
            _ => self.word().filter(|_| self.role == TermRole::Bare),
        }
    }

    /// Whether it only stands beside the term before it.
    fn is_beside(&self) -> bool {
        self.joint == Some(Joint::Sequence)
    }
}

/// Marks the words that are meant as keywords, and stand where the keyword could.
fn find_words(terms: &mut [Term<'_, '_>]) {
    for index in (0..terms.len()).rev() {
        let keyword_at = |at: Option<usize>| at.and_then(|at| terms.get(at)?.keyword());
        let Some(keyword) = keyword_at(Some(index)) else {
            continue;
        };
        let stands_behind = terms.get(index).is_some_and(Term::is_beside)
            && keyword_at(index.checked_sub(1)).is_none();
        let stands_before = terms.get(index + 1).is_some_and(|behind| {
            let is_operand = match (keyword, behind.keyword()) {
                // Nothing is negated twice.
                ("NOT", other) => other.is_none() && !behind.is_negation(),
                (_, other) => other.is_none_or(|other| other == "NOT"),
            };
            behind.is_beside() && is_operand
        });
        if stands_before
            && (stands_behind || keyword == "NOT")
            && let Some(term) = terms.get_mut(index)
        {
            term.role = TermRole::Word(keyword);
        }
    }
}

/// Marks the values that stand beside the field that they were to be compared with.
fn find_pairs(terms: &mut [Term<'_, '_>]) {
    let mut field = false;
    for term in terms {
        let member = term.opening();
        let is_field = member.is_some_and(|member| FieldName::of(member).plain().is_some());
        let is_value = member.is_some_and(|member| {
            single(member).is_some()
                && keyword(member).is_none()
                && !is_field
                && term.role == TermRole::Bare
        });
        if field && is_value && term.is_beside() {
            term.role = TermRole::Paired;
        }
        field = is_field;
    }
}

/// The field that has the value that a member on its own names.
fn value_of_any_field(member: &Member<'_>) -> Option<(Field, &'static FieldValue)> {
    let value = single(member)?;
    Field::ALL.into_iter().find_map(|field| {
        let documented = field.value(&value.text).filter(|value| value.is_documented);
        documented.map(|value| (field, value))
    })
}
impl Schema<'_> {
    /// What stands between two parentheses, or the whole filter.
    pub(super) fn group(&mut self, expr: &Expr<'_>) {
        let mut terms = Vec::new();
        flatten(expr, None, &mut terms);
        find_words(&mut terms);
        find_pairs(&mut terms);
        self.mixed_operators(expr, &terms);
        for (index, term) in terms.iter().enumerate() {
            let at = |index: Option<usize>| index.and_then(|index| terms.get(index));
            let (before, behind) = (at(index.checked_sub(1)), terms.get(index + 1));
            // A pair is the first term as a whole.
            let first = match before.map(|before| before.role) {
                Some(TermRole::Paired) => at(index.checked_sub(2)),
                _ => before,
            };
            self.joint(first, before, term, behind);
            match term.role {
                TermRole::Operand | TermRole::Bare => {
                    self.part(term.expr, terms.len() == 1, [before, behind]);
                }
                TermRole::Word(keyword) => self.word(term, keyword, behind),
                TermRole::Paired => {}
            }
        }
    }

    fn mixed_operators(&mut self, expr: &Expr<'_>, terms: &[Term<'_, '_>]) {
        // A word counts as the keyword that it was meant to be.
        let (mut and, mut sequence, mut or) = (false, false, false);
        let mut behind_word = false;
        for term in terms {
            match (term.role, term.joint) {
                _ if term.is_or() => or = true,
                (TermRole::Word("AND"), _) | (_, Some(Joint::And)) => and = true,
                // It belongs to the term before it.
                (TermRole::Paired, _) => {}
                _ => sequence |= term.is_beside() && !behind_word,
            }
            behind_word = matches!(term.role, TermRole::Word(_));
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
                "`OR` is mixed with terms side by side",
                "`OR` binds tighter than terms side by side",
            )
        };
        self.lint(Lint::MixedOperators, || {
            let mut edits = Vec::new();
            let mut diagnostic = Diagnostic::error(Code::MixedOperators, expr.bare_span, message)
                .help("put parentheses around what belongs together");
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
                diagnostic.fix(Fix::maybe(edits))
            } else {
                diagnostic
            }
        });
    }

    /// What is missing between two terms.
    fn joint(
        &mut self,
        first: Option<&Term<'_, '_>>,
        before: Option<&Term<'_, '_>>,
        term: &Term<'_, '_>,
        behind: Option<&Term<'_, '_>>,
    ) {
        let operand = |term: &Term<'_, '_>| match term.role {
            TermRole::Operand => !holds_bare(term.expr),
            role => role == TermRole::Paired,
        };
        let Some(before) = before.filter(|before| term.is_beside() && operand(before)) else {
            return;
        };
        let with_next = behind.map_or(term.expr.span, |next| term.expr.span.to(next.expr.span));
        let span = match term.role {
            _ if behind.is_some_and(|next| next.role == TermRole::Paired) => with_next,
            TermRole::Operand if operand(term) => term.expr.span,
            TermRole::Word("NOT") => with_next,
            _ => return,
        };
        let first = first.unwrap_or(before).expr.span.to(before.expr.span);
        let gap = Span::new(before.expr.span.end, span.start);
        self.lint(Lint::ImplicitAnd, || {
            Diagnostic::error(
                Code::ImplicitAnd,
                span,
                "two terms stand side by side without an operator",
            )
            .label(first, "the first term")
            .label(span, "nothing joins this one to it")
            .help("join them with `AND` (which AIP-160 reads here) or `OR`")
            .fix(Fix::certain(vec![Edit::new(gap, " AND ")]))
        });
    }

    /// A word for a keyword.
    fn word(&mut self, term: &Term<'_, '_>, keyword: &str, behind: Option<&Term<'_, '_>>) {
        let span = term.expr.span;
        let word = span.of(self.text);
        self.diagnostics.push(
            Diagnostic::error(
                Code::LowercaseKeyword,
                span,
                format!("`{word}` is not a keyword"),
            )
            .label(span, format!("expected `{keyword}`"))
            .help(format!(
                "write `{keyword}`: keywords are words in upper case"
            ))
            .fix(Fix::certain(vec![Edit::new(span, keyword)])),
        );
        if let (TermRole::Word("NOT"), Some(operand)) = (term.role, behind) {
            let span = span.to(operand.expr.span);
            let opposite = self.opposite(operand.expr);
            self.lint(Lint::Negation, || {
                negation(span, opposite.map(|(_, comparator)| comparator))
            });
        }
    }

    /// A value or a member on its own.
    pub(super) fn bare(&mut self, expr: &Expr<'_>, beside: [Option<&Term<'_, '_>>; 2]) {
        let Some(member) = bare_member(expr) else {
            return;
        };
        let own = expr.bare_span;
        if let [_, Some(value)] = beside
            && value.role == TermRole::Paired
        {
            return self.pair(expr.span, member, value);
        }
        let source = own.of(self.text);
        let diagnostic = |message: String| Diagnostic::error(Code::MissingComparison, own, message);
        let diagnostic = match FieldName::of(member).plain() {
            Some(field) => diagnostic(format!("{} is compared with nothing", Quoted(source)))
                .label(own, "expected an operator and a value behind it")
                .help(format!("compare it: {}", examples(field))),
            None => match value_of_any_field(member) {
                Some((field, value)) => {
                    let text = format!("{} = \"{}\"", field.name(), value.name);
                    let diagnostic = diagnostic(format!("{} stands on its own", Quoted(source)))
                        .label(own, "a value without a field")
                        .help(format!("compare the field with it: `{text}`"));
                    // What it was to be compared with may stand beside it.
                    if beside.into_iter().flatten().any(Term::is_no_value) {
                        diagnostic
                    } else {
                        diagnostic.fix(Fix::maybe(vec![Edit::new(own, text)]))
                    }
                }
                None => diagnostic(format!("{} is not a comparison", Quoted(source)))
                    .label(own, "expected a comparison")
                    .help(match (keyword(member), FieldName::of(member)) {
                        (Some("NOT"), _) => "write `NOT` before a term, and only once".to_owned(),
                        (Some(keyword), _) => {
                            format!("write `{keyword}` between two terms, and only once")
                        }
                        (None, FieldName::Elsewhere(help)) => help.to_owned(),
                        _ => "compare a field with a value, such as `member.type = \"HUMAN\"`"
                            .to_owned(),
                    }),
            },
        };
        self.diagnostics.push(diagnostic);
    }

    /// A field and a value, side by side.
    fn pair(&mut self, span: Span, field: &Member<'_>, value: &Term<'_, '_>) {
        let right = value.expr.span;
        let gap = Span::new(span.end, right.start);
        let diagnostic = Diagnostic::error(
            Code::MissingComparison,
            span.to(right),
            format!(
                "no operator between {} and the value",
                Quoted(span.of(self.text))
            ),
        )
        .label(gap, "expected `=`")
        .help("compare a field with a value: `field = \"value\"`");
        let known = FieldName::of(field)
            .plain()
            .zip(value.word().and_then(single))
            .filter(|(field, value)| field.value(&value.text).is_some());
        self.diagnostics.push(match known {
            Some((_, value)) if value.is_quoted() => {
                diagnostic.fix(Fix::maybe(vec![Edit::new(gap, " = ")]))
            }
            Some(_) => diagnostic.fix(Fix::maybe(vec![
                Edit::new(gap, " = \""),
                Edit::new(Span::at(right.end), "\""),
            ])),
            None => diagnostic,
        });
    }
}
