//! What the meaning of some filters depends on besides the resource.

use std::collections::HashMap;

use crate::analysis::request::Request;
use crate::filter::{Checked, Checker, Filter, Language};
use crate::values::Timestamp;

/// What is known about a request and its caller: everything is optional.
///
/// A check uses the parent and the time for the lints `foreign-thread` and `outside-window`, which
/// report nothing without them. `matches` of some filters needs the rest.
///
/// ```
/// use gchat_filter::{Checker, Context, diagnostic::Code, messages::Filter};
///
/// let context = Context::new().parent("spaces/AAAA");
/// let text = "thread.name = spaces/BBBB/threads/CCCC";
/// let checked = Filter::check_in(&context, &Checker::new(), text);
/// assert_eq!(checked.diagnostics[0].code, Code::ForeignThread);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    caller: Option<String>,
    aliases: HashMap<String, String>,
    now: Option<Timestamp>,
    parent: Option<String>,
    creators: HashMap<String, String>,
}

impl Context {
    /// Creates a context in which nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the name of the calling user, such as `users/123456789`, which `users/me` stands for.
    #[must_use]
    pub fn caller(mut self, name: impl Into<String>) -> Self {
        self.caller = Some(name.into());
        self
    }

    /// Sets the user that another name stands for, such as `users/dana@example.com`.
    #[must_use]
    pub fn alias(mut self, alias: impl Into<String>, name: impl Into<String>) -> Self {
        self.aliases.insert(alias.into(), name.into());
        self
    }

    /// Sets the time of the request.
    #[must_use]
    pub fn now(mut self, now: Timestamp) -> Self {
        self.now = Some(now);
        self
    }

    /// Sets the parent of the request, such as `spaces/AAAA`.
    #[must_use]
    pub fn parent(mut self, name: impl Into<String>) -> Self {
        self.parent = Some(name.into());
        self
    }

    /// Sets who created a custom emoji, by the names of the emoji and of the user.
    #[must_use]
    pub fn creator(mut self, emoji: impl Into<String>, user: impl Into<String>) -> Self {
        self.creators.insert(emoji.into(), user.into());
        self
    }

    fn request(&self) -> Request<'_> {
        Request {
            parent: self.parent.as_deref(),
            now: self.now,
        }
    }

    /// Returns the name of a user that a name stands for; the name itself if it is not an alias.
    pub(super) fn resolved<'c>(&'c self, name: &'c str) -> &'c str {
        match &self.caller {
            Some(caller) if name == "users/me" => caller,
            _ => self.aliases.get(name).map_or(name, String::as_str),
        }
    }

    pub(super) fn known_caller(&self) -> Result<&str, EvaluationError> {
        let caller = self.caller.as_deref();
        let caller = caller.ok_or(EvaluationError::UnknownCaller)?;
        Ok(self.aliases.get(caller).map_or(caller, String::as_str))
    }

    /// Returns the user who created a custom emoji.
    pub(super) fn known_creator(&self, emoji: &str) -> Result<&str, EvaluationError> {
        let creator = self.creators.get(emoji);
        let creator = creator.ok_or_else(|| EvaluationError::UnknownCreator(emoji.to_owned()))?;
        Ok(self.resolved(creator))
    }
}

/// The reason why it is not known whether a filter matches.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluationError {
    /// The filter compares with the calling user, which the [`Context`] does not have.
    #[error("the filter depends on the caller, which the context does not have")]
    UnknownCaller,
    /// The filter depends on who created a custom emoji, which the [`Context`] does not have.
    #[error("the filter depends on the creator of `{}`, which the context does not have", .0.escape_debug())]
    UnknownCreator(String),
}

impl<L: Language> Filter<L> {
    /// Checks a filter of a request, as [`check`](Self::check) does, with the lints that depend on
    /// the request.
    #[must_use]
    pub fn check_in<'a>(context: &Context, checker: &Checker, text: &'a str) -> Checked<'a, Self> {
        checker.check_in(context.request(), text)
    }
}
