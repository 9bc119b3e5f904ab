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
            Self::Phrase => format!(" {from} ").contains(&format!(" {condition} ")),
            Self::Name => from == condition,
        }
    }

    /// Returns whether all conditions in `b` follow from those in `a`.
    pub(crate) fn all_follow(self, b: &[String], a: &[String]) -> bool {
        b.iter().all(|b| a.iter().any(|a| self.follows(b, a)))
    }

    /// Returns the conditions in `a` and `b` together.
    pub(crate) fn both(self, a: &[String], b: &[String]) -> Conditions {
        self.normalized(a.iter().chain(b).cloned().collect())
    }

    /// Returns the conditions of a text.
    pub(crate) fn of(self, text: &str) -> Conditions {
        let words = split(text).map(|word| folded(word).collect());
        match self {
            Self::Beginning => self.normalized(words.collect()),
            Self::Phrase => {
                let words: Vec<String> = words.collect();
                Vec::from_iter(Some(words.join(" ")).filter(|phrase| !phrase.is_empty()))
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

    fn normalized(self, mut conditions: Vec<String>) -> Conditions {
        conditions.sort_unstable();
        conditions.dedup();
        match self {
            Self::Beginning => {
                // What begins with a word directly follows it.
                let mut kept: Conditions = Vec::with_capacity(conditions.len());
                for word in conditions {
                    if kept.last().is_some_and(|last| word.starts_with(&**last)) {
                        kept.pop();
                    }
                    kept.push(word);
                }
                kept
            }
            Self::Phrase => {
                let all = conditions.clone();
                let follows = |own: &String| {
                    let mut others = all.iter();
                    others.any(|other| other != own && self.follows(own, other))
                };
                conditions.retain(|own| !follows(own));
                conditions
            }
            Self::Name => conditions,
        }
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
    use super::Condition::{Beginning, Phrase};
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
        assert_eq!(
            Phrase.both(&Phrase.of("to do"), &Phrase.of("Things to do")),
            ["things to do"]
        );
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
