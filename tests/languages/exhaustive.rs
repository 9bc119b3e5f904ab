//! All filters of up to three comparisons.

use gchat_filter::diagnostic::{Code, Diagnostic, Severity};
use gchat_filter::{IntersectionError, Preset};

use crate::model::{
    AdminSearch, AliasedReactions, CustomEmojis, Language, MessageFacts, Messages, MessagesSearch,
    Reactions, SectionItems, SpaceEvents, Spaces, SpacesSearch, Tree,
};

/// All filters of up to three comparisons; with `has_not`, also each negated, and one with a negated
/// operand.
fn trees(comparisons: usize, has_not: bool) -> Vec<Tree> {
    let leaf = Tree::Leaf;
    let all = || 0..comparisons;
    let mut trees: Vec<Tree> = all().map(leaf).collect();
    for a in all() {
        for b in all() {
            let pair = || vec![leaf(a), leaf(b)];
            trees.extend([Tree::And(pair()), Tree::Or(pair())]);
            for c in all() {
                let three = || vec![leaf(a), leaf(b), leaf(c)];
                let with = |inner| vec![inner, leaf(c)];
                let before = |inner| vec![leaf(c), inner];
                trees.extend([
                    Tree::And(three()),
                    Tree::Or(three()),
                    Tree::And(with(Tree::Or(pair()))),
                    Tree::Or(with(Tree::And(pair()))),
                    Tree::And(with(Tree::And(pair()))),
                    Tree::Or(before(Tree::Or(pair()))),
                    Tree::And(before(Tree::Or(pair()))),
                    Tree::Or(before(Tree::And(pair()))),
                ]);
            }
        }
    }
    if has_not {
        let not = |tree: &Tree| Tree::Not(Box::new(tree.clone()));
        let negated: Vec<Tree> = trees.iter().map(not).collect();
        for tree in &negated {
            for leaf in all() {
                let operands = || vec![Tree::Leaf(leaf), tree.clone()];
                trees.extend([Tree::And(operands()), Tree::Or(operands())]);
            }
        }
        trees.extend(negated.iter().map(not));
        trees.extend(negated);
    }
    trees
}

/// The resources that a filter matches, by the naive implementation.
fn matched<L: Language>(tree: &Tree, resources: &[L::Resource]) -> Vec<bool> {
    let resources = resources.iter();
    resources
        .map(|resource| tree.matches(&|leaf| L::holds(leaf, resource)))
        .collect()
}

fn count_comparisons(text: &str) -> usize {
    if text.is_empty() {
        return 0;
    }
    1 + text.matches(" AND ").count() + text.matches(" OR ").count()
}

/// Returns the number of filters, of valid ones, and of different meanings.
fn run<L: Language>() -> [usize; 3] {
    let resources = L::resources();
    let mut trees = trees(L::COMPARISONS.len(), L::HAS_NOT);
    if !L::REQUIRED.is_empty() {
        let required = || L::REQUIRED.iter().map(|leaf| Tree::Leaf(*leaf));
        let with =
            |tree: &Tree| Tree::And(std::iter::once(tree.clone()).chain(required()).collect());
        trees.extend(trees.clone().iter().map(with));
    }
    let mut valid = 0;
    let mut meanings: Vec<(L::Filter, Vec<bool>)> = Vec::new();
    for tree in &trees {
        let text = tree.text(L::COMPARISONS);
        let expected = matched::<L>(tree, &resources);
        let is_empty = |part: &Tree| !matched::<L>(part, &resources).contains(&true);
        let stage = if !L::is_shape_valid(tree) {
            "schema"
        } else if L::has_contradictions() && tree.parts().into_iter().any(is_empty) {
            "meaning"
        } else if L::REQUIRED.iter().all(|leaf| tree.leaves().contains(leaf)) {
            "valid"
        } else {
            "access"
        };
        let checked = L::check(&L::checker(), &text);
        let error = checked.errors().next();
        let found = error.map_or("valid", |error| error.stage().as_str());
        assert_eq!(found, stage, "{text}");
        for preset in [Preset::Strict, Preset::Aip160] {
            let checker = L::checker_with(preset);
            let found = L::check(&checker, &text);
            let has_errors = found
                .errors()
                .any(|error| error.stage().as_str() == "schema");
            assert_eq!(has_errors, stage == "schema", "{text}");
        }
        conflicts::<L>(&text, &checked.diagnostics, &resources);
        let Some(filter) = checked.filter.clone() else {
            let error = L::parse(&text).unwrap_err();
            assert_eq!(error.diagnostics(), checked.diagnostics);
            continue;
        };
        valid += 1;
        assert_eq!(L::parse(&text).as_ref(), Ok(&filter), "{text}");
        let matches = resources
            .iter()
            .map(|resource| L::matches(&filter, resource));
        assert!(matches.eq(expected.iter().copied()), "{text}");
        printed::<L>(&text, &filter);
        let is_warning = |code| checked.diagnostics.iter().any(|own| own.code == code);
        let has_empty = tree.parts().into_iter().any(is_empty);
        assert_eq!(is_warning(Code::EmptyInterval), has_empty, "{text}");
        if has_empty {
            assert!(!is_warning(Code::RedundantTerm), "{text}");
        } else if !L::CAN_MERGE && !has_meaning_warnings(&checked.diagnostics) {
            let printed = filter.to_string();
            assert_eq!(
                count_comparisons(&printed),
                count_comparisons(&text),
                "{text}"
            );
        }
        for diagnostic in &checked.diagnostics {
            assert_eq!(diagnostic.severity, Severity::Warning, "{text}");
            if let Some(fix) = &diagnostic.fix {
                let fixed = fix.apply(&text).unwrap();
                assert_eq!(L::parse(&fixed).as_ref(), Ok(&filter), "{text}: {fixed}");
            }
        }
        let same = meanings.iter().find(|(other, _)| *other == filter);
        if let Some((_, same)) = same {
            assert_eq!(*same, expected, "{text}");
        } else {
            let mut others = meanings.iter();
            assert!(others.all(|(_, other)| *other != expected), "{text}");
            meanings.push((filter, expected));
        }
    }
    pairs::<L>(&meanings, &resources);
    [trees.len(), valid, meanings.len()]
}

/// Whether there are warnings, other than for a comparison that the filter does not have.
fn has_meaning_warnings(diagnostics: &[Diagnostic]) -> bool {
    let mut codes = diagnostics.iter().map(|diagnostic| diagnostic.code);
    codes.any(|code| ![Code::MissingEventType, Code::EmptyResponse].contains(&code))
}

/// The comparisons labeled in a contradiction exclude each other, and no fewer of them do.
fn conflicts<L: Language>(text: &str, diagnostics: &[Diagnostic], resources: &[L::Resource]) {
    for diagnostic in diagnostics {
        let is_conflict = [Code::Contradiction, Code::EmptyInterval].contains(&diagnostic.code);
        // The labels do not say which comparisons are in a negated group.
        if !is_conflict || text.contains("NOT (") {
            continue;
        }
        let labels = diagnostic.labels.iter();
        let labeled: Vec<usize> = labels
            .map(|label| {
                let mut comparisons = L::COMPARISONS.iter();
                let mut span = label.span;
                if text.get(..span.start).unwrap().ends_with("NOT ") {
                    span.start -= "NOT ".len();
                }
                let found = comparisons.position(|own| *own == span.of(text).unwrap());
                found.unwrap_or_else(|| panic!("{text}: {label:?}"))
            })
            .collect();
        let admits = |leaves: &[usize]| {
            let mut resources = resources.iter();
            resources.any(|resource| leaves.iter().all(|leaf| L::holds(*leaf, resource)))
        };
        // In a part with OR, the others may have to be relaxed.
        if !diagnostic.span.of(text).unwrap().contains(" OR ") {
            assert!(!admits(&labeled), "{text}");
        }
        assert_eq!(labeled.len(), labeled.len().max(2), "{text}");
        for left_out in 0..labeled.len() {
            let mut rest = labeled.clone();
            rest.remove(left_out);
            assert!(rest.len() > 1 || admits(&rest), "{text}");
        }
    }
}

/// The printed text is valid, without warnings, has the same meaning, and is not longer.
fn printed<L: Language>(text: &str, filter: &L::Filter) {
    let printed = filter.to_string();
    let again = L::check(&L::checker(), &printed);
    assert_eq!(again.filter.as_ref(), Some(filter), "{text}: {printed}");
    let warnings = again.diagnostics.iter();
    let expected = [
        Code::EmptyInterval,
        Code::MissingEventType,
        Code::EmptyResponse,
    ];
    let mut warnings = warnings.filter(|warning| !expected.contains(&warning.code));
    assert_eq!(warnings.next(), None, "{text}: {printed}");
    assert!(
        count_comparisons(&printed) <= count_comparisons(text),
        "{text}: {printed}"
    );
    assert_eq!(again.filter.unwrap().to_string(), printed, "{text}");
}

/// All pairs of meanings.
fn pairs<L: Language>(meanings: &[(L::Filter, Vec<bool>)], resources: &[L::Resource]) {
    for (a, in_a) in meanings {
        for (b, in_b) in meanings {
            let both: Vec<bool> = in_a.iter().zip(in_b).map(|(a, b)| *a && *b).collect();
            let implied = in_a.iter().zip(in_b).all(|(a, b)| !a || *b);
            assert_eq!(L::implies(a, b), implied, "{a} => {b}");
            assert_eq!(L::is_disjoint(a, b), !both.contains(&true), "{a} & {b}");
            match L::intersection(a, b) {
                Ok(filter) => {
                    let matches = resources.iter().map(|own| L::matches(&filter, own));
                    assert!(matches.eq(both), "{a} & {b}");
                }
                Err(IntersectionError::Empty) => assert!(!both.contains(&true), "{a} & {b}"),
                // No filter has this meaning.
                Err(_) => {
                    let same = |(filter, own): &(L::Filter, Vec<bool>)| {
                        (*own == both).then(|| filter.clone())
                    };
                    assert_eq!(meanings.iter().find_map(same), None, "{a} & {b}");
                }
            }
        }
    }
}

#[test]
fn spaces() {
    assert_eq!(run::<Spaces>(), [237, 123, 7]);
}

#[test]
fn messages() {
    assert_eq!(run::<Messages>(), [2849, 145, 18]);
}

#[test]
fn reactions() {
    assert_eq!(run::<Reactions>(), [1055, 315, 25]);
}

#[test]
fn reactions_with_aliases() {
    assert_eq!(run::<AliasedReactions>(), [1806, 650, 58]);
}

#[test]
fn space_events() {
    assert_eq!(run::<SpaceEvents>(), [1806, 178, 23]);
}

#[test]
fn custom_emojis() {
    assert_eq!(run::<CustomEmojis>(), [518, 198, 3]);
}

#[test]
fn section_items() {
    assert_eq!(run::<SectionItems>(), [237, 12, 3]);
}

#[test]
fn spaces_search() {
    assert_eq!(run::<SpacesSearch>(), [3612, 269, 15]);
}

#[test]
fn spaces_search_with_admin_access() {
    assert_eq!(run::<AdminSearch>(), [8464, 564, 20]);
}

#[test]
fn messages_search() {
    assert_eq!(run::<MessagesSearch>(), [1806, 578, 36]);
    assert_eq!(run::<MessageFacts>(), [2849, 483, 53]);
}
