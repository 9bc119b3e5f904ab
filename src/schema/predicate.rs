//! What a comparison means, independent of its spelling.

use std::borrow::Cow;

use super::declaration::{Declaration, Field, Quoting, Relation, Values};
use crate::syntax::{Arg, Comparable, Comparator, Function, Member, Quotes, Restriction, Value};
use crate::values::words::{self, Words};
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
    Words(Words),
}

impl Values {
    /// Returns the constant that a text stands for.
    pub(super) fn constant<'a>(&self, text: Cow<'a, str>) -> Option<Constant<'a>> {
        match self {
            Self::Enum { values, .. } => {
                let index = values.iter().position(|value| value.name == text)?;
                Some(Constant::Value(index))
            }
            Self::Timestamp => Timestamp::parse(text.as_bytes()).map(Constant::Timestamp),
            Self::Name { pattern, .. } => {
                resource_name::matches(pattern, &text).then_some(Constant::Text(text))
            }
            Self::Call(argument) => (text == *argument).then_some(Constant::Value(0)),
            Self::Words => {
                let words = words::words(&text);
                (!words.is_empty()).then_some(Constant::Words(words))
            }
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

impl<'a> Predicate<'a> {
    /// Returns what a restriction of a tree means; `None` if it has a schema error.
    pub(crate) fn of(
        declaration: &'static Declaration,
        restriction: &'a Restriction<'_>,
    ) -> Option<Self> {
        let member = match &restriction.comparable {
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
        Some(Self {
            group,
            field: index,
            relation: field.operator(comparison.comparator)?.relation,
            constant: field.values.constant(value.text)?,
        })
    }

    /// Returns what a call means; `None` if it has a schema error.
    fn of_call(declaration: &'static Declaration, function: &'a Function<'_>) -> Option<Self> {
        let (group, index, field) =
            declaration.find(|field| field.is_function() && spells(&function.name, field.path))?;
        let [Arg::Comparable(Comparable::Member(arg))] = function.args.as_slice() else {
            return None;
        };
        let constant = field.values.constant(value(field, arg)?.text)?;
        Some(Self::call(group, index, constant))
    }

    /// Returns what the call of a field that is a function means.
    fn call(group: usize, field: usize, constant: Constant<'a>) -> Self {
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
        name: &[u8],
        arg: &'a [u8],
    ) -> Option<Self> {
        let (group, index, field) =
            declaration.find(|field| field.is_function() && field.is_spelled(name))?;
        let constant = field.documented_constant(arg)?;
        Some(Self::call(group, index, constant))
    }

    /// Returns what a comparison means if a language documents it, from its source; `None` if it is
    /// invalid, denied by default, or has an escape sequence.
    pub(crate) fn documented(
        declaration: &'static Declaration,
        path: &[u8],
        comparator: Comparator,
        arg: &'a [u8],
    ) -> Option<Self> {
        let (group, index, field) = declaration.find(|field| field.is_spelled(path))?;
        let operator = field.operator(comparator)?;
        Some(Self {
            group,
            field: index,
            relation: operator.relation,
            constant: field
                .documented_constant(arg)
                .filter(|_| operator.instead.is_none())?,
        })
    }
}

impl Field {
    /// Returns the constant that a documented value in the source of a comparison stands for.
    fn documented_constant<'a>(&self, arg: &'a [u8]) -> Option<Constant<'a>> {
        let (is_quoted, text) = match arg {
            [quote @ (b'"' | b'\''), text @ .., end] if quote == end => {
                // A member of several strings is no value.
                (true, Some(text).filter(|text| !text.contains(quote))?)
            }
            text => (false, text),
        };
        if let Values::Timestamp = self.values {
            let timestamp = Timestamp::parse(text).filter(|_| is_quoted)?;
            return Some(Constant::Timestamp(timestamp));
        }
        let text = std::str::from_utf8(text).ok()?;
        if text.contains('\\') {
            return None;
        }
        // A string may be one of several parts of a value that is not quoted.
        let is_accepted = match self.quoting() {
            Quoting::Required => is_quoted,
            Quoting::Optional => is_quoted || !text.contains(['"', '\'']),
            Quoting::Rejected => !is_quoted && !text.contains(['"', '\'']),
        };
        if !is_accepted {
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
