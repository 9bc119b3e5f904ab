//! A server of `spaces.members` for tests, which Google's own clients take for the real one.
//!
//! ```
//! use gchat_filter::mock::Mock;
//!
//! let server = Mock::sample().serve()?;
//! // Point a client at it: `http://127.0.0.1:{port}`.
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! // It stops when it is dropped.
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! [`Mock::router`] is the same server as an axum `Router`, for a test that has a runtime.
//!
//! # Seed
//!
//! What a server starts with is JSON; everything but `spaces` and `memberships` is optional:
//!
//! ```
//! # let seed = r#"
//! {
//!   "spaces": [{"name": "spaces/AAAA", "spaceType": "SPACE", "displayName": "Plans",
//!               "importMode": false, "creator": "users/1"}],
//!   "memberships": [{"name": "spaces/AAAA/members/1", "role": "ROLE_MANAGER",
//!                    "member": {"name": "users/1", "type": "HUMAN"}}],
//!   "users": [{"name": "users/1", "email": "ada@example.com", "displayName": "Ada",
//!              "autoAccept": true, "admin": false, "external": false}],
//!   "callers": [{"token": "t1", "user": "users/1", "scopes": ["chat.memberships"]},
//!               {"token": "t2", "app": "users/app1", "scopes": ["chat.bot"]}],
//!   "faults": [{"path": "spaces/SLOW*", "status": 429, "times": 2, "delayMs": 0}]
//! }
//! # "#;
//! # gchat_filter::mock::Mock::from_json(seed)?;
//! # Ok::<(), gchat_filter::mock::SeedError>(())
//! ```
//!
//! - Without `callers`, every request is made by a user with all scopes, an administrator and a
//!   manager of every space, whose app is the first `BOT` of the memberships. With callers, a
//!   request needs the token of one of them.
//! - A fault's `path` is what stands behind `v1/`, whole, `*` being any text; the first fault that
//!   fits and has `times` left counts. It begins with neither `/` nor `v1/`. Without `times` it lasts, without `status` it only delays.
//! - A caller's scopes are those of memberships, with or without their prefix; of others only the
//!   whole URL, and none of Chat, lest one with a typing error goes unnoticed.
//! - If there are `users`, callers and creators are among them, or have a membership somewhere. Nobody
//!   is in a space twice.
//! - A membership is answered as it was seeded: what is absent stays absent. One without a state
//!   counts as joined.
//!
//! # Choices
//!
//! The rules are those of the API reference. Where it is silent, besides the choices of
//! [`list`](crate::list#choices):
//!
//! - Order of the checks: fault, token (401), query (400), scopes and administrator (403), body and
//!   names (400), existence (404), what the caller may do here (403), the state of the space (400).
//! - A missing space or member is 404; 403 is for what exists and is not the caller's. A space is
//!   a caller's if they are in it, invited included, or created it, or use admin access.
//! - `chat.memberships.app` does with user and with app authentication; only that scope lets an
//!   app add or remove itself. Whatever else an app-authenticated caller may not do is 403, and so
//!   is what admin access does not reach (apps; adding people from outside).
//! - A second membership is 409 `ALREADY_EXISTS`; one that was `NOT_A_MEMBER` joins again.
//! - An identifier or e-mail address has at most 128 bytes, `group-` included, so that page tokens
//!   fit into a URL. A group's is of ASCII letters, digits, `-`, `_` and `.`; a user's does not begin
//!   with `group-`. Anything else is 400 in create, and an error in a seed.
//! - A role or a state in the body of create is ignored, and so are times outside import mode. In
//!   import mode they are RFC 3339 with `T`, seconds and an offset, for groups too, and answered in
//!   UTC. A `deleteTime` is kept and answered; the member is one all the same.
//! - A user whom nobody seeded is a person and has joined; one known by an e-mail address only gets
//!   an identifier made from it. A type that contradicts what is known is 400.
//! - 400 `FAILED_PRECONDITION`: to remove or demote the only manager who has joined, and a role
//!   other than `ROLE_MEMBER` where the space has no managers (a seed with one there is refused).
//!   Changing a group's role is `INVALID_ARGUMENT`, and so are another role than `ROLE_MEMBER` for an
//!   app and a missing or bad `updateMask` or role.
//! - Managers are the people who have joined as such: nobody who is invited or `NOT_A_MEMBER`, no
//!   app, whatever the seed says. A membership that is `NOT_A_MEMBER` is as good as missing (404)
//!   for get, patch and delete.
//! - Nothing is said of who may add members or change roles but what app authentication and
//!   scopes say; only the removal of a manager wants a manager.
//! - A path or a verb that is not one of the five methods is 404. A `fields` path that the answer
//!   does not have is 400 at `fields`. Errors are never masked. `callback` changes nothing.
//! - A 401 is `UNAUTHENTICATED`, with the live services' messages.
//!
//! # Saving
//!
//! [`Mock::open`] keeps everything in a file: a change is on the disk before it is answered. What
//! was acknowledged survives however the process ends, and page tokens stay good over a restart. The
//! file has `.new` behind its name until it is whole.

mod answer;
mod body;
mod callers;
mod fault;
mod http;
mod methods;
mod schema;
mod seed;
mod server;
mod state;
mod store;

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};

use axum::Router;
use thiserror::Error;

pub use self::seed::SeedError;
pub use self::server::{Server, serve};
pub use self::store::StoreError;

use self::http::Shared;
use self::seed::Seed;
use self::state::{State, has_place};
use self::store::Store;
use crate::Membership;
use crate::list::PageTokens;

/// The built-in sample: a space with people, a group and an app, a group chat, an import.
const SAMPLE: &str = include_str!("sample.json");

/// A mock server that does not listen yet. Clones share what they know.
#[derive(Clone, Debug)]
pub struct Mock {
    shared: Arc<Shared>,
}

/// A mock server's file that cannot be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The seed is bad.
    #[error("the seed, {0}")]
    Seed(#[from] SeedError),
    /// The store is bad.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file began with another seed.
    #[error(
        "the file began with another seed: leave the seed out to go on with what is in the file, \
         or remove the file to begin anew"
    )]
    OtherSeed,
}

impl Mock {
    /// A server with the built-in sample, in memory.
    #[must_use]
    pub fn sample() -> Self {
        // A test holds that the sample is good.
        Self::from_json(SAMPLE).unwrap_or_else(|_| Self::empty())
    }

    /// A server with a [seed](self#seed), in memory.
    ///
    /// # Errors
    ///
    /// If the seed is no JSON of that form, or one part does not fit another: a membership in a
    /// space that is not there, a caller who is none of the users. The error has line and column.
    pub fn from_json(seed: &str) -> Result<Self, SeedError> {
        let mut seed = Seed::parse(seed)?;
        let memberships = std::mem::take(&mut seed.memberships);
        let app = State::calling_app(&memberships);
        Ok(Self::new(seed, app, memberships, new_key(), None))
    }

    /// A server that keeps everything in a file: begins it with a seed (without one, with the
    /// sample), or goes on with what is in it.
    ///
    /// # Errors
    ///
    /// If the seed is bad, the file is in use, damaged or none of ours, or it began with another seed
    /// than the one that is given.
    pub fn open(path: impl AsRef<Path>, seed: Option<&str>) -> Result<Self, OpenError> {
        let (store, saved) = Store::open(path.as_ref())?;
        if let Some(saved) = saved {
            if seed.is_some_and(|seed| seed != saved.seed) {
                return Err(OpenError::OtherSeed);
            }
            let seed = Seed::parse(&saved.seed)?;
            let spaces = seed.spaces.iter().map(|space| &*space.name).collect();
            for membership in &saved.memberships {
                has_place(&spaces, membership).map_err(|error| StoreError::Membership {
                    name: membership.name.clone(),
                    error: serde::de::Error::custom(error),
                })?;
            }
            let app = State::calling_app(&seed.memberships);
            return Ok(Self::new(
                seed,
                app,
                saved.memberships,
                saved.key,
                Some(store),
            ));
        }
        let text = seed.unwrap_or(SAMPLE);
        let mut seed = Seed::parse(text)?;
        let memberships = std::mem::take(&mut seed.memberships);
        let key = new_key();
        store.begin(text, &key, memberships.iter())?;
        let app = State::calling_app(&memberships);
        Ok(Self::new(seed, app, memberships, key, Some(store)))
    }

    fn empty() -> Self {
        let app = State::calling_app(&[]);
        Self::new(Seed::default(), app, Vec::new(), new_key(), None)
    }

    fn new(
        seed: Seed,
        app: String,
        memberships: Vec<Membership>,
        key: [u8; 32],
        store: Option<Store>,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                state: RwLock::new(State::new(&seed, app, memberships)),
                saves: store.is_some(),
                store: Mutex::new(store),
                tokens: PageTokens::new(key),
                callers: seed.callers.as_slice().into(),
                faults: seed.faults.into_iter().map(Into::into).collect(),
            }),
        }
    }

    /// Whether a request needs a caller's token: whether the seed has callers.
    #[must_use]
    pub fn asks_for_tokens(&self) -> bool {
        !self.shared.callers.is_empty()
    }

    /// The server as a router, for a test to embed in its own process.
    pub fn router(&self) -> Router {
        http::router(Arc::clone(&self.shared))
    }

    /// Serves on a free loopback port, on a thread of its own, until the [`Server`] is dropped.
    ///
    /// # Errors
    ///
    /// If the system gives no port or no thread.
    pub fn serve(self) -> io::Result<Server> {
        Server::start(self)
    }
}

/// A key that nobody can guess: what the standard library hashes with is random.
fn new_key() -> [u8; 32] {
    let mut random = Vec::new();
    for part in 0..4_u8 {
        random.extend(RandomState::new().hash_one(part).to_le_bytes());
    }
    blake3::derive_key("gchat-filter 2026 page tokens of a mock server", &random)
}
