//! Which fields, values, operators and constructs the method takes.

use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Quoted, Span};
use crate::syntax::{
    Arg, Comparable, Comparator, Comparison, Expr, ExprKind, Function, Member, Quotes, Restriction,
    Value,
};

use super::check::Checker;
use super::fields::{Field, FieldValue};
use super::lint::{Level, Lint};
use super::names::{FieldName, ValueName};

/// Finds everything that is wrong with a tree before asking what it means.
pub(super) fn check(
    checker: &Checker,
    text: &str,
    tree: &Expr<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut schema = Schema {
        checker,
        text,
        diagnostics,
    };
    schema.group(tree);
}

struct Schema<'c> {
    checker: &'c Checker,
    text: &'c str,
    diagnostics: &'c mut Vec<Diagnostic>,
}

/// What joins a term to the one before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
    Sequence,
}

/// A term of a group: what stands between its parentheses and its operators.
struct Term<'t, 'a> {
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
    let (operands, own) = match &expr.kind {
        ExprKind::And(operands) => (operands, Joint::And),
        ExprKind::Sequence(operands) => (operands, Joint::Sequence),
        ExprKind::Or(operands) => (operands, Joint::Or),
        ExprKind::Not(..) | ExprKind::Restriction(_) => {
            let role = match bare_member(expr) {
                Some(_) => TermRole::Bare,
                None => TermRole::Operand,
            };
            terms.push(Term { joint, expr, role });
            return;
        }
    };
    for (index, operand) in operands.iter().enumerate() {
        let joint = if index == 0 { joint } else { Some(own) };
        if operand.is_parenthesized() {
            terms.push(Term {
                joint,
                expr: operand,
                role: TermRole::Operand,
            });
        } else {
            flatten(operand, joint, terms);
        }
    }
}

/// The member that stands on its own.
fn bare_member<'t, 'a>(expr: &'t Expr<'a>) -> Option<&'t Member<'a>> {
    match &expr.kind {
        ExprKind::Restriction(Restriction {
            comparable: Comparable::Member(member),
            comparison: None,
        }) => Some(member),
        _ => None,
    }
}

/// The only value of a member without fields.
fn single<'m, 'a>(member: &'m Member<'a>) -> Option<&'m Value<'a>> {
    match member.path.as_slice() {
        [value] => Some(value),
        _ => None,
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
    /// The member that stands on its own, without parentheses.
    fn word(&self) -> Option<&'t Member<'a>> {
        bare_member(self.expr).filter(|_| !self.expr.is_parenthesized())
    }

    fn keyword(&self) -> Option<&'static str> {
        self.word().and_then(keyword)
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
            && index > 0
            && keyword_at(index.checked_sub(1)).is_none();
        let stands_before = terms.get(index + 1).is_some_and(|behind| {
            let negation = keyword != "NOT" && behind.role == TermRole::Word("NOT");
            behind.is_beside() && (negation || behind.keyword().is_none())
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
        let member = term.word().filter(|_| term.role == TermRole::Bare);
        let is_field = member.is_some_and(|member| FieldName::of(member).written().is_some());
        let is_value = member.is_some_and(|member| {
            single(member).is_some() && keyword(member).is_none() && !is_field
        });
        if field && is_value && term.is_beside() {
            term.role = TermRole::Paired;
        }
        field = is_field;
    }
}

impl Schema<'_> {
    fn lint(&mut self, lint: Lint, diagnostic: impl FnOnce() -> Diagnostic) {
        self.checker.report(lint, self.diagnostics, diagnostic);
    }

    /// What stands between two parentheses, or the whole filter.
    fn group(&mut self, expr: &Expr<'_>) {
        let mut terms = Vec::new();
        flatten(expr, None, &mut terms);
        find_words(&mut terms);
        find_pairs(&mut terms);
        self.mixed_operators(expr, &terms);
        for (index, term) in terms.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|before| terms.get(before));
            let behind = terms.get(index + 1);
            self.joint(before, term, behind);
            match term.role {
                TermRole::Operand => self.part(term.expr, terms.len() == 1),
                TermRole::Bare => self.bare(term.expr, behind),
                TermRole::Word(keyword) => self.word(term, keyword, behind),
                TermRole::Paired => {}
            }
        }
    }

    fn mixed_operators(&mut self, expr: &Expr<'_>, terms: &[Term<'_, '_>]) {
        // A word counts as the keyword that it was meant to be.
        let (mut and, mut or, mut words) = (false, false, false);
        let mut behind_word = false;
        for term in terms {
            let is_word = matches!(term.role, TermRole::Word("AND" | "OR"));
            match (term.role, term.joint) {
                (TermRole::Word("OR"), _) | (_, Some(Joint::Or)) => or = true,
                (TermRole::Word("AND"), _) | (_, Some(Joint::And)) => and = true,
                (_, Some(Joint::Sequence)) => and |= !behind_word,
                (_, None) => {}
            }
            behind_word = matches!(term.role, TermRole::Word(_));
            words |= is_word;
        }
        if !(and && or) {
            return;
        }
        self.lint(Lint::MixedOperators, || {
            let mut edits = Vec::new();
            let mut diagnostic = Diagnostic::error(
                Code::MixedOperators,
                expr.bare_span,
                "`AND` and `OR` are mixed without parentheses",
            )
            .help("put parentheses around what belongs together");
            let mut ors = terms.iter().peekable();
            while let Some(first) = ors.next() {
                let mut span = first.expr.span;
                while let Some(term) = ors.next_if(|term| term.joint == Some(Joint::Or)) {
                    span = span.to(term.expr.span);
                }
                if span != first.expr.span {
                    edits.push(Edit::new(Span::at(span.start), "("));
                    edits.push(Edit::new(Span::at(span.end), ")"));
                    diagnostic = diagnostic.label(span, "`OR` binds tighter than `AND`");
                }
            }
            if words {
                return diagnostic;
            }
            diagnostic.fix(Fix::maybe(edits))
        });
    }

    /// What is missing between two terms.
    fn joint(
        &mut self,
        before: Option<&Term<'_, '_>>,
        term: &Term<'_, '_>,
        behind: Option<&Term<'_, '_>>,
    ) {
        let operand =
            |term: &Term<'_, '_>| matches!(term.role, TermRole::Operand | TermRole::Paired);
        let Some(before) = before.filter(|before| term.is_beside() && operand(before)) else {
            return;
        };
        let with_next = behind.map_or(term.expr.span, |next| term.expr.span.to(next.expr.span));
        let span = match term.role {
            TermRole::Operand => term.expr.span,
            TermRole::Word("NOT") => with_next,
            TermRole::Bare if behind.is_some_and(|next| next.role == TermRole::Paired) => with_next,
            _ => return,
        };
        let gap = Span::new(before.expr.span.end, span.start);
        self.lint(Lint::ImplicitAnd, || {
            Diagnostic::error(
                Code::ImplicitAnd,
                span,
                "two terms stand side by side without an operator",
            )
            .label(before.expr.span, "the first term")
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
            .help("the keywords `AND`, `OR` and `NOT` are written in upper case")
            .fix(Fix::certain(vec![Edit::new(span, keyword)])),
        );
        if let (TermRole::Word("NOT"), Some(operand)) = (term.role, behind) {
            let span = span.to(operand.expr.span);
            self.lint(Lint::Negation, || negation(span));
        }
    }

    /// A value or a member on its own.
    fn bare(&mut self, expr: &Expr<'_>, behind: Option<&Term<'_, '_>>) {
        let Some(member) = bare_member(expr) else {
            return;
        };
        let own = expr.bare_span;
        if let Some(value) = behind.filter(|term| term.role == TermRole::Paired) {
            let span = expr.span.to(value.expr.span);
            let gap = Span::new(expr.span.end, value.expr.span.start);
            self.diagnostics.push(
                Diagnostic::error(
                    Code::MissingComparison,
                    span,
                    format!(
                        "no operator between {} and the value",
                        Quoted(expr.span.of(self.text))
                    ),
                )
                .label(gap, "expected `=`")
                .help("compare a field with a value: `field = \"value\"`")
                .fix(Fix::maybe(vec![Edit::new(gap, " = ")])),
            );
            return;
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
                    diagnostic(format!("{} stands on its own", Quoted(source)))
                        .label(own, "a value without a field")
                        .help(format!("compare the field with it: `{text}`"))
                        .fix(Fix::maybe(vec![Edit::new(own, text)]))
                }
                None => diagnostic(format!("{} is not a comparison", Quoted(source)))
                    .label(own, "expected a comparison")
                    .help(if keyword(member).is_some() {
                        "a keyword is written in upper case, and stands between two terms"
                    } else {
                        "compare a field with a value, such as `member.type = \"HUMAN\"`"
                    }),
            },
        };
        self.diagnostics.push(diagnostic);
    }

    /// A term, or what is negated; `alone` if nothing stands beside it in its group.
    fn part(&mut self, expr: &Expr<'_>, alone: bool) {
        match &expr.kind {
            ExprKind::Not(_, operand) => {
                self.negated(expr, operand);
                self.part(operand, false);
            }
            ExprKind::Restriction(restriction) => {
                let alone = alone || expr.is_parenthesized();
                match (&restriction.comparison, &restriction.comparable) {
                    (Some(comparison), left) => {
                        self.comparison(expr.bare_span, left, comparison, alone);
                    }
                    (None, Comparable::Function(function)) => self.function(function),
                    (None, Comparable::Member(_)) => self.bare(expr, None),
                }
            }
            _ => self.group(expr),
        }
    }

    /// A negation; that of a comparison can be spelled out.
    fn negated(&mut self, expr: &Expr<'_>, operand: &Expr<'_>) {
        let opposite = self.opposite(operand);
        self.lint(Lint::Negation, || {
            let diagnostic = negation(expr.bare_span);
            let Some((span, comparator)) = opposite else {
                return diagnostic;
            };
            let prefix = Span::new(expr.bare_span.start, operand.span.start);
            diagnostic
                .help(format!("write it with `{comparator}`"))
                .fix(Fix::certain(vec![
                    Edit::new(prefix, ""),
                    Edit::new(span, comparator.as_str()),
                ]))
        });
    }

    /// Where a comparison has its comparator, and that of its negation, if the method takes it.
    fn opposite(&self, expr: &Expr<'_>) -> Option<(Span, Comparator)> {
        let ExprKind::Restriction(Restriction {
            comparable: Comparable::Member(left),
            comparison: Some(comparison),
        }) = &expr.kind
        else {
            return None;
        };
        let name = FieldName::of(left);
        let field = match swapped(left, name, &comparison.arg) {
            Some((_, field, _)) => field,
            None => name.written()?,
        };
        let comparator = match comparison.comparator {
            Comparator::Equal => Comparator::NotEqual,
            Comparator::NotEqual => Comparator::Equal,
            _ => return None,
        };
        let is_taken = comparator == Comparator::Equal
            || field == Field::MemberType
            || self.checker.level_of(Lint::RoleInequality) < Level::Deny;
        is_taken.then_some((comparison.comparator_span, comparator))
    }

    fn function(&mut self, function: &Function<'_>) {
        self.diagnostics.push(
            Diagnostic::error(
                Code::FunctionCall,
                function.span,
                format!(
                    "there is no function {}",
                    Quoted(&function.name.to_string())
                ),
            )
            .label(function.span, "this filter has no functions")
            .help("compare a field with a value, such as `member.type = \"HUMAN\"`"),
        );
    }

    /// A comparison; `span` is its own, without parentheses.
    fn comparison(
        &mut self,
        span: Span,
        left: &Comparable<'_>,
        comparison: &Comparison<'_>,
        alone: bool,
    ) {
        let left = match left {
            Comparable::Function(function) => {
                self.function(function);
                return self.arg(None, span, comparison, alone);
            }
            Comparable::Member(member) => member,
        };
        let name = FieldName::of(left);
        if let Some((value, field, right)) = swapped(left, name, &comparison.arg) {
            return self.swapped(span, value, field, right, comparison);
        }
        self.field(left, name);
        if let Some(field) = name.plain() {
            self.operator(field, comparison);
        }
        self.arg(name.plain(), span, comparison, alone);
    }

    /// The member that should be a field.
    fn field(&mut self, member: &Member<'_>, name: FieldName) {
        if let Some(field) = name.written()
            && member.path.iter().any(Value::is_quoted)
        {
            self.diagnostics.push(
                Diagnostic::error(
                    Code::QuotedField,
                    member.span,
                    format!("the field `{}` is in quotation marks", field.name()),
                )
                .label(member.span, "a string, not a field")
                .help("only values are quoted")
                .fix(Fix::certain(vec![Edit::new(member.span, field.name())])),
            );
        }
        let source = Quoted(member.span.of(self.text)).to_string();
        let diagnostic = Diagnostic::error(
            Code::UnknownField,
            member.span,
            format!("unknown field {source}"),
        )
        .label(member.span, "expected `role` or `member.type`");
        let replace = |field: Field| vec![Edit::new(member.span, field.name())];
        self.diagnostics.push(match name {
            FieldName::Exact(_) => return,
            FieldName::OtherCase(field) => diagnostic
                .help(format!(
                    "field names are case-sensitive: `{}`",
                    field.name()
                ))
                .fix(Fix::certain(replace(field))),
            FieldName::Synonym(field) | FieldName::Near(field) => diagnostic
                .help(format!("did you mean `{}`?", field.name()))
                .fix(Fix::maybe(replace(field))),
            FieldName::Elsewhere(help) => diagnostic.help(help),
            FieldName::Unknown => diagnostic.help("the fields are `role` and `member.type`"),
        });
    }

    /// The comparator, for a field.
    fn operator(&mut self, field: Field, comparison: &Comparison<'_>) {
        let span = comparison.comparator_span;
        let comparator = comparison.comparator;
        match (field, comparator) {
            (_, Comparator::Equal) | (Field::MemberType, Comparator::NotEqual) => {}
            (Field::Role, Comparator::NotEqual) => self.lint(Lint::RoleInequality, || {
                Diagnostic::error(
                    Code::RoleInequality,
                    span,
                    "`!=` is not documented for `role`",
                )
                .label(span, "expected `=`")
                .help("list the roles that are wanted, joined with `OR`")
            }),
            _ => {
                let expected = match field {
                    Field::Role => "`=`",
                    Field::MemberType => "`=` or `!=`",
                };
                let diagnostic = Diagnostic::error(
                    Code::UnsupportedOperator,
                    span,
                    format!("`{comparator}` does not compare `{}`", field.name()),
                )
                .label(span, format!("expected {expected}"))
                .help(format!("compare it: {}", examples(field)));
                self.diagnostics.push(match comparator {
                    Comparator::Has => diagnostic.fix(Fix::maybe(vec![Edit::new(span, "=")])),
                    _ => diagnostic,
                });
            }
        }
    }

    /// The right side; the field is `None` if it is not known.
    fn arg(&mut self, field: Option<Field>, span: Span, comparison: &Comparison<'_>, alone: bool) {
        match (&comparison.arg, field) {
            (Arg::Comparable(Comparable::Function(function)), _) => self.function(function),
            (Arg::Group(group), _) => {
                self.group_argument(field, span, comparison.comparator, group, alone);
            }
            (_, None) => {}
            (Arg::Comparable(Comparable::Member(member)), Some(field)) => match single(member) {
                Some(value) => self.value(field, value),
                None => self.not_a_value(field, member.span),
            },
            (Arg::Negative(value), Some(field)) => self.not_a_value(field, value.span),
        }
    }

    /// Something that no value looks like.
    fn not_a_value(&mut self, field: Field, span: Span) {
        let diagnostic = self.unknown_value(field, span);
        self.diagnostics.push(diagnostic);
    }

    fn unknown_value(&self, field: Field, span: Span) -> Diagnostic {
        let (name, source) = (field.name(), Quoted(span.of(self.text)));
        Diagnostic::error(
            Code::UnknownValue,
            span,
            format!("unknown value {source} of `{name}`"),
        )
        .label(span, format!("expected {}", values(field)))
        .help(format!("the values of `{name}` are {}", values(field)))
    }

    /// A value of a field.
    fn value(&mut self, field: Field, value: &Value<'_>) {
        self.quotes(field, value);
        self.value_name(field, value);
    }

    /// How a value is quoted.
    fn quotes(&mut self, field: Field, value: &Value<'_>) {
        let span = value.span;
        let source = span.of(self.text);
        match value.quotes {
            Quotes::Double => {}
            Quotes::None => {
                // A field or a wildcard would not be right in quotation marks either.
                let is_value = field.value(&value.text).is_some()
                    || !matches!(ValueName::of(field, &value.text), ValueName::Wildcard)
                        && !Field::ALL.iter().any(|field| field.name() == value.text);
                if is_value {
                    self.lint(Lint::UnquotedValue, || {
                        Diagnostic::error(
                            Code::UnquotedValue,
                            span,
                            format!("the value {} is not in quotation marks", Quoted(source)),
                        )
                        .label(
                            span,
                            format!("expected {}", Quoted(&format!("\"{source}\""))),
                        )
                        .help("values are written in double quotation marks")
                        .fix(Fix::certain(vec![
                            Edit::new(Span::at(span.start), "\""),
                            Edit::new(Span::at(span.end), "\""),
                        ]))
                    });
                }
            }
            Quotes::Single => self.lint(Lint::SingleQuotes, || {
                let diagnostic = Diagnostic::error(
                    Code::SingleQuotes,
                    span,
                    "the value is in single quotation marks",
                )
                .label(span, "expected double quotation marks")
                .help("Google's examples have double quotation marks only");
                if source.contains('"') {
                    return diagnostic;
                }
                diagnostic.fix(Fix::certain(vec![
                    Edit::new(Span::new(span.start, span.start + 1), "\""),
                    Edit::new(Span::new(span.end - 1, span.end), "\""),
                ]))
            }),
        }
    }

    /// Whether a value is one of the field's.
    fn value_name(&mut self, field: Field, value: &Value<'_>) {
        if let Some(known) = field.value(&value.text) {
            if !known.is_documented {
                self.lint(Lint::UndocumentedValue, || {
                    Diagnostic::error(
                        Code::UndocumentedValue,
                        value.span,
                        format!("`{}` is not documented for filters", known.name),
                    )
                    .label(value.span, format!("expected {}", values(field)))
                    .help(format!(
                        "the API has this value, but the filter's documentation lists only {}",
                        values(field)
                    ))
                });
            }
            return;
        }
        let inner = match value.quotes {
            Quotes::None => value.span,
            Quotes::Single | Quotes::Double => Span::new(value.span.start + 1, value.span.end - 1),
        };
        let replace = |with: &FieldValue| vec![Edit::new(inner, with.name)];
        let diagnostic = self.unknown_value(field, value.span);
        let diagnostic = match ValueName::of(field, &value.text) {
            ValueName::OtherCase(known) => {
                let help = format!("values are case-sensitive: `\"{}\"`", known.name);
                let edits = replace(known);
                diagnostic.help(help).fix(if known.is_documented {
                    Fix::certain(edits)
                } else {
                    Fix::maybe(edits)
                })
            }
            ValueName::Synonym(help, known) => {
                let diagnostic = diagnostic.help(help);
                match known {
                    Some(known) => diagnostic.fix(Fix::maybe(replace(known))),
                    None => diagnostic,
                }
            }
            ValueName::Near(known) => diagnostic
                .help(format!("did you mean `\"{}\"`?", known.name))
                .fix(Fix::maybe(replace(known))),
            ValueName::OtherField => diagnostic.help(format!(
                "this is a value of `{}`; those of `{}` are {}",
                field.other().name(),
                field.name(),
                values(field)
            )),
            ValueName::Empty => diagnostic.help(format!(
                "to admit every value, leave the comparison out; the values are {}",
                values(field)
            )),
            ValueName::Wildcard => diagnostic.help(format!(
                "there are no wildcards; to admit every value, leave the comparison out; \
                 the values are {}",
                values(field)
            )),
            ValueName::Unknown => diagnostic,
        };
        self.diagnostics.push(diagnostic);
    }

    /// The value on the left, the field on the right.
    fn swapped(
        &mut self,
        span: Span,
        value: &Value<'_>,
        field: Field,
        right: &Member<'_>,
        comparison: &Comparison<'_>,
    ) {
        let source = value.span.of(self.text);
        let quoted = if value.is_quoted() {
            source.to_owned()
        } else {
            format!("\"{source}\"")
        };
        let before = self.diagnostics.len();
        self.field(right, FieldName::of(right));
        self.value(field, value);
        // The fix below mends, or moves, what these speak of.
        for diagnostic in self.diagnostics.iter_mut().skip(before) {
            diagnostic.fix = None;
        }
        self.operator(field, comparison);
        self.diagnostics.push(
            Diagnostic::error(Code::SwappedSides, span, "the sides are swapped")
                .label(value.span, "a value")
                .label(right.span, "the field")
                .help("the field stands on the left, the value on the right")
                .fix(Fix::certain(vec![
                    Edit::new(value.span, field.name()),
                    Edit::new(right.span, quoted),
                ])),
        );
    }

    /// A group for a value.
    fn group_argument(
        &mut self,
        field: Option<Field>,
        span: Span,
        comparator: Comparator,
        group: &Expr<'_>,
        alone: bool,
    ) {
        let diagnostic = Diagnostic::error(
            Code::GroupArgument,
            group.span,
            "a group of values cannot be compared with",
        )
        .label(group.span, "expected one value")
        .help("compare the field with each value on its own");
        let Some(field) = field else {
            self.diagnostics.push(diagnostic);
            return;
        };
        self.group_values(field, group);
        // To differ from “A or B” is to differ from A and from B.
        let swap = comparator == Comparator::NotEqual;
        let spelled = spell_out(group, &format!("{} {comparator} ", field.name()), swap);
        self.diagnostics.push(match spelled {
            Some(text) => {
                let text = match &group.kind {
                    ExprKind::And(_) | ExprKind::Or(_) if !alone => format!("({text})"),
                    _ => text,
                };
                let edits = vec![Edit::new(span, text)];
                let is_plain = comparator == Comparator::Equal
                    && match &group.kind {
                        ExprKind::Or(values) => {
                            values.iter().all(|value| bare_member(value).is_some())
                        }
                        kind => matches!(kind, ExprKind::Restriction(_)),
                    };
                diagnostic.fix(if is_plain {
                    Fix::certain(edits)
                } else {
                    Fix::maybe(edits)
                })
            }
            None => diagnostic,
        });
    }

    /// Whether the values in a group are the field's.
    fn group_values(&mut self, field: Field, expr: &Expr<'_>) {
        match &expr.kind {
            ExprKind::And(operands) | ExprKind::Or(operands) | ExprKind::Sequence(operands) => {
                for operand in operands {
                    self.group_values(field, operand);
                }
            }
            ExprKind::Not(_, operand) => self.group_values(field, operand),
            ExprKind::Restriction(_) => {
                if let Some(value) = bare_member(expr).and_then(single) {
                    self.value_name(field, value);
                }
            }
        }
    }
}

/// The value, the field and the right side of a comparison whose sides are swapped.
fn swapped<'t, 'a>(
    left: &'t Member<'a>,
    name: FieldName,
    arg: &'t Arg<'a>,
) -> Option<(&'t Value<'a>, Field, &'t Member<'a>)> {
    let Arg::Comparable(Comparable::Member(right)) = arg else {
        return None;
    };
    let value = single(left).filter(|_| name.written().is_none())?;
    let field = FieldName::of(right)
        .written()
        .filter(|_| !right.path.iter().any(Value::is_quoted))?;
    let is_value = value.is_quoted()
        || matches!(
            ValueName::of(field, &value.text),
            ValueName::OtherCase(_) | ValueName::Synonym(..)
        );
    is_value.then_some((value, field, right))
}

/// A group of values with `prefix` before each, AND and OR swapped or not; `None` if there is more
/// in it than values, AND and OR.
fn spell_out(expr: &Expr<'_>, prefix: &str, swap: bool) -> Option<String> {
    let (operands, is_and) = match &expr.kind {
        ExprKind::And(operands) => (operands, true),
        ExprKind::Or(operands) => (operands, false),
        ExprKind::Sequence(_) | ExprKind::Not(..) => return None,
        ExprKind::Restriction(_) => {
            let value = single(bare_member(expr)?)?;
            let value = Value {
                quotes: Quotes::Double,
                ..value.clone()
            };
            return Some(format!("{prefix}{value}"));
        }
    };
    let mut out = String::new();
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            out.push_str(if is_and == swap { " OR " } else { " AND " });
        }
        let text = spell_out(operand, prefix, swap)?;
        match operand.kind {
            ExprKind::Restriction(_) => out.push_str(&text),
            _ => out.extend(["(", &text, ")"]),
        }
    }
    Some(out)
}

/// The field that has the value that a member on its own names.
fn value_of_any_field(member: &Member<'_>) -> Option<(Field, &'static FieldValue)> {
    let value = single(member)?;
    Field::ALL.into_iter().find_map(|field| {
        let documented = field.value(&value.text).filter(|value| value.is_documented);
        documented.map(|value| (field, value))
    })
}

/// The documented values of a field, for a message.
fn values(field: Field) -> String {
    let documented = field.values().iter().filter(|value| value.is_documented);
    let names: Vec<String> = documented
        .map(|value| format!("`\"{}\"`", value.name))
        .collect();
    names.join(" or ")
}

/// Comparisons of a field, for a message.
fn examples(field: Field) -> &'static str {
    match field {
        Field::Role => r#"`role = "ROLE_MANAGER"` or `role = "ROLE_MEMBER"`"#,
        Field::MemberType => r#"`member.type = "HUMAN"` or `member.type != "BOT"`"#,
    }
}

fn negation(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::Negation,
        span,
        "negation is not documented for this filter",
    )
    .label(span, "negated")
    .help("say what is wanted, with `=`, `!=`, `AND` and `OR`")
}
