//! Filters with their meaning.

use arbitrary::{Arbitrary, Result, Unstructured};
use gchat_filter::diagnostic::Span;
use gchat_filter::syntax::{Expr, ExprKind, Negation, Quotes};

use crate::cells::{EVERYTHING, Set};
use crate::trees::of_kind;
use crate::writer::{self, Parens, Style};
use crate::{Comparison, Mistake, below};

/// The connective of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connective {
    /// `AND`
    And,
    /// Juxtaposition
    Sequence,
    /// `OR`
    Or,
}

/// The kind of a [`Part`].
#[derive(Clone, Debug)]
pub enum Kind {
    /// A supported comparison.
    Comparison(Comparison),
    /// An unsupported comparison, treated as matching everything.
    Mistake(Mistake),
    /// A negation.
    Not(Negation, Box<Part>),
    /// Two or more operands.
    Joined(Connective, Vec<Part>),
}

/// A filter, or a part of one.
///
/// It is generated from bytes in a readable notation, so that inputs can be written by hand:
///
/// - A group is an operator, the number of its operands (2 to 4), and the operands. `&` is AND,
///   `|` is OR, and a space is a sequence.
/// - `!` is NOT, and `-` the minus sign.
/// - `M`, `G`, `A` and `U` are the roles `ROLE_MEMBER`, `ROLE_MANAGER`, `ROLE_ASSISTANT_MANAGER`
///   and `MEMBERSHIP_ROLE_UNSPECIFIED`. `H`, `B` and `T` are the types `HUMAN`, `BOT` and
///   `TYPE_UNSPECIFIED`. A lower-case letter means `!=`.
/// - `'` before a letter puts its value in single quotes, and `.` leaves it unquoted.
/// - `?` and a byte are a [mistake](Mistake).
///
/// For example, `&2M|2hB` is
/// `role = "ROLE_MEMBER" AND (member.type != "HUMAN" OR member.type = "BOT")`. All other bytes map
/// to one of these.
///
/// All methods that return spans, or take them, require that the part has been written.
#[derive(Clone, Debug)]
pub struct Part {
    /// The kind.
    pub kind: Kind,
    /// The minimum number of pairs of parentheses in [`write_text`](Part::write_text).
    pub parens: usize,
    /// Span in the written text, including enclosing parentheses.
    pub span: Span,
    /// Span without enclosing parentheses.
    pub bare: Span,
}

impl<'a> Arbitrary<'a> for Part {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self::generate(u, 24))
    }
}

impl Part {
    /// Returns a part without spans.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            parens: 0,
            span: Span::default(),
            bare: Span::default(),
        }
    }

    /// Returns a comparison.
    #[must_use]
    pub fn comparison(comparison: Comparison) -> Self {
        Self::new(Kind::Comparison(comparison))
    }

    /// Returns a group.
    #[must_use]
    pub fn joined(connective: Connective, operands: Vec<Self>) -> Self {
        Self::new(Kind::Joined(connective, operands))
    }

    /// Adds pairs of parentheses.
    #[must_use]
    pub fn in_parens(mut self, parens: usize) -> Self {
        self.parens += parens;
        self
    }

    /// Adds pairs of parentheses to each part, in pre-order.
    pub fn add_parens(&mut self, parens: &mut impl Iterator<Item = usize>) {
        self.parens += parens.next().unwrap_or(0);
        for operand in self.operands_mut() {
            operand.add_parens(parens);
        }
    }

    fn generate(u: &mut Unstructured<'_>, depth: usize) -> Self {
        let letter = |u: &mut Unstructured<'_>| {
            let byte = u.arbitrary::<u8>().unwrap_or(0);
            let other = b"MGHBmhbAUTgaut"[usize::from(byte % 14)];
            Comparison::of(byte)
                .or(Comparison::of(other))
                .expect("the table contains the letter")
        };
        let quoted = |u: &mut Unstructured<'_>, quotes| {
            Self::comparison(Comparison {
                quotes,
                ..letter(u)
            })
        };
        let not = |u: &mut Unstructured<'_>, negation| {
            Self::new(Kind::Not(negation, Box::new(Self::generate(u, depth - 1))))
        };
        let byte = u.arbitrary::<u8>().unwrap_or(0);
        let known = b"&| !-'.?".contains(&byte) || Comparison::of(byte).is_some();
        let byte = if known {
            byte
        } else {
            b"MGHBmhb&|M&|& !-'."[usize::from(byte % 18)]
        };
        let connective = match byte {
            b'\'' => return quoted(u, Quotes::Single),
            b'.' => return quoted(u, Quotes::None),
            b'?' => {
                let mistake = Mistake::ALL[usize::from(below(u, 8))];
                return Self::new(Kind::Mistake(mistake));
            }
            _ if depth == 0 => return quoted(u, Quotes::Double),
            b'!' => return not(u, Negation::Keyword),
            b'-' => return not(u, Negation::Minus),
            b'&' => Connective::And,
            b'|' => Connective::Or,
            b' ' => Connective::Sequence,
            _ => {
                let comparison = Comparison::of(byte);
                return comparison.map_or_else(|| quoted(u, Quotes::Double), Self::comparison);
            }
        };
        // The digits `2`, `3` and `4` have their value; a missing byte means 2.
        let count = match u.arbitrary::<u8>().unwrap_or(0) {
            byte @ b'2'..=b'4' => byte - b'0',
            byte => byte % 3 + 2,
        };
        let operands = (0..count).map(|_| Self::generate(u, depth - 1));
        Self::joined(connective, operands.collect())
    }

    // ---- Text ----

    /// Writes the part as a filter and sets its spans. Returns the tree and the text.
    pub fn write(&mut self, style: &mut impl Style) -> (Expr<'static>, String) {
        let mut expr = self.expr();
        let text = writer::write(&mut expr, style).text;
        self.locate(&expr);
        (expr, text)
    }

    /// Writes the part as a filter, in the usual style with its parentheses, and sets its spans.
    pub fn write_text(&mut self) -> String {
        self.write(&mut self.usual_style()).1
    }

    /// Returns the usual style, with the part's parentheses.
    #[must_use]
    pub fn usual_style(&self) -> Parens<std::vec::IntoIter<usize>> {
        let parens: Vec<usize> = self.parts().into_iter().map(|part| part.parens).collect();
        Parens(parens.into_iter())
    }

    /// Returns the tree, without spans.
    #[must_use]
    pub fn expr(&self) -> Expr<'static> {
        match &self.kind {
            Kind::Comparison(comparison) => comparison.expr(),
            Kind::Mistake(mistake) => mistake.expr(),
            Kind::Not(negation, operand) => {
                of_kind(ExprKind::Not(*negation, Box::new(operand.expr())))
            }
            Kind::Joined(connective, operands) => {
                let operands = operands.iter().map(Self::expr).collect();
                of_kind(match connective {
                    Connective::And => ExprKind::And(operands),
                    Connective::Sequence => ExprKind::Sequence(operands),
                    Connective::Or => ExprKind::Or(operands),
                })
            }
        }
    }

    /// Returns the part that a tree states, with its spans; `None` if it contains anything other
    /// than supported comparisons.
    #[must_use]
    pub fn read(tree: &Expr<'_>) -> Option<Self> {
        let joined = |connective, operands: &[Expr<'_>]| {
            let operands = operands
                .iter()
                .map(Self::read)
                .collect::<Option<Vec<_>>>()?;
            Some(Self::joined(connective, operands))
        };
        let mut part = match &tree.kind {
            ExprKind::Not(negation, operand) => {
                Self::new(Kind::Not(*negation, Box::new(Self::read(operand)?)))
            }
            ExprKind::And(operands) => joined(Connective::And, operands)?,
            ExprKind::Sequence(operands) => joined(Connective::Sequence, operands)?,
            ExprKind::Or(operands) => joined(Connective::Or, operands)?,
            // Equality of trees ignores the kind of quotes, but not whether a value is quoted.
            ExprKind::Restriction(_) => b"MGAUHBTmgauhbt".iter().find_map(|letter| {
                let comparison = Comparison::of(*letter)?;
                let all = [Quotes::Double, Quotes::None].map(|quotes| Comparison {
                    quotes,
                    ..comparison
                });
                let mut all = all.into_iter();
                let same = all.find(|comparison| comparison.expr() == *tree)?;
                Some(Self::comparison(same))
            })?,
        };
        part.locate(tree);
        Some(part)
    }

    /// Sets the spans to those of a tree of the same shape.
    fn locate(&mut self, expr: &Expr<'_>) {
        [self.span, self.bare] = [expr.span, expr.bare_span];
        let exprs = match &expr.kind {
            ExprKind::And(exprs) | ExprKind::Sequence(exprs) | ExprKind::Or(exprs) => exprs,
            ExprKind::Not(_, expr) => std::slice::from_ref(&**expr),
            ExprKind::Restriction(_) => &[],
        };
        for (operand, expr) in self.operands_mut().iter_mut().zip(exprs) {
            operand.locate(expr);
        }
    }

    // ---- Structure ----

    /// Returns the operands of a group or a negation.
    #[must_use]
    pub fn operands(&self) -> &[Self] {
        match &self.kind {
            Kind::Joined(_, operands) => operands,
            Kind::Not(_, operand) => std::slice::from_ref(operand),
            Kind::Comparison(_) | Kind::Mistake(_) => &[],
        }
    }

    /// Returns the operands of a group or a negation.
    pub fn operands_mut(&mut self) -> &mut [Self] {
        match &mut self.kind {
            Kind::Joined(_, operands) => operands,
            Kind::Not(_, operand) => std::slice::from_mut(operand),
            Kind::Comparison(_) | Kind::Mistake(_) => &mut [],
        }
    }

    /// Returns all parts in pre-order, including itself.
    #[must_use]
    pub fn parts(&self) -> Vec<&Self> {
        let operands = self.operands().iter().flat_map(Self::parts);
        std::iter::once(self).chain(operands).collect()
    }

    /// Returns its supported comparisons, with their spans.
    #[must_use]
    pub fn comparisons(&self) -> Vec<(Comparison, Span)> {
        let comparison = |part: &Self| match part.kind {
            Kind::Comparison(comparison) => Some((comparison, part.bare)),
            _ => None,
        };
        self.parts().into_iter().filter_map(comparison).collect()
    }

    /// Returns whether the written part has parentheses.
    #[must_use]
    pub fn is_parenthesized(&self) -> bool {
        self.span != self.bare
    }

    /// Returns the spans of the groups that mix AND, or a sequence, with an OR without parentheses.
    /// A group is the contents of parentheses, or the entire filter.
    #[must_use]
    pub fn mixed(&self) -> Vec<Span> {
        let parts = self.parts().into_iter();
        let groups = parts.filter(|part| std::ptr::eq(*part, self) || part.is_parenthesized());
        let mixed = groups.filter(|group| group.connectives() == [true, true]);
        mixed.map(|group| group.bare).collect()
    }

    /// Returns whether the part contains an AND or a sequence, and whether it contains an OR,
    /// outside all inner parentheses.
    fn connectives(&self) -> [bool; 2] {
        let mut found = match self.kind {
            Kind::Joined(Connective::Or, _) => [false, true],
            Kind::Joined(..) => [true, false],
            _ => [false, false],
        };
        for operand in self.operands() {
            if !operand.is_parenthesized() {
                let inner = operand.connectives();
                found = [found[0] || inner[0], found[1] || inner[1]];
            }
        }
        found
    }

    // ---- Meaning ----

    /// Returns the cells that it matches.
    #[must_use]
    pub fn set(&self) -> Set {
        self.set_without(&[]).expect("nothing is removed")
    }

    /// Returns the cells that it matches without the parts at these spans; `None` if all of it is
    /// removed.
    #[must_use]
    pub fn set_without(&self, removed: &[Span]) -> Option<Set> {
        if removed.contains(&self.span) {
            return None;
        }
        let mut sets = self
            .operands()
            .iter()
            .filter_map(|operand| operand.set_without(removed));
        match &self.kind {
            Kind::Comparison(comparison) => Some(comparison.set()),
            Kind::Mistake(_) => Some(EVERYTHING),
            Kind::Not(..) => sets.next().map(|set| EVERYTHING & !set),
            Kind::Joined(Connective::Or, _) => sets.reduce(|a, b| a | b),
            Kind::Joined(..) => sets.reduce(|a, b| a & b),
        }
    }

    /// Returns the innermost parts that match nothing.
    #[must_use]
    pub fn contradictions(&self) -> Vec<&Self> {
        let operands = self.operands().iter();
        let mut found: Vec<_> = operands.flat_map(Self::contradictions).collect();
        if found.is_empty() && self.set() == 0 {
            found.push(self);
        }
        found
    }

    /// Asserts that the comparisons at these spans are a minimal set that conflicts, and only two if
    /// two suffice.
    pub fn assert_minimal_conflict(&self, labels: &[Span], text: &str) {
        let context = format!("{:?} has {labels:?}: {text:?}", self.span);
        let comparisons = self.comparisons();
        let is_comparison = |label: &Span| comparisons.iter().any(|(_, span)| span == label);
        assert!(
            labels.iter().all(is_comparison),
            "not comparisons: {context}"
        );
        assert!(self.is_conflict(labels), "no conflict: {context}");
        for label in labels {
            let others = labels.iter().copied().filter(|other| other != label);
            let others: Vec<Span> = others.collect();
            assert!(
                !self.is_conflict(&others),
                "{label:?} is not needed: {context}"
            );
        }
        if labels.len() != 2 {
            for (index, (_, first)) in comparisons.iter().enumerate() {
                for (_, second) in &comparisons[..index] {
                    assert!(
                        !self.is_conflict(&[*first, *second]),
                        "two suffice: {context}"
                    );
                }
            }
        }
    }

    /// Returns whether the comparisons at these spans conflict on their own: with all others
    /// unconstrained, the part still matches nothing.
    fn is_conflict(&self, spans: &[Span]) -> bool {
        self.set_with_only(false, spans) == 0
    }

    /// An unconstrained comparison is always true, or always false under a negation.
    fn set_with_only(&self, negated: bool, kept: &[Span]) -> Set {
        let sets = |negated| {
            let operands = self.operands().iter();
            operands.map(move |operand| operand.set_with_only(negated, kept))
        };
        match &self.kind {
            Kind::Comparison(comparison) if kept.contains(&self.bare) => comparison.set(),
            Kind::Comparison(_) | Kind::Mistake(_) => {
                if negated {
                    0
                } else {
                    EVERYTHING
                }
            }
            Kind::Not(..) => sets(!negated).fold(EVERYTHING, |all, one| all & !one),
            Kind::Joined(Connective::Or, _) => sets(negated).fold(0, |all, one| all | one),
            Kind::Joined(..) => sets(negated).fold(EVERYTHING, |all, one| all & one),
        }
    }

    /// Returns the spans of the outermost parts whose removal changes nothing, in order. Each is
    /// judged after the removal of those to its right.
    #[must_use]
    pub fn redundant(&self) -> Vec<Span> {
        fn judge(root: &Part, part: &Part, meaning: Set, removed: &mut Vec<Span>) {
            let is_group = matches!(part.kind, Kind::Joined(..));
            for operand in part.operands().iter().rev() {
                if is_group {
                    removed.push(operand.span);
                    if root.set_without(removed) == Some(meaning) {
                        continue;
                    }
                    removed.pop();
                }
                judge(root, operand, meaning, removed);
            }
        }
        let mut removed = Vec::new();
        judge(self, self, self.set(), &mut removed);
        removed.sort();
        removed
    }

    /// Returns the spans of the comparisons that admin access rejects: those of the type other than
    /// the two accepted ones, or under a negation.
    #[must_use]
    pub fn rejected_for_admin_access(&self) -> Vec<Span> {
        fn visit(part: &Part, negated: bool, found: &mut Vec<Span>) {
            if let Kind::Comparison(comparison) = part.kind {
                let rejected = negated && !comparison.value.is_role;
                if rejected || !comparison.allows_admin_access() {
                    found.push(part.bare);
                }
            }
            let negated = negated || matches!(part.kind, Kind::Not(..));
            for operand in part.operands() {
                visit(operand, negated, found);
            }
        }
        let mut found = Vec::new();
        visit(self, false, &mut found);
        found
    }
}
