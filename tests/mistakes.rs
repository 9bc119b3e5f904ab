//! Common mistakes, each with the filter that was meant.
//!
//! `data/mistakes.tsv` has a mistake a line: its kind, whether admin access is set, the text with the
//! escapes `\n`, `\t`, `\\` and `\uHHHH`, and the filters that were meant, separated by ` ||| `; `-` if it
//! cannot be known, and `=` if the text is fine.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

use gchat_filter::diagnostic::{Code, Diagnostic, Fix};
use gchat_filter::members::Filter;
use gchat_filter::{Checked, Checker, Preset};
use oracle::operators;
use oracle::strategies::{any_comparison, filters};
use proptest::prelude::*;

const MISTAKES: &str = include_str!("data/mistakes.tsv");

/// Texts for which no fix is offered, with the reason.
const UNFIXED: &[(&str, &str)] = &[
    (
        "role > \"ROLE_MEMBER\"",
        "roles have no order: every value could be meant",
    ),
    (
        "=FILTER(A:A; Role=“Manager”)",
        "a formula about a sheet, not a filter with something around it",
    ),
];

struct Mistake {
    kind: &'static str,
    checker: Checker,
    text: String,
    meant: &'static str,
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match (c, (c == '\\').then(|| chars.next().unwrap())) {
            (_, Some('n')) => '\n',
            (_, Some('t')) => '\t',
            (_, Some('r')) => '\r',
            (_, Some('u')) => {
                let digits: String = chars.by_ref().take(4).collect();
                char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap()
            }
            (_, Some(c)) | (c, None) => c,
        });
    }
    out
}

fn mistakes() -> impl Iterator<Item = Mistake> {
    MISTAKES.lines().skip(1).map(|line| {
        let mut columns = line.split('\t');
        let mut next = || columns.next().unwrap();
        Mistake {
            kind: next(),
            checker: Checker::new().admin_access(next() == "1"),
            text: unescaped(next()),
            meant: next(),
        }
    })
}

impl Mistake {
    fn check<'a>(&self, text: &'a str) -> Checked<'a, Filter> {
        Filter::check(&self.checker, text)
    }

    fn is_meant(&self, filter: Filter) -> bool {
        self.meant
            .split(" ||| ")
            .any(|meant| self.check(meant).filter == Some(filter))
    }

    /// Applies the certain fixes until there are none, or until the filter is valid.
    fn certainly_fixed(&self) -> String {
        let mut text = self.text.clone();
        while let Some(fixed) = self.check(&text).fixed
            && !self.check(&text).is_valid()
        {
            text = fixed;
        }
        text
    }
}

fn first_fix<'c>(checked: &'c Checked<'_, Filter>) -> Option<&'c Fix> {
    checked.errors().find_map(|error| error.fix.as_ref())
}

#[test]
fn fixes_lead_to_the_filter_that_was_meant_in_two_steps() {
    for mistake in mistakes().filter(|mistake| !matches!(mistake.meant, "=" | "-")) {
        let mut text = mistake.text.clone();
        for _ in 0..2 {
            let checked = mistake.check(&text);
            if checked.is_valid() {
                break;
            }
            let next = checked
                .fixed
                .clone()
                .or_else(|| Some(first_fix(&checked)?.apply(&text).unwrap()));
            match next {
                Some(next) => text = next,
                None => break,
            }
        }
        let filter = mistake.check(&text).filter;
        let is_unfixed = UNFIXED.iter().any(|(text, _)| *text == mistake.text);
        assert_eq!(
            filter.is_some_and(|filter| mistake.is_meant(filter)),
            !is_unfixed,
            "{:?} became {text:?}",
            mistake.text
        );
    }
}

#[test]
fn certain_fixes_never_lead_elsewhere() {
    for mistake in mistakes() {
        let text = mistake.certainly_fixed();
        let filter = mistake.check(&text).filter;
        match mistake.meant {
            "=" => assert_eq!(text, mistake.text),
            "-" => assert_eq!(filter, None, "{:?} became {text:?}", mistake.text),
            _ => assert!(
                filter.is_none_or(|filter| mistake.is_meant(filter)),
                "{:?} became {text:?}",
                mistake.text
            ),
        }
    }
}

#[test]
fn fine_texts_are_valid_as_they_are() {
    for mistake in mistakes().filter(|mistake| mistake.meant == "=") {
        let checked = mistake.check(&mistake.text);
        assert!(checked.is_valid(), "{:?}", mistake.text);
        assert_eq!(checked.fixed, None, "{:?}", mistake.text);
    }
}

#[test]
fn a_mistake_is_one_error() {
    let single: Vec<Mistake> = mistakes()
        .filter(|mistake| !matches!(mistake.meant, "=" | "-"))
        .filter(|mistake| !mistake.kind.starts_with("multi"))
        .collect();
    let several = single.iter().filter(|mistake| {
        let checked = mistake.check(&mistake.text);
        let codes: Vec<Code> = checked.errors().map(|error| error.code).collect();
        // The same mistake twice is two errors.
        codes.len() > 1 && codes.iter().any(|code| *code != codes[0])
    });
    let several: Vec<&str> = several.map(|mistake| &*mistake.text).collect();
    assert_eq!(
        several,
        [
            // The operator and the quotes, the quotes and the field, the negation and the operator.
            "role: ROLE_MANAGER",
            "role = ROLE_MEMBER OR ROLE_MANAGER",
            "-member.type:\"BOT\"",
        ]
    );
}

/// Spellings of an operator by people who know other languages, each with the same meaning.
fn spellings(operator: &str) -> &'static [&'static str] {
    match operator {
        "AND" => &["AND", "and", "And", "&&", "&", "und", "-and", "＆＆"],
        "OR" => &["OR", "or", "Or", "||", "|", "oder", "-or", "｜｜"],
        "=" => &["=", "==", "===", "eq", "is", "=~", "＝"],
        "!=" => &[
            "!=", "<>", "!==", "=!", "! =", "ne", "is not", "≠", "-ne", "¬=", "＜＞",
        ],
        _ => &[],
    }
}

/// Replaces operators of a valid filter by other spellings, and its quotes by typographic ones.
fn misspelled(text: &str, choices: &[u8], is_typographic: bool) -> String {
    let mut choices = choices.iter().cycle();
    let mut words = Vec::new();
    for word in text.split(' ') {
        let spellings = spellings(word);
        words.push(match choices.next() {
            Some(choice) if !spellings.is_empty() => {
                spellings[usize::from(*choice) % spellings.len()].to_owned()
            }
            _ if is_typographic && word.starts_with('"') => word.replacen('"', "“", 1),
            _ => word.to_owned(),
        });
    }
    let text = words.join(" ");
    if !is_typographic {
        return text;
    }
    text.replace('"', "”")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn certain_fixes_keep_the_operators_that_were_typed(
        part in filters(any_comparison(), false, 5),
        choices in prop::collection::vec(any::<u8>(), 1..16),
        is_typographic in any::<bool>(),
    ) {
        let mut part = part;
        let correct = part.write_text();
        let aip160 = Checker::new().preset(Preset::Aip160);
        let meant = Filter::check(&aip160, &correct).filter;
        let mut text = misspelled(&correct, &choices, is_typographic);
        for _ in 0..64 {
            let checked = Filter::check(&aip160, &text);
            for diagnostic in &checked.diagnostics {
                assert_operators_kept(&text, diagnostic);
            }
            if checked.is_valid() {
                prop_assert_eq!(checked.filter, meant, "{} became {}", correct, text);
                break;
            }
            let Some(fixed) = checked.fixed else { break };
            text = fixed;
        }
    }
}

fn assert_operators_kept(text: &str, diagnostic: &Diagnostic) {
    let is_rewritten = matches!(diagnostic.code, Code::SwappedSides | Code::Negation);
    if let Some(fix) = diagnostic
        .fix
        .as_ref()
        .filter(|fix| fix.certain && !is_rewritten)
    {
        let edits = fix.edits.iter();
        operators::assert_kept(
            text,
            edits.map(|edit| (edit.span.start..edit.span.end, &*edit.text)),
        );
    }
}
