//! Page tokens: authenticated cursors, bound to a request.
//!
//! A token is 16 bytes of a keyed hash over the request's meaning and the cursor, followed by the
//! cursor, in URL-safe Base64. For the identifiers of Google's users, that is 50 characters. The
//! cursor is a key, so it stays valid when members are added or removed, and the server stores no
//! state for it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::resource_name::SpaceName;
use super::violation::Violation;
use crate::members::{Cell, Filter};

/// Number of bytes of the hash in a token.
const TAG_LENGTH: usize = 16;

/// The issuer and verifier of page tokens.
///
/// Instances with the same key accept each other's tokens. A server that keeps its key can be
/// restarted between two pages.
#[derive(Clone)]
pub struct PageTokens {
    key: [u8; 32],
}

/// Redacts the key.
impl fmt::Debug for PageTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageTokens")
    }
}

/// The arguments of a request that a token is bound to.
pub(super) struct Binding<'r> {
    pub(super) parent: &'r SpaceName,
    pub(super) filter: Filter,
    pub(super) flags: [bool; 3],
}

impl PageTokens {
    /// Creates an issuer with a key, which should be random and secret.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// Returns the token for the page after a cursor.
    pub(super) fn issue(&self, binding: &Binding<'_>, cursor: &str) -> String {
        let mut token = self.tag(binding, cursor.as_bytes()).to_vec();
        token.extend_from_slice(cursor.as_bytes());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Returns the cursor in a token; `None` if the token was not issued with this key for this
    /// request.
    pub(super) fn read(&self, binding: &Binding<'_>, token: &str) -> Option<String> {
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (tag, cursor) = token.split_first_chunk::<TAG_LENGTH>()?;
        let expected = self.tag(binding, cursor);
        // `blake3::Hash` compares in constant time.
        (padded(*tag) == padded(expected))
            .then(|| String::from_utf8(cursor.to_vec()).ok())
            .flatten()
    }

    /// Returns whether the input has the form of a token.
    pub(super) fn is_well_formed(token: &str) -> bool {
        let decoded = URL_SAFE_NO_PAD.decode(token);
        decoded.is_ok_and(|token| token.len() >= TAG_LENGTH)
    }

    pub(super) fn violation() -> Violation {
        Violation::new(
            "pageToken",
            "not issued by this server for this request; pass `nextPageToken` unchanged, and \
             change only `pageSize` between pages",
        )
    }

    fn tag(&self, binding: &Binding<'_>, cursor: &[u8]) -> [u8; TAG_LENGTH] {
        let Binding {
            parent,
            filter,
            flags,
        } = binding;
        let mut input = Vec::with_capacity(64 + cursor.len());
        // Every part but the last has a fixed length or a length prefix, so that the encoding is
        // unambiguous.
        input.extend_from_slice(&parent.as_str().len().to_le_bytes());
        input.extend_from_slice(parent.as_str().as_bytes());
        let cells = Cell::all()
            .zip(0..)
            .map(|(cell, bit)| u32::from(filter.matches(&cell)) << bit);
        input.extend_from_slice(&cells.sum::<u32>().to_le_bytes());
        input.extend(flags.map(u8::from));
        input.extend_from_slice(cursor);
        let hash = blake3::keyed_hash(&self.key, &input);
        hash.as_bytes().first_chunk().copied().unwrap_or_default()
    }
}

/// Pads a tag to the length of a hash.
fn padded(tag: [u8; TAG_LENGTH]) -> blake3::Hash {
    let mut bytes = [0; 32];
    for (byte, from) in bytes.iter_mut().zip(tag) {
        *byte = from;
    }
    blake3::Hash::from_bytes(bytes)
}
