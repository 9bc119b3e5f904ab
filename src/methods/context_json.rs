//! Contexts in JSON.

use std::collections::HashMap;

use serde::de::{Deserialize, Deserializer, Error};

use super::Context;
use super::spaces::Space;
use crate::diagnostic::visible;
use crate::values::{Timestamp, resource_name};

/// Reads an object with any of these keys:
///
/// | key | value |
/// |---|---|
/// | `caller` | the name of the calling user, `users/{user}` |
/// | `aliases` | for each alias of a user, such as `users/dana@example.com`, the user's name |
/// | `now` | the time of the request |
/// | `parent` | the name of the request's parent |
/// | `spaces` | spaces, as in the API's JSON |
/// | `unread` | the names of the messages that the caller has not read |
/// | `creators` | for each name of a custom emoji, the name of the user who created it |
///
/// ```
/// use gchat_filter::Context;
///
/// let text = r#"{"caller": "users/1", "unread": ["spaces/AAAA/messages/BBBB"]}"#;
/// let context: Context = serde_json::from_str(text)?;
/// assert!(serde_json::from_str::<Context>(r#"{"caler": "users/1"}"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Other keys are errors, and so are names of another form: a context with a mistake would give wrong
/// answers.
impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(
            deny_unknown_fields,
            rename = "context",
            expecting = "an object with the context of a request"
        )]
        struct Object {
            caller: Option<String>,
            aliases: Option<HashMap<String, String>>,
            now: Option<Timestamp>,
            parent: Option<String>,
            spaces: Option<Vec<Space>>,
            unread: Option<Vec<String>>,
            creators: Option<HashMap<String, String>>,
        }

        let object = Object::deserialize(deserializer)?;
        let mut context = Self::new();
        if let Some(caller) = object.caller {
            let caller = user("caller", caller)?;
            context = context.caller(caller);
        }
        for (alias, name) in object.aliases.into_iter().flatten() {
            let alias = named("aliases", &["users/{user}"], alias)?;
            context = context.alias(alias, user("aliases", name)?);
        }
        if let Some(now) = object.now {
            context = context.now(now);
        }
        if let Some(parent) = object.parent {
            let parents = [
                "spaces/{space}",
                "spaces/{space}/messages/{message}",
                "users/{user}/sections/{section}",
            ];
            let parent = match parent.as_str() {
                // The wildcards of searches, and of items in all sections.
                "spaces/-" => parent,
                name if name.ends_with("/sections/-") => parent,
                _ => named("parent", &parents, parent)?,
            };
            context = context.parent(parent);
        }
        for space in object.spaces.into_iter().flatten() {
            named("spaces", &["spaces/{space}"], space.name.clone())?;
            context = context.space(space);
        }
        if let Some(names) = object.unread {
            let pattern = "spaces/{space}/messages/{message}";
            let names = names.into_iter();
            let names: Result<Vec<String>, D::Error> = names
                .map(|name| named("unread", &[pattern], name))
                .collect();
            context = context.unread(names?);
        }
        for (emoji, name) in object.creators.into_iter().flatten() {
            let emoji = named("creators", &["customEmojis/{customEmoji}"], emoji)?;
            context = context.creator(emoji, user("creators", name)?);
        }
        Ok(context)
    }
}

/// Returns the name of a user, which must not depend on who calls.
fn user<E: Error>(key: &str, name: String) -> Result<String, E> {
    if matches!(name.as_str(), "users/me" | "users/app") {
        return Err(E::custom(format_args!(
            "`{key}` must have the user's own name, not `{name}`"
        )));
    }
    named(key, &["users/{user}"], name)
}

/// Returns a name if it has the form of one of the patterns.
fn named<E: Error>(key: &str, patterns: &[&str], name: String) -> Result<String, E> {
    if patterns
        .iter()
        .any(|pattern| resource_name::matches(pattern, &name))
    {
        return Ok(name);
    }
    let patterns: Vec<String> = patterns.iter().map(|own| format!("`{own}`")).collect();
    Err(E::custom(format_args!(
        "`{}` in `{key}` is not a name of the form {}",
        visible(&name),
        patterns.join(" or ")
    )))
}
