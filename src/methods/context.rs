//! What the meaning of some filters depends on besides the resource.

use std::collections::{HashMap, HashSet};

use super::spaces::Space;
use crate::analysis::request::Request;
use crate::diagnostic::visible;
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
    /// By their names.
    spaces: HashMap<String, Space>,
    unread: Option<HashSet<String>>,
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

    /// Adds a space, of which messages only have the name.
    #[must_use]
    pub fn space(mut self, space: Space) -> Self {
        self.spaces.insert(space.name.clone(), space);
        self
    }

    /// Sets the messages that the caller has not read, by their names. All others are read.
    #[must_use]
    pub fn unread(mut self, names: impl IntoIterator<Item: Into<String>>) -> Self {
        self.unread = Some(names.into_iter().map(Into::into).collect());
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
            Some(caller) if name == "users/me" => {
                self.aliases.get(caller).map_or(caller, String::as_str)
            }
            _ => self.aliases.get(name).map_or(name, String::as_str),
        }
    }

    /// Returns all names of the user that a name stands for.
    pub(super) fn names<'c>(&'c self, name: &'c str) -> impl Iterator<Item = &'c str> {
        let user = self.resolved(name);
        let aliases = self.aliases.keys().map(String::as_str);
        let others = aliases.chain(["users/me"]);
        std::iter::once(name)
            .chain(std::iter::once(user))
            .chain(others.filter(move |other| self.resolved(other) == user))
    }

    /// Returns the space with a name.
    pub(super) fn known_space(&self, name: &str) -> Option<&Space> {
        self.spaces.get(name)
    }

    /// Returns whether the caller has not read a message, by its name.
    pub(super) fn is_unread(&self, message: &str) -> Result<bool, EvaluationError> {
        let unread = self.unread.as_ref();
        let unread = unread.ok_or(EvaluationError::UnknownReadState)?;
        Ok(unread.contains(message))
    }

    pub(super) fn known_caller(&self) -> Result<&str, EvaluationError> {
        let caller = self.caller.as_deref();
        Ok(self.resolved(caller.ok_or(EvaluationError::UnknownCaller)?))
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
    /// The filter depends on whether a message is unread, which the [`Context`] does not have.
    #[error("the filter depends on what is unread, which the context does not have")]
    UnknownReadState,
    /// The filter depends on who created a custom emoji, which the [`Context`] does not have.
    #[error("the filter depends on the creator of `{}`, which the context does not have", visible(.0))]
    UnknownCreator(String),
}

impl EvaluationError {
    /// Returns the key of the context's JSON that has what is not known, such as `caller`.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::UnknownCaller => "caller",
            Self::UnknownReadState => "unread",
            Self::UnknownCreator(_) => "creators",
        }
    }
}

impl<L: Language> Filter<L> {
    /// Checks a filter of a request, as [`check`](Self::check) does, with the lints that depend on
    /// the request.
    #[must_use]
    pub fn check_in<'a>(context: &Context, checker: &Checker, text: &'a str) -> Checked<'a, Self> {
        checker.check_in(context.request(), text)
    }
}
