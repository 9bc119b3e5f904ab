//! Who makes a request, by its token.

use std::collections::HashMap;
use std::fmt;

use super::methods::Requester;
use super::seed::CallerSeed;
use super::state::{State, identifier};
use crate::list::{Authentication, Caller, Code, Scope, Status, SystemParameters};

/// The callers of a seed, by token; if there are none, everybody may do everything.
pub(super) struct Callers(HashMap<String, Known>);

/// The tokens stay secret.
impl fmt::Debug for Callers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.values()).finish()
    }
}

/// A caller as the seed has it.
#[derive(Debug)]
struct Known {
    authentication: Authentication,
    id: String,
    scopes: Vec<Scope>,
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
                Known {
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
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a text is somebody's token.
    pub(super) fn is_token(&self, text: &str) -> bool {
        self.0.contains_key(text)
    }

    /// Who has a token: that of a header, or else that of the query.
    ///
    /// # Errors
    ///
    /// 401 `UNAUTHENTICATED` for a missing or unknown token, if there are callers at all: Google's
    /// Python clients fail obscurely on a 401 that nobody asked for.
    pub(super) fn of(
        &self,
        state: &State,
        token: Option<&str>,
        system: impl FnOnce() -> SystemParameters,
    ) -> Result<Requester, Status> {
        if self.is_empty() {
            return Ok(Requester {
                caller: Caller {
                    authentication: Authentication::User,
                    administrator: true,
                    scopes: Scope::ALL.to_vec(),
                },
                id: None,
                app: state.app.clone(),
            });
        }
        let token = token.map(str::to_owned).or_else(|| system().access_token);
        let Some(token) = token else {
            return Err(Status::new(
                Code::Unauthenticated,
                "Request is missing required authentication credential. Expected OAuth 2 access \
                 token, login cookie or other valid authentication credential.",
            ));
        };
        let Some(known) = self.0.get(&token) else {
            return Err(Status::new(
                Code::Unauthenticated,
                "Request had invalid authentication credentials. Expected OAuth 2 access token, \
                 login cookie or other valid authentication credential.",
            ));
        };
        let is_app = known.authentication == Authentication::App;
        Ok(Requester {
            caller: Caller {
                authentication: known.authentication,
                administrator: !is_app && state.person(&known.id).administrator,
                scopes: known.scopes.clone(),
            },
            app: if is_app { &known.id } else { &state.app }.clone(),
            id: Some(known.id.clone()),
        })
    }
}
