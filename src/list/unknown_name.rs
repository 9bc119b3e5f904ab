//! The error for names of methods, scopes and codes that do not exist.

use thiserror::Error;

use crate::diagnostic::Quoted;

/// The error for a name that is not a [`MembershipMethod`](super::MembershipMethod), a
/// [`Scope`](super::Scope) or an [`RpcCode`](super::RpcCode).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown {kind} {}", Quoted(name))]
pub struct UnknownName {
    kind: &'static str,
    name: String,
}

impl UnknownName {
    pub(super) fn new(kind: &'static str, name: &str) -> Self {
        Self {
            kind,
            name: name.to_owned(),
        }
    }
}
