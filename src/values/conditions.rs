//! Conditions of which a resource can meet several, none excluding another: that a text has certain
//! words or phrases, without regard to case, or that someone is mentioned.

/// What a condition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Condition {
    /// A word of a text begins so.
    Beginning,
    /// A text has these words next to each other, separated by single spaces here.
    Phrase,
    /// A name occurs.
    Name,
}

/// Conditions that are all met. Sorted, and none follows from another one, so that equal conditions
/// are equal.
pub(crate) type Conditions = Vec<String>;

impl Condition {
    /// Returns whether one condition follows from another one.
    pub(crate) fn follows(self, condition: &str, from: &str) -> bool {
        match self {
            Self::Beginning => from.starts_with(condition),
            Self::Phrase => from.match_indices(condition).any(|(at, found)| {
                let [before, after] = [from.get(..at), from.get(at + found.len()..)];
                before.is_some_and(|before| before.is_empty() || before.ends_with(' '))
                    && after.is_some_and(|after| after.is_empty() || after.starts_with(' '))
            }),
            Self::Name => from == condition,
        }
    }

    /// Returns whether all conditions in `b` follow from those in `a`.
    pub(crate) fn all_follow(self, b: &[String], a: &[String]) -> bool {
        b.iter().all(|b| match self {
            // What begins with a word comes next to it in the order.
            Self::Beginning | Self::Name => {
                let next = a.get(a.partition_point(|a| a < b)..).and_then(<[_]>::first);
                next.is_some_and(|a| self.follows(b, a))
            }
            Self::Phrase => a.iter().any(|a| self.follows(b, a)),
        })
    }

    /// Returns for each of the sorted conditions the indexes of those from which it follows: its own
    /// first, the others in no order. Linear, but for sorting and for what it returns.
    pub(crate) fn implying(self, conditions: &[impl AsRef<str>]) -> Vec<Vec<usize>> {
        let mut implying: Vec<Vec<usize>> = (0..conditions.len()).map(|own| vec![own]).collect();
        match self {
            Self::Name => {}
            Self::Beginning => {
                // The beginnings of the next word, each with its index.
                let mut beginnings: Vec<(usize, &str)> = Vec::new();
                for (index, word) in conditions.iter().map(AsRef::as_ref).enumerate() {
                    while beginnings
                        .pop_if(|(_, beginning)| !word.starts_with(*beginning))
                        .is_some()
                    {}
                    for (beginning, _) in &beginnings {
                        if let Some(own) = implying.get_mut(*beginning) {
                            own.push(index);
                        }
                    }
                    beginnings.push((index, word));
                }
            }
            Self::Phrase => {
                // With a space after each word, a phrase is a beginning of what it occurs in.
                let phrases = conditions.iter().map(|own| format!("{} ", own.as_ref()));
                let phrases: Vec<String> = phrases.collect();
                let mut ends: Vec<(&str, usize)> = Vec::new();
                for (index, phrase) in phrases.iter().enumerate() {
                    let starts = phrase.match_indices(' ').map(|(at, _)| at + 1);
                    let starts = std::iter::once(0).chain(starts);
                    let own = starts.filter_map(|at| phrase.get(at..));
                    ends.extend(own.filter(|end| !end.is_empty()).map(|end| (end, index)));
                }
                ends.sort_unstable();
                for (index, (phrase, own)) in phrases.iter().zip(&mut implying).enumerate() {
                    let first = ends.partition_point(|(end, _)| *end < phrase.as_str());
                    let found = ends.get(first..).unwrap_or_default().iter();
                    let found = found.take_while(|(end, _)| end.starts_with(&**phrase));
                    let others = found
                        .map(|(_, other)| *other)
                        .filter(|other| *other != index);
                    own.extend(others);
                    own.get_mut(1..).unwrap_or_default().sort_unstable();
                    own.dedup();
                }
            }
        }
        implying
    }

    /// Returns the conditions of a text.
    pub(crate) fn of(self, text: &str) -> Conditions {
        let words = split(text).map(|word| {
            if word.is_ascii() {
                word.to_ascii_lowercase()
            } else {
                folded(word).collect()
            }
        });
        match self {
            Self::Beginning => self.normalized(words.collect()),
            Self::Phrase => {
                let phrase = words.reduce(|phrase, word| phrase + " " + &word);
                phrase.into_iter().collect()
            }
            Self::Name => vec![text.to_owned()],
        }
    }

    /// Returns whether a text meets conditions on its words.
    pub(crate) fn are_met(self, conditions: &[String], text: &str) -> bool {
        conditions.iter().all(|condition| match self {
            Self::Beginning => split(text).any(|word| {
                let mut word = folded(word);
                condition.chars().all(|c| word.next() == Some(c))
            }),
            Self::Phrase => {
                let mut words = split(text);
                let starts = std::iter::from_fn(|| {
                    let rest = words.clone();
                    words.next().map(|_| rest)
                });
                let is_word = |(expected, word): (&str, Option<&str>)| {
                    word.is_some_and(|word| folded(word).eq(expected.chars()))
                };
                starts.into_iter().any(|mut rest| {
                    let mut expected = condition.split(' ');
                    expected.all(|expected| is_word((expected, rest.next())))
                })
            }
            Self::Name => text == condition,
        })
    }

    /// Returns a text with these conditions.
    pub(crate) fn join(self, conditions: &[String]) -> String {
        let text = conditions.join(" ");
        match self {
            Self::Name => text,
            // The only character whose lower case is several characters, of which one is not part of
            // a word.
            _ => text.replace("i\u{307}", "\u{130}"),
        }
    }

    /// Sorts conditions, and removes those that follow from others.
    pub(crate) fn normalized(self, mut conditions: Vec<String>) -> Conditions {
        if conditions.len() > 1 {
            conditions.sort_unstable();
            conditions.dedup();
            match self {
                // What begins with a word comes next to it in the order.
                Self::Beginning | Self::Name => conditions.dedup_by(|next, own| {
                    let follows = self.follows(own, next);
                    if follows {
                        std::mem::swap(own, next);
                    }
                    follows
                }),
                Self::Phrase => {
                    let implying = self.implying(&conditions);
                    let mut implying = implying.iter();
                    conditions.retain(|_| implying.next().is_some_and(|own| own.len() == 1));
                }
            }
        }
        conditions
    }
}

/// Returns the words of a text: the longest runs of letters and digits.
fn split(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Returns a word without regard to case.
fn folded(word: &str) -> impl Iterator<Item = char> {
    word.chars().flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::Condition::{Beginning, Name, Phrase};
    use super::Conditions;

    fn words(text: &str) -> Conditions {
        Beginning.of(text)
    }

    #[test]
    fn splits_into_words() {
        for (text, expected) in [
            ("Hello World", vec!["hello", "world"]),
            ("world, HELLO! world", vec!["hello", "world"]),
            ("hello hel he", vec!["hello"]),
            ("a ab b abc aa", vec!["aa", "abc", "b"]),
            ("node.js_2", vec!["2", "js", "node"]),
            ("ÄÖ-straße", vec!["straße", "äö"]),
            ("", vec![]),
            ("!! * 🙂", vec![]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn matches_beginnings_of_words() {
        for (text, requirements, expected) in [
            ("Fun event", "Fun Eve", true),
            ("The evening was fun", "Fun Eve", true),
            ("notFun event", "Fun Eve", false),
            ("even", "Fun Eve", false),
            ("", "a", false),
        ] {
            assert_eq!(
                Beginning.are_met(&words(requirements), text),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn matches_phrases() {
        for (text, phrase, expected) in [
            ("a list of things to do today", "Things to do", true),
            ("things, to: DO", "things to do", true),
            ("to do things", "things to do", false),
            ("things to things to do", "things to do", true),
            ("node js", "node.js", true),
            ("nodejs", "node.js", false),
            ("tasks", "task", false),
            ("", "task", false),
        ] {
            assert_eq!(Phrase.are_met(&Phrase.of(phrase), text), expected, "{text}");
        }
        assert!(Phrase.follows("to do", "things to do"));
        assert!(!Phrase.follows("thing", "things to do"));
        let phrases = ["to do", "things to do", "to do"]
            .map(str::to_owned)
            .to_vec();
        assert_eq!(Phrase.normalized(phrases), ["things to do"]);
    }

    /// All sorted lists of a few conditions that contain each other.
    #[test]
    fn finds_what_follows_from_what() {
        for (condition, all) in [
            (Beginning, ["a", "ab", "abc", "abd", "b", "ba", "c"]),
            (Phrase, ["a", "a a", "a a b", "a b", "aa", "b", "b a"]),
            (Name, ["a", "ab", "b", "ba", "c", "ca", "cab"]),
        ] {
            for chosen in 0..1 << all.len() {
                let own = all.iter().enumerate();
                let own = own.filter(|(at, _)| chosen >> at & 1 == 1);
                let mut conditions: Conditions = own.map(|(_, own)| (*own).to_owned()).collect();
                conditions.sort_unstable();
                let implying = condition.implying(&conditions);
                for (at, (own, found)) in conditions.iter().zip(implying).enumerate() {
                    assert_eq!(found.first(), Some(&at));
                    let others = conditions.iter().enumerate();
                    let others =
                        others.filter(|(other, from)| *other != at && condition.follows(own, from));
                    let mut expected: Vec<usize> = others.map(|(other, _)| other).collect();
                    let mut found = found.get(1..).unwrap().to_vec();
                    expected.sort_unstable();
                    found.sort_unstable();
                    assert_eq!(found, expected, "{own} in {conditions:?}");
                    let one = std::slice::from_ref(own);
                    assert!(condition.all_follow(one, &conditions));
                    let others: Conditions = conditions
                        .iter()
                        .filter(|other| *other != own)
                        .cloned()
                        .collect();
                    assert_eq!(condition.all_follow(one, &others), !expected.is_empty());
                }
            }
        }
    }

    #[test]
    fn compares_requirements() {
        assert!(Beginning.all_follow(&words("hel"), &words("Hello World")));
        assert!(!Beginning.all_follow(&words("Hello"), &words("hel")));
        assert!(!Beginning.all_follow(&words("hello world"), &words("hello")));
    }

    /// Requirements of every character print as text with these requirements.
    #[test]
    fn prints_what_it_reads() {
        for c in '\0'..=char::MAX {
            let requirements = words(&format!("a{c}b"));
            assert_eq!(words(&Beginning.join(&requirements)), requirements, "{c:?}");
        }
    }
}
