//! The comparisons that the schema supports, and mistakes that it does not.

use gchat_filter::diagnostic::{Code, Span};
use gchat_filter::syntax::{Arg, Comparable, Comparator, Expr, ExprKind, Function, Quotes};

use crate::Part;
use crate::cells::{EVERYTHING, Set, with_role, with_type};
use crate::trees::{member, of_kind, restriction, value};

/// A value of a field.
#[derive(Debug)]
pub struct Value {
    /// Its letter in the notation of [`Part`].
    pub letter: u8,
    /// Whether it is a role, rather than a type.
    pub is_role: bool,
    /// Its name.
    pub name: &'static str,
    /// The cells that have it.
    set: Set,
    /// Whether the filter documentation lists it.
    pub is_documented: bool,
}

const fn role(letter: u8, name: &'static str, role: usize, is_documented: bool) -> Value {
    Value {
        letter,
        is_role: true,
        name,
        set: with_role(role),
        is_documented,
    }
}

const fn member_type(letter: u8, name: &'static str, column: usize, is_documented: bool) -> Value {
    Value {
        letter,
        is_role: false,
        name,
        set: with_type(column),
        is_documented,
    }
}

/// The values of both fields.
pub static VALUES: [Value; 7] = [
    role(b'M', "ROLE_MEMBER", 1, true),
    role(b'G', "ROLE_MANAGER", 2, true),
    role(b'A', "ROLE_ASSISTANT_MANAGER", 3, false),
    role(b'U', "MEMBERSHIP_ROLE_UNSPECIFIED", 0, false),
    member_type(b'H', "HUMAN", 2, true),
    member_type(b'B', "BOT", 3, true),
    member_type(b'T', "TYPE_UNSPECIFIED", 1, false),
];

/// A comparison of a field with a value, by `=` or `!=`.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    /// The value.
    pub value: &'static Value,
    /// Whether the comparator is `=`.
    pub equal: bool,
    /// Quotes around the value.
    pub quotes: Quotes,
}

/// The comparisons that the reference documents: `role` is equal to one of its first two values,
/// and `member.type` is equal to one of its first two values or not.
pub const DOCUMENTED: [Comparison; 6] = [
    Comparison::new(&VALUES[0], true),
    Comparison::new(&VALUES[1], true),
    Comparison::new(&VALUES[4], true),
    Comparison::new(&VALUES[5], true),
    Comparison::new(&VALUES[4], false),
    Comparison::new(&VALUES[5], false),
];

impl Comparison {
    const fn new(value: &'static Value, equal: bool) -> Self {
        Self {
            value,
            equal,
            quotes: Quotes::Double,
        }
    }

    /// Returns the comparison with the value of this name by `=`.
    #[must_use]
    pub fn equal(name: &str) -> Self {
        let value = VALUES.iter().find(|value| value.name == name);
        Self::new(value.expect("the value is in the table"), true)
    }

    /// Returns the comparison with the value of this name by `!=`.
    #[must_use]
    pub fn not_equal(name: &str) -> Self {
        Self {
            equal: false,
            ..Self::equal(name)
        }
    }

    /// Returns the comparison for a letter of the notation of [`Part`].
    #[must_use]
    pub fn of(letter: u8) -> Option<Self> {
        let upper = letter.to_ascii_uppercase();
        let value = VALUES.iter().find(|value| value.letter == upper)?;
        Some(Self::new(value, letter == upper))
    }

    /// Returns its letter in the notation of [`Part`].
    #[must_use]
    pub fn letter(self) -> char {
        let letter = char::from(self.value.letter);
        if self.equal {
            letter
        } else {
            letter.to_ascii_lowercase()
        }
    }

    /// Returns whether the reference documents it.
    #[must_use]
    pub fn is_documented(self) -> bool {
        self.value.is_documented && !self.is_undocumented_operator()
    }

    /// Returns whether it is an inequality of `role`, of which the reference documents only
    /// equalities.
    #[must_use]
    pub fn is_undocumented_operator(self) -> bool {
        self.value.is_role && !self.equal
    }

    /// Returns whether admin access accepts it: any comparison of the role,
    /// `member.type = "HUMAN"` and `member.type != "BOT"`.
    #[must_use]
    pub fn allows_admin_access(self) -> bool {
        self.value.is_role
            || matches!(
                (self.value.name, self.equal),
                ("HUMAN", true) | ("BOT", false)
            )
    }

    /// Returns the cells that it matches.
    #[must_use]
    pub fn set(self) -> Set {
        if self.equal {
            self.value.set
        } else {
            EVERYTHING & !self.value.set
        }
    }

    /// Returns the text, such as `role = "ROLE_MEMBER"`.
    #[must_use]
    pub fn text(self) -> String {
        Part::comparison(self).write_text()
    }

    /// Returns the tree, without spans.
    pub(crate) fn expr(self) -> Expr<'static> {
        let comparator = if self.equal {
            Comparator::Equal
        } else {
            Comparator::NotEqual
        };
        let field = if self.value.is_role { ROLE } else { TYPE };
        let arg = Arg::Comparable(path(&[self.value.name], self.quotes));
        restriction(path(field, Quotes::None), Some((comparator, arg)))
    }
}

const ROLE: &[&str] = &["role"];
const TYPE: &[&str] = &["member", "type"];

fn path(path: &[&str], quotes: Quotes) -> Comparable<'static> {
    let values = path.iter().map(|text| value(*text, quotes));
    Comparable::Member(member(values.collect()))
}

/// A comparison that the method does not accept.
#[derive(Clone, Copy, Debug)]
pub enum Mistake {
    /// `role = "NOBODY"`
    Value,
    /// `nick = "ROLE_MEMBER"`
    Field,
    /// `role < "ROLE_MEMBER"`
    Operator,
    /// `role`
    Bare,
    /// `"HUMAN" = member.type`
    Swapped,
    /// `"role" = "ROLE_MEMBER"`
    Quoted,
    /// `f(role)`
    Call,
    /// `member.type = ("HUMAN" OR "BOT")`
    Group,
}

impl Mistake {
    pub(crate) const ALL: [Self; 8] = [
        Self::Value,
        Self::Field,
        Self::Operator,
        Self::Bare,
        Self::Swapped,
        Self::Quoted,
        Self::Call,
        Self::Group,
    ];

    /// Returns the code of the expected error.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::Value => Code::UnknownValue,
            Self::Field => Code::UnknownField,
            Self::Operator => Code::UnsupportedOperator,
            Self::Bare => Code::MissingComparison,
            Self::Swapped => Code::SwappedSides,
            Self::Quoted => Code::QuotedField,
            Self::Call => Code::FunctionCall,
            Self::Group => Code::GroupArgument,
        }
    }

    /// Returns the tree, without spans.
    pub(crate) fn expr(self) -> Expr<'static> {
        let text = |text| path(&[text], Quotes::None);
        let string = |text| path(&[text], Quotes::Double);
        let compare =
            |left, comparator, right| restriction(left, Some((comparator, Arg::Comparable(right))));
        let member_type = path(TYPE, Quotes::None);
        match self {
            Self::Value => compare(text("role"), Comparator::Equal, string("NOBODY")),
            Self::Field => compare(text("nick"), Comparator::Equal, string("ROLE_MEMBER")),
            Self::Operator => compare(text("role"), Comparator::Less, string("ROLE_MEMBER")),
            Self::Bare => restriction(text("role"), None),
            Self::Swapped => compare(string("HUMAN"), Comparator::Equal, member_type),
            Self::Quoted => compare(string("role"), Comparator::Equal, string("ROLE_MEMBER")),
            Self::Call => restriction(
                Comparable::Function(Function {
                    span: Span::default(),
                    name: member(vec![value("f", Quotes::None)]),
                    args: vec![Arg::Comparable(text("role"))],
                }),
                None,
            ),
            Self::Group => {
                let values = ["HUMAN", "BOT"].map(|value| restriction(string(value), None));
                let either = of_kind(ExprKind::Or(values.into()));
                let arg = Arg::Group(Box::new(either));
                restriction(member_type, Some((Comparator::Equal, arg)))
            }
        }
    }
}
