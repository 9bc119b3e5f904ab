//! What a filter prints: for every meaning that documented text has, the shortest such text, found
//! by another search than the crate's table was; for the others a text that means the same. And
//! what is told of redundancy: applied, it leaves the meaning as it was and nothing redundant.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use gchat_filter::diagnostic::{Code, Diagnostic};
use gchat_filter::syntax::{self, Expr, ExprKind, MAX_LENGTH, Quotes};
use gchat_filter::{Checker, Filter, Level, Lint, Preset};

use crate::shapes::{ALL, Cells, Joint, Leaf, Shape};
use crate::shortest::{Text, texts};
use crate::{invariants, writer};

static SHORTEST: LazyLock<BTreeMap<Cells, Text>> = LazyLock::new(texts);

/// Two filters in the notation of [`crate::shapes`], then how they are written.
pub fn run(bytes: &[u8]) {
    let mut u = Unstructured::new(bytes);
    let Ok(shapes) = <[Shape; 2]>::arbitrary(&mut u) else {
        return;
    };
    let filters = shapes.each_ref().map(|shape| {
        let text = writer::write(&mut shape.expr(), &mut u).text;
        if shape.parts().len() > 40 || text.len() > MAX_LENGTH {
            return None;
        }
        let filter = checker().check(&text).filter?;
        prints(filter, shape.cells());
        shorter(filter, shape);
        simplified(shape, &text);
        Some((filter, shape.cells()))
    });
    let [Some((a, a_cells)), Some((b, b_cells))] = filters else {
        return;
    };
    // However a meaning came about.
    prints(a.union(b), a_cells | b_cells);
    if let Some(both) = a.intersection(b) {
        prints(both, a_cells & b_cells);
    }
    if let Some(read) = checker().check(&format!("({a}) OR ({b})")).filter {
        assert_eq!(read, a.union(b));
        assert_eq!(read.to_string(), a.union(b).to_string());
    }
}

/// Everything of AIP-160, with the meaning's lints as they are by default.
fn checker() -> Checker {
    Checker::new()
        .preset(Preset::Aip160)
        .level(Lint::RedundantTerm, Level::Warn)
        .level(Lint::AlwaysTrue, Level::Warn)
}

/// Asserts that a filter prints a text of its meaning, and the shortest one if it is documented.
fn prints(filter: Filter, cells: Cells) {
    let text = filter.to_string();
    assert_eq!(filter.is_documented(), SHORTEST.contains_key(&cells));
    if let Some(shortest) = SHORTEST.get(&cells) {
        assert_eq!(text, shortest.text);
        let strict = Checker::new().preset(Preset::Strict).check(&text);
        assert_eq!(strict.diagnostics, [], "{text}");
        assert_eq!(strict.filter, Some(filter), "{text}");
        assert_eq!(text.parse(), Ok(filter));
    }
    let checked = invariants::check(&Checker::new().preset(Preset::Aip160), &text);
    assert_eq!(checked.filter, Some(filter), "{text}");
    assert_eq!(format!("{filter:?}"), format!("Filter({text})"));
    let json = serde_json::to_string(&filter).expect("a filter is its text");
    assert_eq!(
        serde_json::from_str::<String>(&json).ok(),
        Some(text.clone())
    );
    // It is read back as a default check would, which is not what every meaning passes.
    let again = serde_json::from_str::<Filter>(&json).ok();
    assert_eq!(again, Filter::parse(&text).ok(), "{text}");
    let Some(tree) = &checked.tree else {
        return assert_eq!((cells, &*text), (ALL, ""));
    };
    // The text is in canonical form, but for parentheses that it has for clarity.
    let printed = tree.to_string();
    assert_eq!(without(&printed, "()"), without(&text, "()"));
    let shape = read(tree).expect("comparisons that are known");
    assert_eq!(shape.cells(), cells, "{text}");
    assert_eq!(shape.contradictions().len(), 0, "{text}");
    if filter.is_documented() {
        assert!(!shape.is_redundant(), "{text}");
    }
}

/// A text of documented comparisons, joined by AND and OR, is never shorter than what is printed.
fn shorter(filter: Filter, shape: &Shape) {
    if let Some((_, text)) = written(shape)
        && filter.is_documented()
    {
        let printed = filter.to_string();
        let printed = Text::new(printed.matches('=').count(), printed);
        assert!(printed <= text, "{printed:?} for {text:?}");
    }
}

/// The text of a shape with as few parentheses as a strict check takes; `None` if there is none.
/// Tells what joins its parts.
fn written(shape: &Shape) -> Option<(Option<Joint>, Text)> {
    match shape {
        Shape::Leaf(leaf) if leaf.is_documented() && !(leaf.is_of_role() && leaf.negated) => {
            let mut leaf = *leaf;
            leaf.quotes = Quotes::Double;
            Some((None, Text::new(1, Shape::Leaf(leaf).expr().to_string())))
        }
        Shape::Joined(joint @ (Joint::And | Joint::Or), operands) => {
            let (mut count, mut texts) = (0, Vec::new());
            for operand in operands {
                let (inner, text) = written(operand)?;
                count += text.comparisons;
                texts.push(match inner {
                    Some(inner) if inner != *joint => format!("({})", text.text),
                    _ => text.text,
                });
            }
            let between = if *joint == Joint::And {
                " AND "
            } else {
                " OR "
            };
            Some((Some(*joint), Text::new(count, texts.join(between))))
        }
        _ => None,
    }
}

/// Applies what is told of redundancy, each by itself, and one after the other until nothing is
/// told.
fn simplified(shape: &Shape, text: &str) {
    let cells = shape.cells();
    let mut text = text.to_owned();
    loop {
        let checked = invariants::check(&checker(), &text);
        let mut simpler = None;
        for diagnostic in &checked.diagnostics {
            assert!(is_of_meaning(diagnostic), "{diagnostic:#?}");
            let Some(fix) = &diagnostic.fix else { continue };
            // Whoever wrote it may have meant something else.
            assert!(!fix.certain, "{text:?}, {diagnostic:#?}");
            let fixed = fix.apply(&text);
            assert_eq!(meaning(&fixed), Some(cells), "{text:?}, {fixed:?}");
            let count = |text: &str| text.matches('=').count();
            assert!(count(&fixed) < count(&text), "{text:?}, {fixed:?}");
            simpler = Some(fixed);
        }
        match simpler {
            Some(fixed) => text = fixed,
            None => break assert_eq!(checked.diagnostics, [], "{text:?}"),
        }
    }
    match &checker().check(&text).tree {
        None => assert_eq!(cells, ALL, "{text:?}"),
        Some(tree) => {
            let simple = read(tree).expect("comparisons that are known");
            assert_eq!(simple.cells(), cells);
            assert!(cells != ALL && !simple.is_redundant(), "{text:?}");
        }
    }
}

fn is_of_meaning(diagnostic: &Diagnostic) -> bool {
    matches!(diagnostic.code, Code::RedundantTerm | Code::AlwaysTrue)
}

/// What a text means, by the second reading of its tree.
fn meaning(text: &str) -> Option<Cells> {
    match syntax::parse(text).ok()? {
        None => Some(ALL),
        Some(tree) => Some(read(&tree)?.cells()),
    }
}

/// A tree as a shape; `None` if it has a comparison that is none of the method's.
fn read(tree: &Expr<'_>) -> Option<Shape> {
    let all = |operands: &[Expr<'_>]| operands.iter().map(read).collect::<Option<Vec<_>>>();
    Some(match &tree.kind {
        ExprKind::Not(how, operand) => Shape::Not(*how, Box::new(read(operand)?)),
        ExprKind::And(operands) => Shape::Joined(Joint::And, all(operands)?),
        ExprKind::Sequence(operands) => Shape::Joined(Joint::Sequence, all(operands)?),
        ExprKind::Or(operands) => Shape::Joined(Joint::Or, all(operands)?),
        // Trees are equal whatever the kind of quotation marks is, but not whether there are any.
        ExprKind::Restriction(_) => b"MGAUHBTmgauhbt".iter().find_map(|letter| {
            let mut leaf = Leaf::of(*letter)?;
            [Quotes::Double, Quotes::None]
                .into_iter()
                .find_map(|quotes| {
                    leaf.quotes = quotes;
                    (Shape::Leaf(leaf).expr() == *tree).then_some(Shape::Leaf(leaf))
                })
        })?,
    })
}

fn without(text: &str, characters: &str) -> String {
    text.replace(|c| characters.contains(c), "")
}
