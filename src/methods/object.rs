//! Reading of JSON objects as `derive` cannot express it: it would read arrays as objects, and it does
//! not support a union whose variants are keys alongside other keys.

use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};

/// Implements `Deserialize` for a JSON object: maps each key, in both spellings of the proto3 JSON
/// mapping, to a variable for its value, then evaluates an expression over these variables. A variable
/// is `None` if its key is absent or `null`.
macro_rules! read_object {
    (
        $type:ident,
        $expected:literal,
        { $($key:literal $(| $alias:literal)? => $field:ident $(unless $other:ident($both:literal))?,)+ },
        $value:expr $(,)?
    ) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                #[serde(field_identifier)]
                #[allow(non_camel_case_types, reason = "its variants are the fields' names")]
                enum Key {
                    $(#[serde(rename = $key $(, alias = $alias)?)] $field,)+
                    #[serde(other)]
                    Unknown,
                }

                struct ObjectVisitor;

                impl<'de> serde::de::Visitor<'de> for ObjectVisitor {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$type, A::Error> {
                        $(let mut $field = None;)+
                        while let Some(key) = map.next_key()? {
                            match key {
                                $(Key::$field => {
                                    let taken: Option<&str> =
                                        None $(.or(matches!($other, Some(Some(_))).then_some($both)))?;
                                    $crate::methods::object::read_once(&mut map, $key, &mut $field, taken)?;
                                })+
                                Key::Unknown => {
                                    map.next_value::<serde::de::IgnoredAny>()?;
                                }
                            }
                        }
                        $(let $field = $field.flatten();)+
                        Ok($value)
                    }
                }

                let keys = &[$($key, $($alias,)?)+];
                deserializer.deserialize_struct(stringify!($type), keys, ObjectVisitor)
            }
        }
    };
}

pub(crate) use read_object;

/// Reads the value of a key into `field`. A second value is an error, and if another key takes the place
/// of this one, any value but `null` is: with the message in `taken`.
#[allow(clippy::option_option, reason = "absent, `null` or a value")]
pub(super) fn read_once<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut A,
    key: &'static str,
    field: &mut Option<Option<T>>,
    taken: Option<&'static str>,
) -> Result<(), A::Error> {
    if field.is_some() {
        return Err(de::Error::duplicate_field(key));
    }
    *field = Some(match taken {
        Some(message) => {
            map.next_value_seed(OnlyNull(message))?;
            None
        }
        None => map.next_value()?,
    });
    Ok(())
}

/// The value of a key after the one that takes its place: only `null`. Any other value is an error
/// before it is read, so that the error is at the key.
struct OnlyNull(&'static str);

impl<'de> DeserializeSeed<'de> for OnlyNull {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for OnlyNull {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        Err(de::Error::custom(self.0))
    }
}
