//! Strict checks of a seed's memberships: unknown fields and enum values, with what was meant, and times.

use std::borrow::Cow;
use std::fmt;

use gchat_filter::Timestamp;
use gchat_filter::diagnostic::quoted;
use gchat_filter::list::camel_case;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::message_types::{Enum, Kind, Message};
use super::nearest::nearest;

/// A problem, with the JSON value that has it.
pub(super) struct Problem<'s> {
    pub(super) value: &'s RawValue,
    pub(super) message: String,
}

/// Checks that an object has only fields and enum values of the API, unless `lenient` is set, and that
/// its times are valid. Any other error passes, because the parser reports it.
///
/// # Errors
///
/// The first problem.
pub(super) fn check<'s>(
    value: &'s RawValue,
    message: &Message,
    lenient: bool,
) -> Result<(), Problem<'s>> {
    let Ok(Fields(fields)) = serde_json::from_str(value.get()) else {
        return Ok(());
    };
    for (name, value) in fields {
        let camel = camel_case(&name);
        let field = match &*name {
            // As google-apps-chat for Python prints it.
            "type_" => "type",
            name => camel.as_deref().unwrap_or(name),
        };
        match message.field(field) {
            None if !lenient => {
                let names = message.fields.iter().map(|(name, _)| *name);
                let message = unknown("field", &name, names);
                return Err(Problem { value, message });
            }
            Some((_, Kind::Message(message))) => check(value, message, lenient)?,
            Some((field, Kind::Enum(values))) if !lenient => {
                let is_wrong = |name: &str| Problem {
                    value,
                    message: unknown(&format!("value of `{field}`"), name, values.names()),
                };
                check_enum(value, values).map_err(|name| is_wrong(&name))?;
            }
            Some((field, Kind::Time)) => {
                let is_wrong = |text: &String| text.parse::<Timestamp>().is_err();
                if let Some(text) = serde_json::from_str(value.get()).ok().filter(is_wrong) {
                    let found = quoted(&text);
                    let message = format!(
                        "`{field}` must be a time with an offset, such as `2026-01-01T00:00:00Z`, \
                         found {found}"
                    );
                    return Err(Problem { value, message });
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Checks that an enum value is known, by name or number.
///
/// # Errors
///
/// The unknown name or number.
fn check_enum(value: &RawValue, values: &Enum) -> Result<(), String> {
    let number_of = |name: &str| (values.number)(name);
    if let Ok(name) = serde_json::from_str::<String>(value.get()) {
        return number_of(&name).map(drop).ok_or(name);
    }
    match value.get().parse::<i32>() {
        Ok(number) if values.names().all(|name| number_of(name) != Some(number)) => {
            Err(number.to_string())
        }
        _ => Ok(()),
    }
}

/// Returns the message for an unknown name, with the nearest name or all of them.
pub(super) fn unknown<'n>(
    what: &str,
    name: &str,
    names: impl Iterator<Item = &'n str> + Clone,
) -> String {
    let found = quoted(name);
    if let Some(nearest) = nearest(name, names.clone()) {
        return format!("unknown {what} {found}; did you mean `{nearest}`?");
    }
    let names: Vec<_> = names.collect();
    format!(
        "unknown {what} {found}, expected one of {}",
        names.join(", ")
    )
}

/// The fields of an object, in order.
struct Fields<'s>(Vec<(Cow<'s, str>, &'s RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;

        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    fields.push(entry);
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(FieldsVisitor)
    }
}
