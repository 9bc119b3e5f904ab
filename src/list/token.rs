//! Page tokens: authenticated keys, bound to a request.
//!
//! A token is the version of its format in one byte, then 16 bytes of a keyed hash over the version,
//! the request's meaning and the key of the last membership, then that key, in URL-safe Base64. For
//! the identifiers of Google's users, that is 51 characters. The key stays valid when members are
//! added or removed, and the server stores no state for it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::resource_name::SpaceName;
use super::violation::Violation;
use crate::members::{Cell, Filter};

/// Version of the format. It must change with the order, the encoding or the meaning of the parts that
/// are hashed, such as the cells of a filter, so that no token is read with another meaning.
const VERSION: u8 = 1;

/// Number of bytes of the hash in a token.
const TAG_LENGTH: usize = 16;

/// The issuer and verifier of page tokens.
///
/// Instances with the same key accept each other's tokens, on any machine. A server that keeps its key
/// can be restarted between two pages.
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

    /// Returns the token for the page after the membership with the given key.
    pub(super) fn issue(&self, binding: &Binding<'_>, last_key: &str) -> String {
        let mut token = vec![VERSION];
        token.extend(self.tag(binding, last_key.as_bytes()));
        token.extend_from_slice(last_key.as_bytes());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Returns the key in a token; `None` if the token was not issued with this version for this
    /// request.
    pub(super) fn read(&self, binding: &Binding<'_>, token: &str) -> Option<String> {
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (tag, last_key) = split(&token)?;
        let expected = self.tag(binding, last_key);
        // `blake3::Hash` compares in constant time.
        if padded(tag) != padded(expected) {
            return None;
        }
        String::from_utf8(last_key.to_vec()).ok()
    }

    /// Returns whether the input has the form of a token.
    pub(super) fn is_well_formed(token: &str) -> bool {
        let decoded = URL_SAFE_NO_PAD.decode(token);
        decoded.is_ok_and(|token| split(&token).is_some())
    }

    pub(super) fn violation() -> Violation {
        Violation::new(
            "pageToken",
            "not issued by this server for this request; pass `nextPageToken` unchanged, and \
             change only `pageSize` between pages",
        )
    }

    fn tag(&self, binding: &Binding<'_>, last_key: &[u8]) -> [u8; TAG_LENGTH] {
        let Binding {
            parent,
            filter,
            flags,
        } = binding;
        let parent = parent.as_str().as_bytes();
        let cells = Cell::all()
            .zip(0..)
            .map(|(cell, bit)| u32::from(filter.matches(&cell)) << bit);
        // Every part but the last has a fixed length or a length prefix, so that the encoding is
        // unambiguous.
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher
            .update(&[VERSION])
            .update(&(parent.len() as u64).to_le_bytes())
            .update(parent)
            .update(&cells.sum::<u32>().to_le_bytes())
            .update(&flags.map(u8::from))
            .update(last_key);
        let mut tag = [0; TAG_LENGTH];
        hasher.finalize_xof().fill(&mut tag);
        tag
    }
}

/// Splits a decoded token into the hash and the key; `None` if it has another form or version.
fn split(token: &[u8]) -> Option<([u8; TAG_LENGTH], &[u8])> {
    let (&VERSION, rest) = token.split_first()? else {
        return None;
    };
    let (tag, last_key) = rest.split_first_chunk()?;
    Some((*tag, last_key))
}

/// Pads a tag to the length of a hash.
fn padded(tag: [u8; TAG_LENGTH]) -> blake3::Hash {
    let mut bytes = [0; 32];
    for (byte, from) in bytes.iter_mut().zip(tag) {
        *byte = from;
    }
    blake3::Hash::from_bytes(bytes)
}
