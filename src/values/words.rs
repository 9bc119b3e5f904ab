//! Words of a text, as a search compares them: without regard to case, and by their beginnings.

/// The beginnings that a text must have words with. Sorted, and none is a beginning of another one,
/// so that equal requirements are equal.
pub(crate) type Words = Vec<String>;

/// Returns the words of a text as requirements.
pub(crate) fn words(text: &str) -> Words {
    let words = split(text).map(|word| folded(word).collect());
    normalized(words.collect())
}

/// Returns the requirements of two texts together.
pub(crate) fn both(a: &[String], b: &[String]) -> Words {
    normalized(a.iter().chain(b).cloned().collect())
}

/// Returns whether a text that meets the requirements `a` also meets `b`.
pub(crate) fn implies(a: &[String], b: &[String]) -> bool {
    b.iter()
        .all(|beginning| a.iter().any(|word| word.starts_with(&**beginning)))
}

/// Returns whether a text meets requirements.
pub(crate) fn matches(text: &str, requirements: &[String]) -> bool {
    requirements.iter().all(|beginning| {
        split(text).any(|word| {
            let mut word = folded(word);
            beginning.chars().all(|c| word.next() == Some(c))
        })
    })
}

/// Returns a text with these requirements.
pub(crate) fn join(requirements: &[String]) -> String {
    // The only character whose lower case is several characters, of which one is not part of a word.
    requirements.join(" ").replace("i\u{307}", "\u{130}")
}

fn normalized(mut words: Vec<String>) -> Words {
    words.sort_unstable();
    // What begins with a word directly follows it.
    let mut kept: Words = Vec::with_capacity(words.len());
    for word in words {
        if kept.last().is_some_and(|last| word.starts_with(&**last)) {
            kept.pop();
        }
        kept.push(word);
    }
    kept
}

/// Returns the words of a text: the longest runs of letters and digits.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Returns a word without regard to case.
fn folded(word: &str) -> impl Iterator<Item = char> {
    word.chars().flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::{implies, join, matches, words};

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
            assert_eq!(matches(text, &words(requirements)), expected, "{text}");
        }
    }

    #[test]
    fn compares_requirements() {
        assert!(implies(&words("Hello World"), &words("hel")));
        assert!(!implies(&words("hel"), &words("Hello")));
        assert!(!implies(&words("hello"), &words("hello world")));
    }

    /// Requirements of every character print as text with these requirements.
    #[test]
    fn prints_what_it_reads() {
        for c in '\0'..=char::MAX {
            let requirements = words(&format!("a{c}b"));
            assert_eq!(words(&join(&requirements)), requirements, "{c:?}");
        }
    }
}
