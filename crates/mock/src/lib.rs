#![doc = include_str!("manual.md")]

mod answer;
mod body;
mod builder;
mod call;
mod callers;
mod clock;
mod connection;
mod control;
mod create;
mod dispatch;
mod fault;
mod fault_response;
mod front_page;
#[cfg(feature = "grpc")]
mod grpc;
mod identifier;
mod incoming;
mod index;
mod layers;
mod logged;
mod message_types;
mod methods;
mod nearest;
mod open_error;
mod people;
mod present;
mod redact;
mod requests;
mod scope_warning;
mod seed;
mod seed_check;
mod seed_error;
mod seed_items;
mod server;
mod service;
mod shared;
mod socket;
mod space_settings;
mod state;
mod store;
mod strict;
mod truncated;

use std::future;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::SignedDuration;
use thiserror::Error;

pub use self::builder::SeedBuilder;
pub use self::fault::{ConnectionFault, Fault, FaultError};
pub use self::open_error::OpenError;
pub use self::requests::RecordedRequest;
pub use self::seed_error::SeedError;
pub use self::seed_items::{CallerSeed, SpaceSeed, UserSeed};
pub use self::server::{Server, serve};
pub use self::space_settings::{Permission, SpaceType};
pub use self::store::StoreError;

use self::clock::{Clock, parse_time};
use self::people::parse;
use self::requests::Requests;
use self::seed::Seed;
use self::shared::{Origin, Shared};
use self::state::{State, check_saved_name};
use self::store::{Content, Store};
use gchat_filter::list::PageTokens;
use gchat_filter::members::Membership;

/// The built-in sample: a space with people, a group and an app; a group chat; a space in import mode.
const SAMPLE: &str = include_str!("sample.json");

/// A mock server that is not listening yet. Clones share their state.
#[derive(Clone, Debug)]
pub struct Mock {
    shared: Arc<Shared>,
    warnings: Arc<[String]>,
    /// Whether the control paths are served on any address.
    admin: bool,
}

/// The error for a time that is not in RFC 3339 with an offset.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct TimeError(String);

impl Mock {
    /// Creates a server with the built-in sample, in memory.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "the sample is valid")]
    pub fn sample() -> Self {
        Self::from_json(SAMPLE).expect("the sample is valid")
    }

    /// Creates a server with a [seed](self#seed), in memory.
    ///
    /// # Errors
    ///
    /// If the seed is not JSON of that form, or if one part contradicts another, such as a
    /// membership in an unknown space or a caller who is an unknown user. The error has the line and
    /// the column.
    pub fn from_json(seed: &str) -> Result<Self, SeedError> {
        Self::from_seeds(&[seed])
    }

    /// Creates a server with a seed in several parts, in memory. A part may refer to the others.
    ///
    /// # Errors
    ///
    /// As for [`from_json`](Self::from_json).
    pub fn from_seeds<S: AsRef<str>>(seeds: &[S]) -> Result<Self, SeedError> {
        let mut seed = parse(seeds)?;
        let memberships = std::mem::take(&mut seed.memberships);
        let app = State::calling_app(&memberships);
        let origin = Origin {
            seeds: seeds.iter().map(|seed| seed.as_ref().to_owned()).collect(),
            key: new_key(),
            path: None,
        };
        Ok(Self::new(seed, app, memberships, origin, None))
    }

    /// Creates a server that [saves](self#saving) every change to a file.
    ///
    /// A new file is created from the seed, or from the built-in sample if there is none. If the
    /// file exists, the server continues with the saved data, and with the callers, the faults and the
    /// settings of the given seed.
    ///
    /// # Errors
    ///
    /// If the seed is invalid, if the file is in use, damaged or not created by this server, or if
    /// it was created from a seed with other spaces, memberships, users or domains.
    pub fn open(path: impl AsRef<Path>, seed: Option<&str>) -> Result<Self, OpenError> {
        Self::open_seeds(path, seed.as_slice())
    }

    /// Creates a server with a seed in several parts that saves every change to a file. No parts are
    /// the same as no seed.
    ///
    /// # Errors
    ///
    /// As for [`open`](Self::open).
    pub fn open_seeds<S: AsRef<str>>(
        path: impl AsRef<Path>,
        seeds: &[S],
    ) -> Result<Self, OpenError> {
        let texts: Option<Vec<String>> = (!seeds.is_empty())
            .then(|| seeds.iter().map(|seed| seed.as_ref().to_owned()).collect());
        let given = (!seeds.is_empty()).then(|| parse(seeds)).transpose()?;
        let path = path.as_ref();
        if let Some((store, saved)) = Store::open(path)? {
            let original = parse(&saved.seeds)?;
            let spaces = original.spaces.iter().map(|space| &*space.name).collect();
            for membership in &saved.memberships {
                check_saved_name(&spaces, membership).map_err(|error| StoreError::Membership {
                    name: membership.name.clone(),
                    message: error.to_owned(),
                })?;
            }
            let app = State::calling_app(&original.memberships);
            let seed = match given {
                None => original,
                Some(given) => match given.difference(&original) {
                    None => given,
                    Some(difference) => return Err(OpenError::OtherSeed { difference }),
                },
            };
            let origin = Origin {
                seeds: texts.unwrap_or(saved.seeds),
                key: saved.key,
                path: Some(path.to_owned()),
            };
            let memberships = saved.memberships;
            return Ok(Self::new(seed, app, memberships, origin, Some(store)));
        }
        let (mut seed, seeds) = match (given, texts) {
            (Some(seed), Some(texts)) => (seed, texts),
            _ => (parse(&[SAMPLE])?, vec![SAMPLE.to_owned()]),
        };
        let memberships = std::mem::take(&mut seed.memberships);
        let app = State::calling_app(&memberships);
        let content = Content::new(seeds, new_key(), memberships);
        let store = Store::create(path, &content)?;
        let origin = Origin {
            seeds: content.seeds,
            key: content.key,
            path: Some(path.to_owned()),
        };
        Ok(Self::new(
            seed,
            app,
            content.memberships,
            origin,
            Some(store),
        ))
    }

    fn new(
        mut seed: Seed,
        app: String,
        memberships: Vec<Membership>,
        origin: Origin,
        store: Option<Store>,
    ) -> Self {
        let tokens = match seed.now {
            Some(_) => PageTokens::new(origin.reproducible_key()),
            None => PageTokens::new(origin.key),
        };
        Self {
            warnings: seed.warnings.as_slice().into(),
            shared: Arc::new(Shared {
                faults: Mutex::new(std::mem::take(&mut seed.faults)),
                clock: Clock::new(seed.now),
                state: RwLock::new(State::new(seed, app, memberships, tokens)),
                saves: store.is_some(),
                store: Mutex::new(store),
                requests: Requests::default(),
                origin,
            }),
            admin: false,
        }
    }

    /// Returns probable mistakes in the seed that are not errors, such as a misspelled Chat scope.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns whether requests need a token, because the seed has callers.
    #[must_use]
    pub fn asks_for_tokens(&self) -> bool {
        !self.shared.read().callers.is_empty()
    }

    /// Adds a fault after those that are there. It applies from the next request on.
    ///
    /// # Errors
    ///
    /// If the fault has no effect or an invalid part, such as a status under 400.
    pub fn add_fault(&self, fault: Fault) -> Result<(), FaultError> {
        fault.check()?;
        self.shared.faults().push(fault);
        Ok(())
    }

    /// Returns the faults. Their `skip` and `times` are what is left of them.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.shared.faults().clone()
    }

    /// Removes the faults with this path, which is compared as text. Returns their number.
    #[expect(
        clippy::must_use_candidate,
        reason = "it removes them, whatever their number"
    )]
    pub fn remove_faults(&self, path: &str) -> usize {
        let mut faults = self.shared.faults();
        let before = faults.len();
        faults.retain(|fault| !fault.has_path(path));
        before - faults.len()
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.shared.faults().clear();
    }

    /// Serves the [control paths](crate#control-over-http) even if an address that is listened on is not
    /// a loopback address: anyone who can reach it can then change the server.
    #[must_use]
    pub fn with_admin(mut self) -> Self {
        self.admin = true;
        self
    }

    /// Stops the clock at a time, and makes page tokens depend on the seed alone, as the seed's `now` does:
    /// two servers with equal seeds then answer alike, byte for byte.
    ///
    /// # Errors
    ///
    /// If the time has no offset or another form than `2026-01-01T00:00:00Z`.
    pub fn with_now(self, now: &str) -> Result<Self, TimeError> {
        let now = parse_time("now", now).map_err(TimeError)?;
        self.shared.clock.start_at(Some(now));
        let tokens = PageTokens::new(self.shared.origin.reproducible_key());
        self.shared.write().tokens = tokens;
        Ok(self)
    }

    /// Moves the clock forward, whether it stands still or not.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        self.shared.clock.advance(by);
    }

    /// Returns the last requests of methods of the API that a [`Server`] received, oldest first: up to
    /// 1,000, without tokens.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.requests.all().0
    }

    /// Forgets the requests.
    pub fn clear_requests(&self) {
        self.shared.requests.clear();
    }

    /// Returns the present state as a [seed](crate#seed) that starts an equal server. The tokens of
    /// callers are placeholders.
    #[must_use]
    pub fn to_seed(&self) -> String {
        self.shared.present_seed()
    }

    /// Adds a membership, completed as those of a [seed](crate#seed) are: for example, without a state it
    /// is `JOINED`. Permissions and the state of the space do not matter.
    ///
    /// # Errors
    ///
    /// If its space is unknown, its name is not canonical, or it contradicts the state, or if it cannot
    /// be saved.
    pub fn add_membership(&self, membership: Membership) -> Result<(), OpenError> {
        self.add_seed(&SeedBuilder::new().membership(membership).to_json())
    }

    /// Removes the membership with this canonical name. Returns whether there was one. Permissions do
    /// not matter.
    ///
    /// # Errors
    ///
    /// If that cannot be saved.
    pub fn remove_membership(&self, name: &str) -> Result<bool, StoreError> {
        self.shared.remove_membership(name)
    }

    /// Adds a seed to the present state: spaces, memberships, users, callers, faults.
    ///
    /// # Errors
    ///
    /// If the seed is invalid or contradicts the state, as with a second membership of a user in a
    /// space, or if it cannot be saved.
    pub fn add_seed(&self, seed: &str) -> Result<(), OpenError> {
        self.shared.add_seed(seed)
    }

    /// Goes back to the seed that the server began with, also in the file that it saves to.
    ///
    /// # Errors
    ///
    /// If that cannot be saved.
    pub fn reset(&self) -> Result<(), OpenError> {
        self.shared.reset()
    }

    /// Handles one request, for a test that has its own HTTP server or none.
    ///
    /// Needs a tokio runtime if the server saves its data, or if a fault delays the request. A fault of
    /// the connection is in the response's extensions, as [`ConnectionFault`].
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use gchat_filter_mock::Mock;
    ///
    /// let request = http::Request::get("/v1/spaces/AAAAsample/members?pageSize=1").body("")?;
    /// let response = Mock::sample().handle(request).await;
    /// assert_eq!(response.status(), 200);
    /// assert!(response.body().contains("\"nextPageToken\""));
    /// # Ok::<(), http::Error>(())
    /// # }).unwrap();
    /// ```
    pub async fn handle(&self, request: http::Request<impl Into<Bytes>>) -> http::Response<String> {
        let request = request.map(|body| Ok(body.into()));
        service::handle(
            &self.shared,
            request,
            Instant::now(),
            future::pending(),
            None,
        )
        .await
    }

    /// Handles one request over gRPC, for a test that has its own HTTP server or none.
    ///
    /// Needs a tokio runtime and has the same extensions as [`handle`](Self::handle). The request must be one
    /// of HTTP/2, because gRPC needs that.
    #[cfg(feature = "grpc")]
    pub async fn handle_grpc(
        &self,
        request: http::Request<Bytes>,
    ) -> http::Response<impl hyper::body::Body<Data = Bytes, Error: std::error::Error> + use<>>
    {
        let request = request.map(Ok);
        let start = Instant::now();
        let gone = tokio_util::sync::CancellationToken::new();
        grpc::handle(&self.shared, request, start, gone, None).await
    }

    /// Serves on a free loopback port, on a separate thread, until the [`Server`] is dropped.
    ///
    /// # Errors
    ///
    /// If no port or thread is available.
    pub fn serve(self) -> io::Result<Server> {
        Server::start(self)
    }
}

/// Returns a random key.
fn new_key() -> [u8; 32] {
    let mut key = [0; 32];
    getrandom::fill(&mut key).expect("the operating system has random numbers");
    key
}
