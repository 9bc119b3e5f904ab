//! Enums of the API, each with a variant for values unknown to this version.

use std::fmt;

use serde::ser::{Serialize, Serializer};

/// An enum value that this version of the crate does not recognize: its name or its integer.
///
/// The API may add values to its enums at any time. A resource with an unknown value is read
/// without an error, and the value is written as it was read. Only deserialization and the enums'
/// `From<&str>` and `From<i32>` implementations create an `UnknownValue`, and never for a known
/// value. A name and an integer are never equal, because they cannot be known to be the same value.
///
/// ```
/// use gchat_filter::members::UserType;
///
/// let UserType::Unknown(value) = UserType::from("CYBORG") else { unreachable!() };
/// assert_eq!((value.name(), value.number()), (Some("CYBORG"), None));
/// assert_eq!(UserType::from("BOT"), UserType::Bot);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UnknownValue(NameOrNumber);

/// Thanks to the thin pointer and the word-sized tag, the enums that contain it take 16 bytes, an
/// integer needs no allocation, and known values share the tag: one load identifies the variant.
#[derive(Clone, PartialEq, Eq, Hash)]
enum NameOrNumber {
    Name(Box<Box<str>>),
    Number(i32),
}

impl UnknownValue {
    /// Returns the name; `None` if the value is an integer.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match &self.0 {
            NameOrNumber::Name(name) => Some(name),
            NameOrNumber::Number(_) => None,
        }
    }

    /// Returns the integer; `None` if the value is a name.
    #[must_use]
    pub fn number(&self) -> Option<i32> {
        match self.0 {
            NameOrNumber::Name(_) => None,
            NameOrNumber::Number(number) => Some(number),
        }
    }

    pub(crate) fn from_name(name: &str) -> Self {
        Self(NameOrNumber::Name(Box::new(name.into())))
    }

    pub(crate) fn from_number(number: i32) -> Self {
        Self(NameOrNumber::Number(number))
    }
}

/// Writes the name, or the integer in decimal.
impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            NameOrNumber::Name(name) => f.pad(name),
            NameOrNumber::Number(number) => number.fmt(f),
        }
    }
}

/// Writes the name in quotes, or the integer.
impl fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            NameOrNumber::Name(name) => name.fmt(f),
            NameOrNumber::Number(number) => number.fmt(f),
        }
    }
}

/// Writes the value as it was read.
impl Serialize for UnknownValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            NameOrNumber::Name(name) => serializer.serialize_str(name),
            NameOrNumber::Number(number) => serializer.serialize_i32(*number),
        }
    }
}

/// Declares an open enum: its known values with the API's integers and names, and the description
/// that errors use for the expected value.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $enum:ident, $expected:literal {
            $($(#[$value_meta:meta])* $value:ident = $number:literal $name:literal,)+
        }
    ) => {
        $(#[$meta])*
        ///
        /// # JSON
        ///
        /// Read from a name or an integer, as the proto3 JSON mapping requires, and written as a
        /// name. Unknown values are written as they were read. An integer in quotes is an unknown
        /// name, and an empty string is the default, as some tools write it.
        ///
        /// # Errors
        ///
        /// Deserialization fails for anything but a string or a 32-bit integer: `true`, `1.5`,
        /// `2147483648`, `[]`, and for `null`, unless it is the value of a field of a resource.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $enum {
            $(
                $(#[$value_meta])*
                #[doc = concat!("\n\n`", $name, "`, ", stringify!($number), ".")]
                $value,
            )+
            /// A value that this version of the crate does not recognize.
            Unknown($crate::UnknownValue),
        }

        impl $enum {
            /// Returns the API's name; `None` for an unknown integer.
            #[must_use]
            pub fn name(&self) -> Option<&str> {
                match self {
                    $(Self::$value => Some($name),)+
                    Self::Unknown(value) => value.name(),
                }
            }

            /// Returns the API's integer; `None` for an unknown name.
            #[must_use]
            pub fn number(&self) -> Option<i32> {
                match self {
                    $(Self::$value => Some($number),)+
                    Self::Unknown(value) => value.number(),
                }
            }

            /// Returns whether it is the default, which is not written.
            pub(super) fn is_unspecified(&self) -> bool {
                matches!(self, Self::Unspecified)
            }
        }

        /// Converts a name in the API's spelling. Any other name becomes an unknown value.
        impl From<&str> for $enum {
            fn from(name: &str) -> Self {
                match name {
                    $($name => Self::$value,)+
                    _ => Self::Unknown($crate::methods::open_enum::UnknownValue::from_name(name)),
                }
            }
        }

        /// Converts one of the API's integers. Any other integer becomes an unknown value.
        impl From<i32> for $enum {
            fn from(number: i32) -> Self {
                match number {
                    $($number => Self::$value,)+
                    _ => Self::Unknown($crate::methods::open_enum::UnknownValue::from_number(number)),
                }
            }
        }

        /// Writes the name, or an unknown integer in decimal.
        impl std::fmt::Display for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$value => f.pad($name),)+
                    Self::Unknown(value) => value.fmt(f),
                }
            }
        }

        impl serde::Serialize for $enum {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$value => serializer.serialize_str($name),)+
                    Self::Unknown(value) => value.serialize(serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $enum {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct ValueVisitor;

                impl serde::de::Visitor<'_> for ValueVisitor {
                    type Value = $enum;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!($expected, ": a name or a 32-bit integer"))
                    }

                    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<$enum, E> {
                        Ok(if name.is_empty() { $enum::default() } else { $enum::from(name) })
                    }

                    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<$enum, E> {
                        i32::try_from(number)
                            .map($enum::from)
                            .map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(number), &self))
                    }

                    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<$enum, E> {
                        i32::try_from(number)
                            .map($enum::from)
                            .map_err(|_| E::invalid_value(serde::de::Unexpected::Unsigned(number), &self))
                    }
                }

                deserializer.deserialize_any(ValueVisitor)
            }
        }
    };
}

pub(crate) use open_enum;
