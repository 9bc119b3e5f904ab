//! The callers of a seed, by token.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use gchat_filter::list::{Authentication, Detail, Scope, Status, Violation, Violations};

use super::identifier::identifier;
use super::seed_items::CallerSeed;

/// The callers of a seed, by token. If there are none, every request is permitted.
pub(super) struct Callers(HashMap<String, KnownCaller>);

/// Omits the tokens.
impl fmt::Debug for Callers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.values()).finish()
    }
}

/// A caller from the seed.
#[derive(Debug)]
pub(super) struct KnownCaller {
    pub(super) authentication: Authentication,
    pub(super) id: String,
    pub(super) scopes: Vec<Scope>,
}

impl From<&[CallerSeed]> for Callers {
    fn from(seeds: &[CallerSeed]) -> Self {
        let known = seeds.iter().filter_map(|seed| {
            let (authentication, name) = match (&seed.user, &seed.app) {
                (Some(user), _) => (Authentication::User, user),
                (_, Some(app)) => (Authentication::App, app),
                (None, None) => return None,
            };
            let scopes = seed.scopes.iter().filter_map(|name| Scope::from_name(name));
            Some((
                seed.token.clone(),
                KnownCaller {
                    authentication,
                    id: identifier(name).to_owned(),
                    scopes: scopes.collect(),
                },
            ))
        });
        Self(known.collect())
    }
}

impl Callers {
    /// Returns whether there are no callers, so that no token is needed.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn tokens(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns whether the text contains a caller's token.
    pub(super) fn has_token(&self, text: &str) -> bool {
        self.0.keys().any(|token| text.contains(&**token))
    }

    /// Removes tokens that were sent as names of query parameters. Such names are the only fields of
    /// violations that are taken from the request, except for those in the body.
    pub(super) fn redact(&self, mut status: Status) -> Status {
        let is_token = |violation: &Violation| match &violation.field {
            Cow::Owned(name) => !name.starts_with("membership") && self.has_token(name),
            Cow::Borrowed(_) => false,
        };
        for detail in &mut status.details {
            let Detail::BadRequest(violations) = detail else {
                continue;
            };
            if !violations.iter().any(is_token) {
                continue;
            }
            for violation in violations
                .iter_mut()
                .filter(|violation| is_token(violation))
            {
                let description = "an access token cannot be the name of a query parameter";
                *violation = Violation::new("(token)", description);
            }
            if let Some(violations) = Violations::new(std::mem::take(violations)) {
                return violations.into();
            }
        }
        status
    }

    /// Returns the caller with a token.
    pub(super) fn get(&self, token: &str) -> Option<&KnownCaller> {
        self.0.get(token)
    }
}
