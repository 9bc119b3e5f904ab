//! The methods of memberships.

use crate::named::named;

/// A method of `spaces.members`.
///
/// `Display` and `FromStr` use the full name of the API's method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MembershipMethod {
    /// `POST v1/{parent=spaces/*}/members`.
    Create,
    /// `DELETE v1/{name=spaces/*/members/*}`.
    Delete,
    /// `GET v1/{name=spaces/*/members/*}`.
    Get,
    /// `GET v1/{parent=spaces/*}/members`.
    List,
    /// `PATCH v1/{name=spaces/*/members/*}`.
    Patch,
}

impl MembershipMethod {
    /// Every method.
    pub const ALL: &[Self] = &[
        Self::Create,
        Self::Delete,
        Self::Get,
        Self::List,
        Self::Patch,
    ];

    /// Returns the full name of the API's method.
    #[must_use]
    pub const fn rpc(self) -> &'static str {
        match self {
            Self::Create => "google.chat.v1.ChatService.CreateMembership",
            Self::Delete => "google.chat.v1.ChatService.DeleteMembership",
            Self::Get => "google.chat.v1.ChatService.GetMembership",
            Self::List => "google.chat.v1.ChatService.ListMemberships",
            Self::Patch => "google.chat.v1.ChatService.UpdateMembership",
        }
    }
}

named!(MembershipMethod, "method of memberships", rpc);
