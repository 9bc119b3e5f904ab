//! The API's enums, open to values that it may add.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

/// A value of an enum that this crate's version does not know: its name, or its integer.
///
/// The API may add values to its enums at any time. A membership with one is read without an
/// error and written as it was. Only reading and the enums' `From<&str>` and `From<i32>` make one
/// of these, and never of a known value. A name and an integer are never equal: whether they are
/// the same value is not known yet.
///
/// ```
/// use gchat_filter::UserType;
///
/// let UserType::Unknown(value) = UserType::from("CYBORG") else { unreachable!() };
/// assert_eq!((value.name(), value.number()), (Some("CYBORG"), None));
/// assert_eq!(UserType::from("BOT"), UserType::Bot);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UnknownValue(NameOrNumber);

/// With the pointer thin, and the tag a whole word, the enums around it take 16 bytes, a number
/// needs no allocation, and the known values share the tag: one load tells every variant.
#[derive(Clone, PartialEq, Eq, Hash)]
enum NameOrNumber {
    Name(Box<Box<str>>),
    Number(i32),
}

impl UnknownValue {
    /// The name; `None` if the value is an integer.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match &self.0 {
            NameOrNumber::Name(name) => Some(name),
            NameOrNumber::Number(_) => None,
        }
    }

    /// The integer; `None` if the value is a name.
    #[must_use]
    pub fn number(&self) -> Option<i32> {
        match self.0 {
            NameOrNumber::Name(_) => None,
            NameOrNumber::Number(number) => Some(number),
        }
    }

    fn from_name(name: &str) -> Self {
        Self(NameOrNumber::Name(Box::new(name.into())))
    }

    fn from_number(number: i32) -> Self {
        Self(NameOrNumber::Number(number))
    }
}

/// The name, or the integer in decimal.
impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            NameOrNumber::Name(name) => f.pad(name),
            NameOrNumber::Number(number) => number.fmt(f),
        }
    }
}

/// The name in quotes, or the integer.
impl fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            NameOrNumber::Name(name) => name.fmt(f),
            NameOrNumber::Number(number) => number.fmt(f),
        }
    }
}

/// Declares an open enum: its values with the API's integers and names, and what an error says
/// was expected.
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
        /// Read from a name or an integer, as the proto3 JSON mapping wants; written as a name.
        /// What is unknown is kept and written as it was read. An integer in quotes is a name,
        /// and an unknown one.
        ///
        /// # Errors
        ///
        /// Reading fails on anything but a string or a 32-bit integer: `true`, `1.5`,
        /// `2147483648`, `[]`, and on `null`, unless it is the value of a field of a
        /// [`Membership`](crate::Membership) or a [`User`](crate::User).
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
        pub enum $enum {
            $(
                $(#[$value_meta])*
                #[doc = concat!("\n\n`", $name, "`, ", stringify!($number), ".")]
                $value,
            )+
            /// A value that this crate's version does not know.
            Unknown(UnknownValue),
        }

        impl $enum {
            /// The API's name; `None` for an unknown integer.
            #[must_use]
            pub fn name(&self) -> Option<&str> {
                match self {
                    $(Self::$value => Some($name),)+
                    Self::Unknown(value) => value.name(),
                }
            }

            /// The API's integer; `None` for an unknown name.
            #[must_use]
            pub fn number(&self) -> Option<i32> {
                match self {
                    $(Self::$value => Some($number),)+
                    Self::Unknown(value) => value.number(),
                }
            }

            /// Whether it is the default, which is not written.
            pub(super) fn is_unspecified(&self) -> bool {
                matches!(self, Self::Unspecified)
            }
        }

        /// The value of this name, in the API's spelling; any other name is unknown.
        impl From<&str> for $enum {
            fn from(name: &str) -> Self {
                match name {
                    $($name => Self::$value,)+
                    _ => Self::Unknown(UnknownValue::from_name(name)),
                }
            }
        }

        /// The value of this integer; any other integer is unknown.
        impl From<i32> for $enum {
            fn from(number: i32) -> Self {
                match number {
                    $($number => Self::$value,)+
                    _ => Self::Unknown(UnknownValue::from_number(number)),
                }
            }
        }

        /// The name, or an unknown integer in decimal.
        impl fmt::Display for $enum {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$value => f.pad($name),)+
                    Self::Unknown(value) => value.fmt(f),
                }
            }
        }

        impl Serialize for $enum {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$value => serializer.serialize_str($name),)+
                    Self::Unknown(UnknownValue(NameOrNumber::Name(name))) => {
                        serializer.serialize_str(name)
                    }
                    Self::Unknown(UnknownValue(NameOrNumber::Number(number))) => {
                        serializer.serialize_i32(*number)
                    }
                }
            }
        }

        impl<'de> Deserialize<'de> for $enum {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct ValueVisitor;

                impl Visitor<'_> for ValueVisitor {
                    type Value = $enum;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!($expected, ": a name or a 32-bit integer"))
                    }

                    fn visit_str<E: de::Error>(self, name: &str) -> Result<$enum, E> {
                        Ok($enum::from(name))
                    }

                    fn visit_i64<E: de::Error>(self, number: i64) -> Result<$enum, E> {
                        i32::try_from(number)
                            .map($enum::from)
                            .map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
                    }

                    fn visit_u64<E: de::Error>(self, number: u64) -> Result<$enum, E> {
                        i32::try_from(number)
                            .map($enum::from)
                            .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
                    }
                }

                deserializer.deserialize_any(ValueVisitor)
            }
        }
    };
}

open_enum! {
    /// Whether a member has joined: the API's `MembershipState`, output only.
    pub enum MembershipState, "a membership state" {
        /// The default, which means that the state is absent.
        #[default]
        Unspecified = 0 "MEMBERSHIP_STATE_UNSPECIFIED",
        /// Added to the space, and able to take part.
        Joined = 1 "JOINED",
        /// Invited to the space, and not joined yet.
        Invited = 2 "INVITED",
        /// Not a member, as in the answer to a deletion.
        NotAMember = 3 "NOT_A_MEMBER",
    }
}

open_enum! {
    /// What a member may do in a space: the API's `MembershipRole`.
    ///
    /// The Chat user interface has other words for two of them.
    pub enum MembershipRole, "a membership role" {
        /// The default, which means that the role is absent: a Google Group's always is, and so may
        /// be that of a user who is not a member.
        #[default]
        Unspecified = 0 "MEMBERSHIP_ROLE_UNSPECIFIED",
        /// A member, with no more permissions than to take part.
        Member = 1 "ROLE_MEMBER",
        /// A space manager, which the Chat user interface calls an owner.
        Manager = 2 "ROLE_MANAGER",
        /// An assistant manager, which the Chat user interface calls a manager.
        AssistantManager = 4 "ROLE_ASSISTANT_MANAGER",
    }
}

open_enum! {
    /// How a user is related to the organisation that owns the space: the API's `Affiliation`,
    /// output only.
    pub enum Affiliation, "an affiliation" {
        /// The default, which means that the affiliation is absent.
        #[default]
        Unspecified = 0 "AFFILIATION_UNSPECIFIED",
        /// An account that this organisation manages.
        Internal = 1 "INTERNAL",
        /// Any other account: a consumer's, or one that another organisation manages.
        External = 2 "EXTERNAL",
        /// An account that this organisation manages for somebody from outside of it, a guest.
        ManagedExternal = 3 "MANAGED_EXTERNAL",
    }
}

open_enum! {
    /// Whether a user is a person or a Chat app: the API's `User.Type`.
    pub enum UserType, "a user type" {
        /// The default, which means that the type is absent.
        #[default]
        Unspecified = 0 "TYPE_UNSPECIFIED",
        /// A person.
        Human = 1 "HUMAN",
        /// A Chat app.
        Bot = 2 "BOT",
    }
}
