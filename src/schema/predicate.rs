//! What a comparison means, independent of its spelling.

use std::borrow::Cow;

use super::declaration::{Declaration, FieldGroup};
use super::field::{Field, Quoting, Relation, Values};
use crate::syntax::{Arg, Comparable, Comparator, Function, Member, Quotes, Restriction, Value};
use crate::values::conditions::{Condition, Conditions};
use crate::values::{Timestamp, resource_name};

/// A valid comparison: its field, by index, and what it says about the field's value.
#[derive(Clone, Debug)]
pub(crate) struct Predicate<'a> {
    /// Index of the group in the declaration.
    pub(crate) group: usize,
    /// Index of the field in the group.
    pub(crate) field: usize,
    pub(crate) relation: Relation,
    pub(crate) constant: Constant<'a>,
}

/// What a field is compared with.
#[derive(Clone, Debug)]
pub(crate) enum Constant<'a> {
    /// Index of a value of an enum field; 0 for a call.
    Value(usize),
    Timestamp(Timestamp),
    /// A name or a text.
    Text(Cow<'a, str>),
    Conditions(Condition, Conditions),
}

impl Constant<'_> {
    /// Returns the conditions on words of a text; `None` if there are no words.
    fn of_text(condition: Condition, text: &str) -> Option<Self> {
        let conditions = condition.of(text);
        (!conditions.is_empty()).then_some(Self::Conditions(condition, conditions))
    }
}

impl Values {
    /// Returns the constant that a text stands for.
    pub(crate) fn constant<'a>(&self, text: Cow<'a, str>) -> Option<Constant<'a>> {
        match self {
            Self::Enum { values, .. } => {
                let index = values.iter().position(|value| value.name == text)?;
                Some(Constant::Value(index))
            }
            Self::Timestamp => Timestamp::parse(text.as_bytes()).map(Constant::Timestamp),
            Self::Name { pattern, .. } => {
                resource_name::matches(pattern, &text).then_some(Constant::Text(text))
            }
            Self::Call(argument) => (Some(&*text) == *argument).then_some(Constant::Value(0)),
            Self::Any => (text == "*").then_some(Constant::Value(0)),
            Self::Words { .. } => Constant::of_text(Condition::Beginning, &text),
            Self::Keywords => Constant::of_text(Condition::Phrase, &text),
            Self::Text => (!text.is_empty()).then_some(Constant::Text(text)),
        }
    }
}

/// Returns the value that a member is, for a field. The dotted parts of an unquoted one are joined
/// again, unless the field has enum values whose names have no dots. `None` if a string is one of
/// several parts.
pub(super) fn value<'m>(field: &Field, member: &'m Member<'_>) -> Option<Value<'m>> {
    match member.path.as_slice() {
        [value] => Some(Value {
            text: Cow::Borrowed(&*value.text),
            ..*value
        }),
        _ if matches!(field.values, Values::Enum { .. }) && !field.has_dotted_values() => None,
        values if values.iter().any(Value::is_quoted) => None,
        values => {
            let texts: Vec<&str> = values.iter().map(|value| &*value.text).collect();
            Some(Value {
                span: member.span,
                text: Cow::Owned(texts.join(".")),
                quotes: Quotes::None,
            })
        }
    }
}

/// Returns whether a member is a spelling of a field's name, value by value, quoted or not.
pub(super) fn spells(member: &Member<'_>, path: &str) -> bool {
    let values = member.path.iter().map(|value| &*value.text);
    path.split('.').eq(values)
}

/// Returns what is between two quotes, if a text begins and ends with them.
#[inline]
fn string(text: &str, quote: char) -> Option<&str> {
    text.strip_prefix(quote)?.strip_suffix(quote)
}

/// Returns whether a text has quotes or a backslash.
#[inline]
fn has_marks(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.any(|byte| matches!(byte, b'"' | b'\'' | b'\\'))
}

impl<'a> Predicate<'a> {
    #[inline]
    pub(crate) fn into_owned(self) -> Predicate<'static> {
        Predicate {
            constant: match self.constant {
                Constant::Value(value) => Constant::Value(value),
                Constant::Timestamp(timestamp) => Constant::Timestamp(timestamp),
                Constant::Text(text) => Constant::Text(Cow::Owned(text.into_owned())),
                Constant::Conditions(condition, own) => Constant::Conditions(condition, own),
            },
            ..self
        }
    }

    /// Returns whether the comparison is with an alias of a user.
    pub(super) fn is_alias(&self, declaration: &Declaration) -> bool {
        let group = declaration.groups.get(self.group);
        let is_of_user = group.is_some_and(FieldGroup::is_of_user);
        matches!(&self.constant, Constant::Text(name) if is_of_user && resource_name::is_user_alias(name))
    }

    /// Returns what a restriction of a tree means; `None` if it has a schema error.
    pub(crate) fn of(
        declaration: &'static Declaration,
        restriction: &'a Restriction<'_>,
    ) -> Option<Self> {
        let member = match &restriction.comparable {
            Comparable::Member(member) if restriction.comparison.is_none() => {
                return Self::of_keyword(declaration, member);
            }
            Comparable::Member(member) => member,
            Comparable::Function(function) => {
                let is_compared = restriction.comparison.is_some();
                return Self::of_call(declaration, function).filter(|_| !is_compared);
            }
        };
        let comparison = restriction.comparison.as_ref()?;
        let (group, index, field) = declaration.find(|field| {
            let spellings = [&[field.path], field.aliases, field.misspellings];
            let mut spellings = spellings.into_iter().flatten();
            spellings.any(|path| spells(member, path))
        })?;
        let Arg::Comparable(Comparable::Member(arg)) = &comparison.arg else {
            return None;
        };
        let value = value(field, arg)?;
        if matches!(field.values, Values::Any) && value.is_quoted() {
            return None;
        }
        Some(Self {
            group,
            field: index,
            relation: field.operator(comparison.comparator)?.relation,
            constant: declaration.constant(group, field, value.text)?,
        })
    }

    /// Returns what a call means; `None` if it has a schema error.
    fn of_call(declaration: &'static Declaration, function: &'a Function<'_>) -> Option<Self> {
        let (group, index, field) =
            declaration.find(|field| field.is_function() && spells(&function.name, field.path))?;
        let constant = match (function.args.as_slice(), &field.values) {
            ([], Values::Call(None)) => Constant::Value(0),
            ([Arg::Comparable(Comparable::Member(arg))], _) => {
                field.values.constant(value(field, arg)?.text)?
            }
            _ => return None,
        };
        Some(Self::condition(group, index, constant))
    }

    /// Returns what a member by itself means; `None` if the language has no keywords, or it is not one.
    fn of_keyword(declaration: &'static Declaration, member: &'a Member<'_>) -> Option<Self> {
        let group = declaration.keywords()?;
        let field = declaration.field(group, 0)?;
        let constant = field.values.constant(value(field, member)?.text)?;
        Some(Self::condition(group, 0, constant))
    }

    /// Returns what a member by itself means, from its source; `None` if it is not a keyword, may be
    /// meant as an operator, or has an escape sequence.
    pub(crate) fn documented_keyword(
        declaration: &'static Declaration,
        source: &'a str,
    ) -> Option<Self> {
        let group = declaration.keywords()?;
        let operators = ["AND", "OR", "NOT", "&&", "||"];
        let is_operator = operators.iter().any(|own| own.eq_ignore_ascii_case(source));
        let text = string(source, '"').unwrap_or(source);
        if is_operator || has_marks(text) {
            return None;
        }
        let constant = declaration.field(group, 0)?.values.constant(text.into())?;
        Some(Self::condition(group, 0, constant))
    }

    /// Returns what a call or a keyword means.
    fn condition(group: usize, field: usize, constant: Constant<'a>) -> Self {
        Self {
            group,
            field,
            relation: Relation::Is,
            constant,
        }
    }

    /// Returns what a call means if a language documents it, from its source; `None` if it is
    /// invalid, denied by default, or has an escape sequence.
    pub(crate) fn documented_call(
        declaration: &'static Declaration,
        name: &str,
        arg: Option<&'a str>,
    ) -> Option<Self> {
        let (group, index, field) =
            declaration.find(|field| field.is_function() && field.is_spelled(name))?;
        let constant = match (arg, &field.values) {
            (None, Values::Call(None)) => Constant::Value(0),
            (arg, _) => field.documented_constant(arg?)?,
        };
        Some(Self::condition(group, index, constant))
    }

    /// Returns what a comparison means if a language documents it, from its source; `None` if it is
    /// invalid, denied by default, or has an escape sequence.
    #[inline]
    pub(crate) fn documented(
        declaration: &'static Declaration,
        path: &str,
        comparator: Comparator,
        arg: &'a str,
    ) -> Option<Self> {
        let (group, index, field) = declaration.find(|field| field.is_spelled(path))?;
        let operator = field.operator(comparator)?;
        Some(Self {
            group,
            field: index,
            relation: operator.relation,
            constant: field
                .documented_constant(arg)
                .filter(|_| operator.instead.is_none())
                .map(|constant| declaration.in_group(group, constant))?,
        })
    }
}

impl Declaration {
    /// Returns the constant that a text stands for in a comparison of a group's field.
    fn constant<'a>(
        &self,
        group: usize,
        field: &Field,
        text: Cow<'a, str>,
    ) -> Option<Constant<'a>> {
        let constant = field.values.constant(text)?;
        Some(self.in_group(group, constant))
    }

    /// Returns a constant as one of a group: names of which a resource can have several are conditions.
    #[inline]
    fn in_group<'a>(&self, group: usize, constant: Constant<'a>) -> Constant<'a> {
        let is_multiple = self.groups.get(group).is_some_and(|own| own.is_multiple);
        match constant {
            Constant::Text(name) if is_multiple => {
                Constant::Conditions(Condition::Name, vec![name.into_owned()])
            }
            constant => constant,
        }
    }
}

impl Field {
    /// Returns the constant that a documented value in the source of a comparison stands for.
    #[inline]
    fn documented_constant<'a>(&self, arg: &'a str) -> Option<Constant<'a>> {
        let string = string(arg, '"').or_else(|| string(arg, '\''));
        let text = string.unwrap_or(arg);
        let is_quoted = string.is_some();
        if let Values::Timestamp = self.values {
            let timestamp = Timestamp::parse(text.as_bytes()).filter(|_| is_quoted)?;
            return Some(Constant::Timestamp(timestamp));
        }
        // A member of several strings is no value, and neither is one of which some parts are strings.
        let is_plain = if is_quoted {
            let quote = arg.as_bytes().first();
            let mut bytes = text.as_bytes().iter();
            !bytes.any(|byte| *byte == b'\\' || Some(byte) == quote)
        } else {
            !has_marks(text)
        };
        let is_accepted = match self.quoting() {
            Quoting::Required => is_quoted,
            Quoting::Optional => true,
            Quoting::Rejected => !is_quoted,
        };
        if !is_plain || !is_accepted {
            return None;
        }
        if let Values::Name {
            has_aliases: false, ..
        } = self.values
            && resource_name::is_user_alias(text)
        {
            return None;
        }
        let constant = self.values.constant(Cow::Borrowed(text))?;
        match constant {
            Constant::Value(index) => {
                let value = self.enum_values().get(index);
                value
                    .is_none_or(|value| value.is_documented)
                    .then_some(constant)
            }
            _ => Some(constant),
        }
    }
}
