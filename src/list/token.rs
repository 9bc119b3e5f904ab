//! Page tokens: a cursor by key, authenticated, and bound to the request.
//!
//! A token is 16 bytes of a keyed hash over the request's meaning and the cursor, and the cursor,
//! in URL-safe Base64: for the identifiers of Google's users 50 characters. It holds nothing that
//! moves when members come and go, and nothing that a server would have to remember.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::resource_name::SpaceName;
use super::violation::Violation;
use crate::{Cell, Filter};

/// How many bytes of the hash a token carries.
const TAG: usize = 16;

/// Gives page tokens, and takes them back.
///
/// Two with the same key take each other's tokens: a server that keeps its key can be restarted
/// between two pages.
#[derive(Clone)]
pub struct PageTokens {
    key: [u8; 32],
}

/// The key stays secret.
impl fmt::Debug for PageTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageTokens")
    }
}

/// What a token is bound to.
pub(super) struct Binding<'r> {
    pub(super) parent: &'r SpaceName,
    pub(super) filter: Filter,
    pub(super) flags: [bool; 3],
}

impl PageTokens {
    /// Tokens that are authenticated with a key, which should be random and secret.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The token for what comes behind a key.
    pub(super) fn issue(&self, binding: &Binding<'_>, cursor: &str) -> String {
        let mut token = self.tag(binding, cursor.as_bytes()).to_vec();
        token.extend_from_slice(cursor.as_bytes());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The cursor in a token; `None` if it was not given for this request with this key.
    pub(super) fn read(&self, binding: &Binding<'_>, token: &str) -> Option<String> {
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (tag, cursor) = token.split_first_chunk::<TAG>()?;
        let expected = self.tag(binding, cursor);
        // Hashes are compared in constant time.
        (whole(*tag) == whole(expected))
            .then(|| String::from_utf8(cursor.to_vec()).ok())
            .flatten()
    }

    /// Whether a text can be a token at all.
    pub(super) fn is_well_formed(token: &str) -> bool {
        let decoded = URL_SAFE_NO_PAD.decode(token);
        decoded.is_ok_and(|token| token.len() >= TAG)
    }

    pub(super) fn violation() -> Violation {
        Violation::new(
            "pageToken",
            "not a token that this server gave for this request: pass `nextPageToken` as it came, \
             and change nothing but the page size between pages",
        )
    }

    fn tag(&self, binding: &Binding<'_>, cursor: &[u8]) -> [u8; TAG] {
        let Binding {
            parent,
            filter,
            flags,
        } = binding;
        let mut text = Vec::with_capacity(64 + cursor.len());
        // Every part has a known length, or has it in front.
        text.extend_from_slice(&parent.as_str().len().to_le_bytes());
        text.extend_from_slice(parent.as_str().as_bytes());
        let cells = Cell::all()
            .zip(0..)
            .map(|(cell, bit)| u32::from(filter.matches(&cell)) << bit);
        text.extend_from_slice(&cells.sum::<u32>().to_le_bytes());
        text.extend(flags.map(u8::from));
        text.extend_from_slice(cursor);
        let hash = blake3::keyed_hash(&self.key, &text);
        hash.as_bytes().first_chunk().copied().unwrap_or_default()
    }
}

fn whole(tag: [u8; TAG]) -> blake3::Hash {
    let mut bytes = [0; 32];
    for (byte, from) in bytes.iter_mut().zip(tag) {
        *byte = from;
    }
    blake3::Hash::from_bytes(bytes)
}
