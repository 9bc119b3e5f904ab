//! Writes a tree as text, with any white space, redundant parentheses and escape sequences, and sets
//! the spans in the tree.

use arbitrary::Unstructured;
use gchat_filter::diagnostic::Span;
use gchat_filter::syntax::{
    Arg, Comparable, Expr, ExprKind, Function, MAX_DEPTH, Member, Negation, Quotes, Value,
};

use crate::below;

/// A written tree.
#[derive(Debug)]
pub struct Written {
    /// The text.
    pub text: String,
    /// Offset of the first parenthesis that exceeds the nesting limit.
    pub too_deep: Option<usize>,
}

/// How a tree is written, where there are several ways. By default, in the usual one.
pub trait Style {
    /// Returns the number of pairs of parentheses around the next expression, in pre-order, given
    /// the required number.
    fn parens(&mut self, required: usize) -> usize {
        required
    }

    /// Returns optional white space.
    fn space(&mut self, usual: &'static str) -> &'static str {
        usual
    }

    /// Returns required white space.
    fn gap(&mut self) -> &'static str {
        " "
    }

    /// Returns a character of a string as an escape sequence, unless it is written as it is.
    fn escape(&mut self, _c: char) -> Option<String> {
        None
    }
}

/// Any style: the bytes decide.
impl Style for Unstructured<'_> {
    fn parens(&mut self, required: usize) -> usize {
        let redundant = match below(self, 10) {
            8 => 1,
            9 => 2,
            _ => 0,
        };
        required + redundant
    }

    fn space(&mut self, usual: &'static str) -> &'static str {
        match below(self, 12) {
            8 => "",
            9 => " ",
            10 => "\t",
            11 => "\r\n ",
            _ => usual,
        }
    }

    fn gap(&mut self) -> &'static str {
        match below(self, 12) {
            9 => "  ",
            10 => "\t",
            11 => "\r\n",
            _ => " ",
        }
    }

    fn escape(&mut self, c: char) -> Option<String> {
        let code = u32::from(c);
        Some(match (below(self, 12), c) {
            (9 | 10, '\n') => "\\n".to_owned(),
            (9 | 10, '\r') => "\\r".to_owned(),
            (9 | 10, '\t') => "\\t".to_owned(),
            (9, '"' | '\'') => format!("\\{c}"),
            (10, _) if code < 0x10000 => format!("\\u{code:04x}"),
            (11, _) => format!("\\U{code:08X}"),
            _ => return None,
        })
    }
}

/// At least these pairs of parentheses, in pre-order.
#[derive(Debug)]
pub struct Parens<I>(pub I);

impl<I: Iterator<Item = usize>> Style for Parens<I> {
    fn parens(&mut self, required: usize) -> usize {
        required.max(self.0.next().unwrap_or(0))
    }
}

/// Writes a tree and sets its spans.
pub fn write(expr: &mut Expr<'_>, style: &mut impl Style) -> Written {
    let mut writer = Writer {
        style,
        out: String::new(),
        depth: 0,
        too_deep: None,
    };
    writer.space("");
    writer.expr(expr, 0);
    writer.space("");
    Written {
        text: writer.out,
        too_deep: writer.too_deep,
    }
}

struct Writer<'w, S> {
    style: &'w mut S,
    out: String,
    depth: usize,
    too_deep: Option<usize>,
}

/// The precedence of a kind of expression; higher binds tighter.
fn binding(kind: &ExprKind<'_>) -> u8 {
    match kind {
        ExprKind::And(_) => 0,
        ExprKind::Sequence(_) => 1,
        ExprKind::Or(_) => 2,
        ExprKind::Not(..) => 3,
        ExprKind::Restriction(_) => 4,
    }
}

impl<S: Style> Writer<'_, S> {
    fn span(&mut self, write: impl FnOnce(&mut Self)) -> Span {
        let start = self.out.len();
        write(self);
        Span::new(start, self.out.len())
    }

    fn space(&mut self, usual: &'static str) {
        self.out.push_str(self.style.space(usual));
    }

    fn gap(&mut self) {
        self.out.push_str(self.style.gap());
    }

    fn open(&mut self) {
        self.depth += 1;
        if self.depth > usize::from(MAX_DEPTH) {
            self.too_deep.get_or_insert(self.out.len());
        }
        self.out.push('(');
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.out.push(')');
    }

    /// Writes an expression, in parentheses if it binds less tightly than `min_binding`.
    fn expr(&mut self, expr: &mut Expr<'_>, min_binding: u8) {
        let required = usize::from(binding(&expr.kind) < min_binding);
        let parentheses = self.style.parens(required);
        expr.span = self.span(|this| {
            for _ in 0..parentheses {
                this.open();
                this.space("");
            }
            expr.bare_span = this.span(|this| this.kind(&mut expr.kind));
            for _ in 0..parentheses {
                this.space("");
                this.close();
            }
        });
    }

    fn kind(&mut self, kind: &mut ExprKind<'_>) {
        let tighter = binding(kind) + 1;
        let (operands, keyword) = match kind {
            ExprKind::And(operands) => (operands, Some("AND")),
            ExprKind::Sequence(operands) => (operands, None),
            ExprKind::Or(operands) => (operands, Some("OR")),
            ExprKind::Not(Negation::Keyword, operand) => {
                self.out.push_str("NOT");
                self.gap();
                return self.expr(operand, tighter);
            }
            ExprKind::Not(Negation::Minus, operand) => {
                self.out.push('-');
                return self.expr(operand, tighter);
            }
            ExprKind::Restriction(restriction) => {
                self.comparable(&mut restriction.comparable);
                if let Some(comparison) = &mut restriction.comparison {
                    self.space(" ");
                    let comparator = comparison.comparator.as_str();
                    comparison.comparator_span = self.span(|this| this.out.push_str(comparator));
                    self.space(" ");
                    self.arg(&mut comparison.arg);
                }
                return;
            }
        };
        for (index, operand) in operands.iter_mut().enumerate() {
            if index > 0 {
                self.gap();
                if let Some(keyword) = keyword {
                    self.out.push_str(keyword);
                    self.gap();
                }
            }
            self.expr(operand, tighter);
        }
    }

    fn comparable(&mut self, comparable: &mut Comparable<'_>) {
        match comparable {
            Comparable::Member(member) => self.member(member),
            Comparable::Function(function) => self.function(function),
        }
    }

    fn member(&mut self, member: &mut Member<'_>) {
        member.span = self.span(|this| {
            for (index, value) in member.path.iter_mut().enumerate() {
                if index > 0 {
                    this.out.push('.');
                }
                this.value(value);
            }
        });
    }

    fn function(&mut self, function: &mut Function<'_>) {
        function.span = self.span(|this| {
            this.member(&mut function.name);
            this.open();
            this.space("");
            for (index, arg) in function.args.iter_mut().enumerate() {
                if index > 0 {
                    this.space("");
                    this.out.push(',');
                    this.space(" ");
                }
                this.arg(arg);
            }
            this.space("");
            this.close();
        });
    }

    fn arg(&mut self, arg: &mut Arg<'_>) {
        match arg {
            Arg::Comparable(comparable) => self.comparable(comparable),
            Arg::Group(expr) => self.expr(expr, u8::MAX),
            Arg::Negative(value) => self.value(value),
        }
    }

    fn value(&mut self, value: &mut Value<'_>) {
        let quote = match value.quotes {
            Quotes::None => {
                value.span = self.span(|this| this.out.push_str(&value.text));
                return;
            }
            Quotes::Single => '\'',
            Quotes::Double => '"',
        };
        value.span = self.span(|this| {
            this.out.push(quote);
            for c in value.text.chars() {
                this.character(c, quote);
            }
            this.out.push(quote);
        });
    }

    fn character(&mut self, c: char, quote: char) {
        if let Some(escape) = self.style.escape(c) {
            return self.out.push_str(&escape);
        }
        if c == '\\' || c == quote {
            self.out.push('\\');
        }
        self.out.push(c);
    }
}
