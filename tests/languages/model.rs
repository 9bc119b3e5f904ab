//! The languages, with their comparisons and resources, and the naive meaning of filters.

use gchat_filter::custom_emojis::{self, CustomEmoji};
use gchat_filter::messages::{
    self, Annotation, AnnotationType, Attachment, Message, Thread, UserMention,
};
use gchat_filter::reactions::{self, Emoji, Reaction, User};
use gchat_filter::section_items::{self, SectionItem};
use gchat_filter::space_events::{self, SpaceEvent};
use gchat_filter::spaces::{self, HistoryState, Space, SpaceType};
use gchat_filter::{
    Checked, Checker, Context, Error, IntersectionError, Level, Lint, Preset, Timestamp,
};
use gchat_filter::{messages_search, spaces_search};

/// A filter by the naive implementation.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    /// Index of a comparison.
    Leaf(usize),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Not(Box<Tree>),
}

impl Tree {
    /// The text, with parentheses around each operand that is not a comparison.
    pub(crate) fn text(&self, comparisons: &[&str]) -> String {
        let (operands, connective) = match self {
            Self::Leaf(leaf) => return comparisons[*leaf].to_owned(),
            Self::Not(operand) => return format!("NOT ({})", operand.text(comparisons)),
            Self::And(operands) => (operands, " AND "),
            Self::Or(operands) => (operands, " OR "),
        };
        let texts: Vec<String> = operands
            .iter()
            .map(|operand| match operand {
                Self::Leaf(_) => operand.text(comparisons),
                _ => format!("({})", operand.text(comparisons)),
            })
            .collect();
        texts.join(connective)
    }

    pub(crate) fn matches(&self, leaf: &dyn Fn(usize) -> bool) -> bool {
        match self {
            Self::Leaf(own) => leaf(*own),
            Self::And(operands) => operands.iter().all(|operand| operand.matches(leaf)),
            Self::Or(operands) => operands.iter().any(|operand| operand.matches(leaf)),
            Self::Not(operand) => !operand.matches(leaf),
        }
    }

    pub(crate) fn leaves(&self) -> Vec<usize> {
        match self {
            Self::Leaf(leaf) => vec![*leaf],
            Self::Not(operand) => operand.leaves(),
            Self::And(operands) | Self::Or(operands) => {
                operands.iter().flat_map(Self::leaves).collect()
            }
        }
    }

    /// This part and all parts in it.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        let mut parts = vec![self];
        match self {
            Self::Leaf(_) => {}
            Self::And(operands) | Self::Or(operands) => {
                parts.extend(operands.iter().flat_map(Self::parts));
            }
            Self::Not(operand) => parts.extend(operand.parts()),
        }
        parts
    }
}

/// A language with a few comparisons, and resources for all that these tell apart.
pub(crate) trait Language {
    type Filter: Clone + PartialEq + std::fmt::Debug + std::fmt::Display;
    type Resource;

    const COMPARISONS: &'static [&'static str];

    /// Whether groups can be negated.
    const HAS_NOT: bool = false;

    /// The comparisons that a filter must contain, by their indexes.
    const REQUIRED: &'static [usize] = &[];

    /// Whether one comparison can mean what several do.
    const CAN_MERGE: bool = false;

    /// Whether the filters are for requests with admin access.
    const ADMIN_ACCESS: bool = false;

    /// Whether aliases of users are allowed where the service rejects them.
    const ALLOWS_ALIASES: bool = false;

    fn checker() -> Checker {
        Self::checker_with(Preset::Default)
    }

    fn checker_with(preset: Preset) -> Checker {
        let checker = Checker::new().preset(preset);
        let checker = checker.admin_access(Self::ADMIN_ACCESS);
        if Self::ALLOWS_ALIASES {
            checker.level(Lint::UserAlias, Level::Allow)
        } else {
            checker
        }
    }

    fn resources() -> Vec<Self::Resource>;

    /// Whether a comparison, by its index, holds for a resource.
    fn holds(comparison: usize, resource: &Self::Resource) -> bool;

    /// Whether the language allows what AND and OR join in the filter.
    fn is_shape_valid(tree: &Tree) -> bool;

    /// Whether a part that matches nothing is an error.
    fn has_contradictions() -> bool;

    fn parse(text: &str) -> Result<Self::Filter, Error>;
    fn check<'a>(checker: &Checker, text: &'a str) -> Checked<'a, Self::Filter>;
    fn matches(filter: &Self::Filter, resource: &Self::Resource) -> bool;
    fn implies(a: &Self::Filter, b: &Self::Filter) -> bool;
    fn is_disjoint(a: &Self::Filter, b: &Self::Filter) -> bool;
    fn intersection(a: &Self::Filter, b: &Self::Filter) -> Result<Self::Filter, IntersectionError>;
}

macro_rules! filter_functions {
    ($filter:ty) => {
        filter_functions!($filter, |filter: &$filter, resource| filter
            .matches(resource));
    };
    ($filter:ty, $matches:expr) => {
        type Filter = $filter;

        fn parse(text: &str) -> Result<$filter, Error> {
            if Self::ADMIN_ACCESS || Self::ALLOWS_ALIASES {
                Self::checker().parse(text)
            } else {
                <$filter>::parse(text)
            }
        }

        fn check<'a>(checker: &Checker, text: &'a str) -> Checked<'a, $filter> {
            <$filter>::check(checker, text)
        }

        fn matches(filter: &$filter, resource: &Self::Resource) -> bool {
            let matches: fn(&$filter, &Self::Resource) -> bool = $matches;
            matches(filter, resource)
        }

        fn implies(a: &$filter, b: &$filter) -> bool {
            a.implies(b)
        }

        fn is_disjoint(a: &$filter, b: &$filter) -> bool {
            a.is_disjoint(b)
        }

        fn intersection(a: &$filter, b: &$filter) -> Result<$filter, IntersectionError> {
            a.intersection(b)
        }
    };
}

pub(crate) struct Spaces;

impl Language for Spaces {
    type Resource = Space;

    const COMPARISONS: &'static [&'static str] = &[
        r#"space_type = "SPACE""#,
        r#"space_type = "GROUP_CHAT""#,
        r#"space_type = "DIRECT_MESSAGE""#,
    ];

    fn resources() -> Vec<Space> {
        let types = ["SPACE", "GROUP_CHAT", "DIRECT_MESSAGE", "SOMETHING_NEW"];
        let types = types.into_iter().map(SpaceType::from);
        types
            .chain([SpaceType::Unspecified, SpaceType::from(9)])
            .map(|space_type| Space {
                space_type,
                ..Space::default()
            })
            .collect()
    }

    fn holds(comparison: usize, space: &Space) -> bool {
        space.space_type.name() == Some(["SPACE", "GROUP_CHAT", "DIRECT_MESSAGE"][comparison])
    }

    fn is_shape_valid(_: &Tree) -> bool {
        true
    }

    fn has_contradictions() -> bool {
        true
    }

    filter_functions!(spaces::Filter);
}

pub(crate) struct Messages;

const START: i64 = 1_767_225_600;

impl Language for Messages {
    type Resource = Message;

    const COMPARISONS: &'static [&'static str] = &[
        r#"create_time > "2026-01-01T00:00:00.000000004Z""#,
        r#"create_time < "2026-01-01T00:00:00.000000004Z""#,
        r#"create_time > "2026-01-01T00:00:00.000000005Z""#,
        r#"create_time < "2026-01-01T00:00:00.000000005Z""#,
        r#"create_time > "2026-01-01T00:00:00.000000009Z""#,
        r#"create_time < "2026-01-01T00:00:00.000000009Z""#,
        "thread.name = spaces/A/threads/B",
    ];

    fn resources() -> Vec<Message> {
        let threads = [None, Some("spaces/A/threads/B"), Some("spaces/A/threads/C")];
        let times = (3..=10).map(Some).chain([None]);
        times
            .flat_map(|nanos| {
                threads.map(|name| Message {
                    create_time: nanos.map(|nanos| Timestamp::new(START, nanos).unwrap()),
                    thread: name.map(|name| Thread {
                        name: name.to_owned(),
                    }),
                    ..Message::default()
                })
            })
            .collect()
    }

    fn holds(comparison: usize, message: &Message) -> bool {
        match comparison {
            6 => {
                let thread = message.thread.as_ref();
                thread.is_some_and(|thread| thread.name == "spaces/A/threads/B")
            }
            _ => message.create_time.is_some_and(|time| {
                let time = time.nanos();
                let constant = [4, 5, 9][comparison / 2];
                if comparison.is_multiple_of(2) {
                    time > constant
                } else {
                    time < constant
                }
            }),
        }
    }

    /// There is no OR, at most one thread, and at most one bound on each side.
    fn is_shape_valid(tree: &Tree) -> bool {
        let has_or = tree.parts().iter().any(|part| matches!(part, Tree::Or(_)));
        let leaves = tree.leaves();
        let count = |is: fn(&&usize) -> bool| leaves.iter().filter(is).count();
        !has_or
            && count(|leaf| **leaf == 6) < 2
            && count(|leaf| **leaf < 6 && **leaf % 2 == 0) < 2
            && count(|leaf| **leaf < 6 && **leaf % 2 == 1) < 2
    }

    fn has_contradictions() -> bool {
        false
    }

    filter_functions!(messages::Filter);
}

pub(crate) struct Reactions;

impl Language for Reactions {
    type Resource = Reaction;

    const COMPARISONS: &'static [&'static str] = &[
        r#"emoji.unicode = "a""#,
        r#"emoji.unicode = "b""#,
        r#"emoji.custom_emoji.uid = "a""#,
        r#"user.name = "users/1""#,
        r#"user.name = "users/2""#,
    ];

    fn resources() -> Vec<Reaction> {
        let users = [None, Some("users/1"), Some("users/2"), Some("users/3")];
        let emojis = ["a", "b", "c"].into_iter();
        let emojis = emojis.flat_map(|emoji| {
            let emoji = emoji.to_owned();
            [
                Some(Emoji::Unicode(emoji.clone())),
                Some(Emoji::Custom(Some(emoji))),
            ]
        });
        emojis
            .chain([None, Some(Emoji::Custom(None))])
            .flat_map(|emoji| {
                users.map(|name| Reaction {
                    emoji: emoji.clone(),
                    user: name.map(|name| User {
                        name: name.to_owned(),
                    }),
                    ..Reaction::default()
                })
            })
            .collect()
    }

    fn holds(comparison: usize, reaction: &Reaction) -> bool {
        let is_emoji = |emoji| reaction.emoji == Some(emoji);
        let is_user = |name: &str| reaction.user.as_ref().is_some_and(|user| user.name == name);
        match comparison {
            0 => is_emoji(Emoji::Unicode("a".to_owned())),
            1 => is_emoji(Emoji::Unicode("b".to_owned())),
            2 => is_emoji(Emoji::Custom(Some("a".to_owned()))),
            3 => is_user("users/1"),
            _ => is_user("users/2"),
        }
    }

    /// OR joins comparisons of the emoji, or of the user.
    fn is_shape_valid(tree: &Tree) -> bool {
        tree.parts().iter().all(|part| {
            let leaves = part.leaves();
            !matches!(part, Tree::Or(_))
                || leaves.iter().all(|leaf| *leaf < 3)
                || leaves.iter().all(|leaf| *leaf >= 3)
        })
    }

    fn has_contradictions() -> bool {
        true
    }

    filter_functions!(reactions::Filter);
}

/// Reactions of users who may have aliases.
pub(crate) struct AliasedReactions;

/// The users whom the aliases stand for.
pub(crate) type Aliases = [(&'static str, &'static str); 2];

impl Language for AliasedReactions {
    /// A reaction, and whom the aliases stand for.
    type Resource = (Reaction, Aliases);

    const COMPARISONS: &'static [&'static str] = &[
        r#"user.name = "users/1""#,
        r#"user.name = "users/2""#,
        r#"user.name = "users/me""#,
        r#"user.name = "users/a@example.com""#,
        r#"emoji.unicode = "users/me""#,
        r#"emoji.unicode = "users/2""#,
    ];

    const ALLOWS_ALIASES: bool = true;

    fn resources() -> Vec<Self::Resource> {
        let users = ["users/1", "users/2", "users/3"];
        let mut resources = Vec::new();
        for user in [None].into_iter().chain(users.map(Some)) {
            for me in users {
                for email in users {
                    for emoji in ["users/me", "users/2", "users/3"] {
                        let user = user.map(|name| User {
                            name: name.to_owned(),
                        });
                        let reaction = Reaction {
                            emoji: Some(Emoji::Unicode(emoji.to_owned())),
                            user,
                            ..Reaction::default()
                        };
                        let aliases = [("users/me", me), ("users/a@example.com", email)];
                        resources.push((reaction, aliases));
                    }
                }
            }
        }
        resources
    }

    fn holds(comparison: usize, (reaction, [me, email]): &Self::Resource) -> bool {
        let is_user = |name: &str| reaction.user.as_ref().is_some_and(|user| user.name == name);
        let is_emoji = |text: &str| reaction.emoji == Some(Emoji::Unicode(text.to_owned()));
        match comparison {
            0 => is_user("users/1"),
            1 => is_user("users/2"),
            2 => is_user(me.1),
            3 => is_user(email.1),
            4 => is_emoji("users/me"),
            _ => is_emoji("users/2"),
        }
    }

    /// If there is an alias, either AND or OR joins comparisons of the user.
    fn is_shape_valid(tree: &Tree) -> bool {
        let has_alias = tree.leaves().iter().any(|leaf| [2, 3].contains(leaf));
        let and = if has_alias { And::Unmixed } else { And::Any };
        let groups = [Group(true, and), Group(true, And::Any)];
        is_box(tree, &|leaf| leaf / 4, &groups, &|_| None)
    }

    fn has_contradictions() -> bool {
        true
    }

    // Without its aliases, a filter is one that a reaction can be matched against.
    filter_functions!(reactions::Filter, |filter, (reaction, aliases)| {
        let resolved = aliases
            .iter()
            .fold(filter.to_string(), |text, (alias, name)| {
                let [alias, name] = [alias, name].map(|own| format!("user.name = \"{own}\""));
                text.replace(&alias, &name)
            });
        match reactions::Filter::parse(&resolved) {
            Ok(filter) => filter.matches(reaction),
            Err(error) => {
                assert_eq!(error.code().as_str(), "contradiction", "{resolved}");
                false
            }
        }
    });
}

pub(crate) struct SpaceEvents;

impl Language for SpaceEvents {
    type Resource = SpaceEvent;

    const COMPARISONS: &'static [&'static str] = &[
        r#"event_types:"google.workspace.chat.message.v1.created""#,
        r#"event_types:"google.workspace.chat.space.v1.updated""#,
        r#"start_time = "2026-01-01T00:00:00.000000004Z""#,
        r#"start_time = "2026-01-01T00:00:00.000000005Z""#,
        r#"end_time = "2026-01-01T00:00:00.000000005Z""#,
        r#"end_time = "9999-12-31T23:59:59.999999999Z""#,
    ];

    fn resources() -> Vec<SpaceEvent> {
        let types = [
            "google.workspace.chat.message.v1.created",
            "google.workspace.chat.message.v1.batchCreated",
            "google.workspace.chat.space.v1.updated",
            "google.workspace.chat.space.v1.batchUpdated",
            "google.workspace.chat.message.v1.deleted",
            "something.new",
        ];
        let types = types.into_iter().map(Some).chain([None]);
        let times: Vec<_> = (3..=10).map(Some).chain([None]).collect();
        types
            .flat_map(|event_type| {
                times.iter().map(move |nanos| SpaceEvent {
                    event_type: event_type.map(str::to_owned),
                    event_time: nanos.map(|nanos| Timestamp::new(START, nanos).unwrap()),
                    ..SpaceEvent::default()
                })
            })
            .collect()
    }

    fn holds(comparison: usize, event: &SpaceEvent) -> bool {
        let event_type = event.event_type.as_deref().unwrap_or_default();
        let nanos = event.event_time.map(Timestamp::nanos);
        match comparison {
            0 => event_type.ends_with("message.v1.created") || event_type.contains("batchC"),
            1 => event_type.contains("space.v1."),
            2 => nanos.is_some_and(|nanos| nanos > 4),
            3 => nanos.is_some_and(|nanos| nanos > 5),
            4 => nanos.is_some_and(|nanos| nanos <= 5),
            _ => nanos.is_some(),
        }
    }

    /// OR joins types, and AND joins one OR of types, one start and one end.
    fn is_shape_valid(tree: &Tree) -> bool {
        let groups = [Group(true, And::Never), Group(false, And::Never)];
        let bound = |leaf| (leaf >= 2).then_some(leaf < 4);
        is_box(tree, &|leaf| leaf.min(2) / 2, &groups, &bound)
    }

    fn has_contradictions() -> bool {
        false
    }

    filter_functions!(space_events::Filter);
}

/// The operands of nested ANDs.
fn flattened(operands: &[Tree]) -> Vec<Tree> {
    let operands = operands.iter().flat_map(|operand| match operand {
        Tree::And(inner) => flattened(inner),
        _ => vec![operand.clone()],
    });
    operands.collect()
}

pub(crate) struct CustomEmojis;

impl Language for CustomEmojis {
    type Resource = CustomEmoji;

    const COMPARISONS: &'static [&'static str] =
        &[r#"creator("users/me")"#, r#"NOT creator("users/me")"#];

    const HAS_NOT: bool = true;

    fn resources() -> Vec<CustomEmoji> {
        let names = ["customEmojis/MINE", "customEmojis/OTHER"];
        names
            .map(|name| CustomEmoji {
                name: name.to_owned(),
            })
            .into()
    }

    fn holds(comparison: usize, emoji: &CustomEmoji) -> bool {
        (emoji.name == "customEmojis/MINE") == (comparison == 0)
    }

    fn is_shape_valid(_: &Tree) -> bool {
        true
    }

    fn has_contradictions() -> bool {
        true
    }

    filter_functions!(custom_emojis::Filter, |filter, emoji| {
        let context = Context::new()
            .caller("users/1")
            .creator("customEmojis/MINE", "users/me")
            .creator("customEmojis/OTHER", "users/2");
        filter.matches(emoji, &context).unwrap()
    });
}

pub(crate) struct SectionItems;

impl Language for SectionItems {
    type Resource = SectionItem;

    const COMPARISONS: &'static [&'static str] =
        &["space = spaces/A", "space = spaces/B", "space = spaces/a.b"];

    fn resources() -> Vec<SectionItem> {
        let spaces = ["spaces/A", "spaces/B", "spaces/a.b", "spaces/C"];
        let spaces = spaces.into_iter().map(Some).chain([None]);
        spaces
            .map(|space| SectionItem {
                space: space.map(str::to_owned),
                ..SectionItem::default()
            })
            .collect()
    }

    fn holds(comparison: usize, item: &SectionItem) -> bool {
        item.space.as_deref() == Some(["spaces/A", "spaces/B", "spaces/a.b"][comparison])
    }

    /// There is no OR.
    fn is_shape_valid(tree: &Tree) -> bool {
        !tree.parts().iter().any(|part| matches!(part, Tree::Or(_)))
    }

    fn has_contradictions() -> bool {
        true
    }

    filter_functions!(section_items::Filter);
}

/// What AND may join in a group.
#[derive(Clone, Copy, PartialEq)]
enum And {
    Any,
    Never,
    /// Not together with OR.
    Unmixed,
}

/// A group: whether it has OR, and what AND may join.
struct Group(bool, And);

/// Whether AND and OR join only what they may, where only AND joins different groups. `bound` is
/// whether a comparison is a lower bound, if it is a bound.
fn is_box(
    tree: &Tree,
    group: &dyn Fn(usize) -> usize,
    groups: &[Group],
    bound: &dyn Fn(usize) -> Option<bool>,
) -> bool {
    let of = |tree: &Tree| tree.leaves().into_iter().map(group).collect::<Vec<_>>();
    let has = |tree: &Tree, is: fn(&Tree) -> bool| tree.parts().into_iter().any(is);
    let is_and = |part: &Tree| matches!(part, Tree::And(_));
    let is_or = |part: &Tree| matches!(part, Tree::Or(_));
    match tree {
        Tree::Leaf(_) => true,
        Tree::Not(_) => false,
        Tree::Or(operands) => {
            let all = of(tree);
            let Group(has_or, and) = &groups[all[0]];
            *has_or
                && all.iter().all(|own| *own == all[0])
                && !(*and == And::Unmixed && has(tree, is_and))
                && operands.iter().all(|own| is_box(own, group, groups, bound))
        }
        Tree::And(operands) => {
            let operands = flattened(operands);
            let is_valid = |one: usize| {
                let with = operands.iter().filter(|own| of(own).contains(&one));
                let with: Vec<&Tree> = with.collect();
                if with.len() < 2 {
                    return true;
                }
                let bounds = with.iter().filter_map(|own| match own {
                    Tree::Leaf(leaf) => bound(*leaf),
                    _ => None,
                });
                let bounds: Vec<bool> = bounds.collect();
                match groups[one].1 {
                    And::Any => true,
                    And::Unmixed => !with.iter().any(|own| has(own, is_or)),
                    And::Never => with.len() == 2 && bounds.len() == 2 && bounds[0] != bounds[1],
                }
            };
            operands.iter().all(|own| is_box(own, group, groups, bound))
                && of(tree).into_iter().all(is_valid)
        }
    }
}

/// A search without admin access.
pub(crate) struct SpacesSearch;

impl Language for SpacesSearch {
    type Resource = Space;

    const COMPARISONS: &'static [&'static str] = &[
        r#"space_type = "SPACE""#,
        r#"display_name:"a""#,
        r#"display_name:"ab c""#,
        r#"display_name:"c""#,
        r#"external_user_allowed = "true""#,
        r#"external_user_allowed = "false""#,
    ];

    const REQUIRED: &'static [usize] = &[0];

    fn resources() -> Vec<Space> {
        let names = ["", "b", "a b", "Ab", "C", "xab C", "c-AB", "a.c", "abc"];
        let types = [SpaceType::Space, SpaceType::GroupChat];
        names
            .into_iter()
            .flat_map(|name| types.clone().map(|space_type| (name, space_type)))
            .flat_map(|(name, space_type)| {
                [false, true].map(|external_user_allowed| Space {
                    display_name: name.to_owned(),
                    space_type: space_type.clone(),
                    external_user_allowed,
                    ..Space::default()
                })
            })
            .collect()
    }

    fn holds(comparison: usize, space: &Space) -> bool {
        let name = space.display_name.to_lowercase();
        let mut words = name.split([' ', '-', '.']);
        match comparison {
            0 => space.space_type == SpaceType::Space,
            1 => words.any(|word| word.starts_with('a')),
            2 => Self::holds(3, space) && words.any(|word| word.starts_with("ab")),
            3 => words.any(|word| word.starts_with('c')),
            4 => space.external_user_allowed,
            _ => !space.external_user_allowed,
        }
    }

    fn is_shape_valid(tree: &Tree) -> bool {
        let group = |leaf| [0, 1, 1, 1, 2, 2][leaf];
        let groups = [false, true, true].map(|has_or| Group(has_or, And::Never));
        is_box(tree, &group, &groups, &|_| None)
    }

    fn has_contradictions() -> bool {
        false
    }

    filter_functions!(spaces_search::Filter);
}

/// A search with admin access.
pub(crate) struct AdminSearch;

impl Language for AdminSearch {
    type Resource = Space;

    const COMPARISONS: &'static [&'static str] = &[
        r#"customer = "customers/my_customer""#,
        r#"space_type = "SPACE""#,
        r#"create_time > "2026-01-01T00:00:00.000000004Z""#,
        r#"create_time < "2026-01-01T00:00:00.000000005Z""#,
        r#"create_time = "2026-01-01T00:00:00.000000005Z""#,
        r#"create_time >= "2026-01-01T00:00:00.000000009Z""#,
        r#"create_time <= "2026-01-01T00:00:00.000000004Z""#,
        r#"space_history_state = "HISTORY_ON""#,
    ];

    const REQUIRED: &'static [usize] = &[0, 1];

    const CAN_MERGE: bool = true;

    const ADMIN_ACCESS: bool = true;

    fn resources() -> Vec<Space> {
        let types = [SpaceType::Space, SpaceType::GroupChat];
        let states = [HistoryState::Unspecified, HistoryState::On];
        let times: Vec<_> = (3..=10).map(Some).chain([None]).collect();
        let spaces = types.into_iter().flat_map(|space_type| {
            states.clone().map(|space_history_state| Space {
                space_type: space_type.clone(),
                space_history_state,
                ..Space::default()
            })
        });
        spaces
            .flat_map(|space| {
                times.iter().map(move |nanos| Space {
                    create_time: nanos.map(|nanos| Timestamp::new(START, nanos).unwrap()),
                    ..space.clone()
                })
            })
            .collect()
    }

    fn holds(comparison: usize, space: &Space) -> bool {
        let time = |is: fn(u32) -> bool| space.create_time.is_some_and(|time| is(time.nanos()));
        match comparison {
            0 => true,
            1 => space.space_type == SpaceType::Space,
            2 => time(|nanos| nanos > 4),
            3 => time(|nanos| nanos < 5),
            4 => time(|nanos| nanos == 5),
            5 => time(|nanos| nanos >= 9),
            6 => time(|nanos| nanos <= 4),
            _ => space.space_history_state == HistoryState::On,
        }
    }

    fn is_shape_valid(tree: &Tree) -> bool {
        let group = |leaf| [0, 1, 2, 2, 2, 2, 2, 3][leaf];
        let bound = |leaf| {
            let is_lower = [2, 5].contains(&leaf);
            (is_lower || [3, 6].contains(&leaf)).then_some(is_lower)
        };
        let groups = [false, false, true, true].map(|has_or| Group(has_or, And::Never));
        is_box(tree, &group, &groups, &bound)
    }

    fn has_contradictions() -> bool {
        false
    }

    filter_functions!(spaces_search::Filter);
}

/// Keywords, words and mentions.
pub(crate) struct MessagesSearch;

impl Language for MessagesSearch {
    type Resource = Message;

    const COMPARISONS: &'static [&'static str] = &[
        r#""tasks""#,
        r#""to do tasks""#,
        "space.display_name:a",
        "space.display_name:ab",
        "annotations.user_mentions.user.name:users/1",
        "annotations.user_mentions.user.name:users/2",
    ];

    const CAN_MERGE: bool = true;

    fn resources() -> Vec<Message> {
        let texts = ["", "Tasks: TO DO", "these to-do tasks", "tasks2"];
        let spaces = [None, Some("spaces/A"), Some("spaces/AB"), Some("spaces/-")];
        let mentions: [&[&str]; 4] = [&[], &["users/1"], &["users/2"], &["users/2", "users/1"]];
        let with = |text: &str, space: Option<&str>, users: &[&str]| Message {
            text: text.to_owned(),
            space: space.map(|name| Space {
                name: name.to_owned(),
                ..Space::default()
            }),
            annotations: users.iter().map(|name| mention(name)).collect(),
            ..Message::default()
        };
        texts
            .into_iter()
            .flat_map(|text| spaces.map(|space| (text, space)))
            .flat_map(|(text, space)| mentions.map(|users| with(text, space, users)))
            .collect()
    }

    fn holds(comparison: usize, message: &Message) -> bool {
        let space = message.space.as_ref().map_or("", |space| &space.name);
        let is_mentioned = |name| message.annotations.contains(&mention(name));
        match comparison {
            0 => message
                .text
                .to_lowercase()
                .split([' ', ':'])
                .any(|word| word == "tasks"),
            1 => message.text.contains("to-do tasks"),
            2 => space.starts_with("spaces/A"),
            3 => space == "spaces/AB",
            4 => is_mentioned("users/1"),
            _ => is_mentioned("users/2"),
        }
    }

    fn is_shape_valid(tree: &Tree) -> bool {
        let groups = [
            Group(false, And::Any),
            Group(true, And::Unmixed),
            Group(true, And::Unmixed),
        ];
        is_box(tree, &|leaf| leaf / 2, &groups, &|_| None)
    }

    fn has_contradictions() -> bool {
        false
    }

    filter_functions!(messages_search::Filter, |filter, message| {
        let named = |name: &str, display_name: &str| Space {
            name: name.to_owned(),
            display_name: display_name.to_owned(),
            ..Space::default()
        };
        let context = Context::new()
            .space(named("spaces/A", "An a-z"))
            .space(named("spaces/AB", "x Abc"))
            .space(named("spaces/-", "xa"));
        filter.matches(message, &context).unwrap()
    });
}

fn mention(name: &str) -> Annotation {
    Annotation {
        annotation_type: AnnotationType::UserMention,
        user_mention: Some(UserMention {
            user: Some(User {
                name: name.to_owned(),
            }),
        }),
    }
}

/// Times, senders, spaces and flags.
pub(crate) struct MessageFacts;

impl Language for MessageFacts {
    type Resource = (Message, Context);

    const COMPARISONS: &'static [&'static str] = &[
        r#"create_time >= "2026-01-01T00:00:00.000000004Z""#,
        r#"create_time < "2026-01-01T00:00:00.000000004Z""#,
        r#"create_time < "2026-01-01T00:00:00.000000009Z""#,
        r#"sender.name = "users/1""#,
        r#"sender.name = "users/me""#,
        "is_unread()",
        "attachment:*",
    ];

    fn resources() -> Vec<(Message, Context)> {
        let times = [None, Some(3), Some(4), Some(8), Some(9)];
        let senders = [None, Some("users/1"), Some("users/9"), Some("users/5")];
        let callers = ["users/1", "users/9"];
        let unread: [&[&str]; 2] = [&[], &["spaces/A/messages/B"]];
        let mut resources = Vec::new();
        for time in times {
            for sender in senders {
                for caller in callers {
                    for unread in unread {
                        for attachments in [0, 1] {
                            let message = Message {
                                name: "spaces/A/messages/B".to_owned(),
                                create_time: time
                                    .map(|nanos| Timestamp::new(START, nanos).unwrap()),
                                sender: sender.map(|name| User {
                                    name: name.to_owned(),
                                }),
                                attachment: vec![Attachment::default(); attachments],
                                ..Message::default()
                            };
                            let context = Context::new();
                            let context = context.caller(caller).unread(unread.iter().copied());
                            resources.push((message, context));
                        }
                    }
                }
            }
        }
        resources
    }

    fn holds(comparison: usize, (message, context): &(Message, Context)) -> bool {
        let time = |is: fn(u32) -> bool| message.create_time.is_some_and(|time| is(time.nanos()));
        let sender = message.sender.as_ref().map(|sender| sender.name.as_str());
        let has_caller = |name| *context == context.clone().caller(name);
        match comparison {
            0 => time(|nanos| nanos >= 4),
            1 => time(|nanos| nanos < 4),
            2 => time(|nanos| nanos < 9),
            3 => sender == Some("users/1"),
            4 => sender.is_some_and(has_caller),
            5 => *context == context.clone().unread(["spaces/A/messages/B"]),
            _ => !message.attachment.is_empty(),
        }
    }

    fn is_shape_valid(tree: &Tree) -> bool {
        let group = |leaf| [0, 0, 0, 1, 1, 2, 3][leaf];
        let groups = [
            Group(false, And::Never),
            Group(true, And::Never),
            Group(false, And::Any),
            Group(false, And::Any),
        ];
        is_box(tree, &group, &groups, &|leaf| {
            (leaf < 3).then_some(leaf == 0)
        })
    }

    fn has_contradictions() -> bool {
        false
    }

    filter_functions!(messages_search::Filter, |filter, (message, context)| {
        filter.matches(message, context).unwrap()
    });
}
